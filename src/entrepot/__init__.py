"""Entrepôt: the open-source platform for cross-border commerce."""

__version__ = "0.1.0"

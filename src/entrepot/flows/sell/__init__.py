"""Selling: from a quote that binds to an order that is paid, delivered, cancelled or expired."""

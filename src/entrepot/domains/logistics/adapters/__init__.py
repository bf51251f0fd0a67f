"""Carriers, one module each; placing a module here makes the carrier known."""

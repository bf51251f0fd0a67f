"""Checkout: carts and frozen quotes.

Owns: carts, quotes with an expiry.
Does not own: orders; a quote that was placed belongs to an order from then on.
Invariants: a frozen quote never changes; it is placed at most once and never after its expiry.
"""

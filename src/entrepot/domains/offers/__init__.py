"""Offers: the read side, what a buyer in a market sees of a product now.

Owns: offer rows (price, tax, duty, availability band, promise) and search over them.
Does not own: any fact it shows; it is rebuilt from the others at any time.
Invariants: the market is part of every key; one market's price never shows in another.
"""

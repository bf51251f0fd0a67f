"""Catalogue: what is sold.

Owns: products, variants (SKU), categories, attributes, media, translations with review state, HS code, origin, mass.
Does not own: prices, stock, what a market may see (offers).
Invariants: a SKU is unique; an assumed customs datum may be quoted, not labelled, until a person confirms it.
"""

"""Pricing: what goods cost before duty and tax.

Owns: price lists, prices with periods, rounding rules, the price log.
Does not own: duty, tax, freight, promotions.
Invariants: a price is net, per unit of measure, in the currency of its list; two prices of a key never overlap.
"""

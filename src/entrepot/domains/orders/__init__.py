"""Orders: what was sold.

Owns: orders as a base plus append-only changes, lines with their stored tax, duty and discount, the timeline.
Does not own: payments, stock, shipments.
Invariants: one order per quote; a line is never updated; totals are the fold of base and changes.
"""

"""Declarations: customs papers.

Owns: customs datasets and documents per parcel.
Does not own: the law (customs), files (documents).
Invariants: declared goods values follow from the money captured, and sum exactly over the parcels of an order.
"""

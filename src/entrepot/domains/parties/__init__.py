"""Parties: buyers and their addresses.

Owns: buyers, companies, addresses, tax identities, consent.
Does not own: staff (identity), orders.
Invariants: contact data are encrypted at rest; an address is checked against the rules of its country.
"""

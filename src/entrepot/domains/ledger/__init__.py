"""Ledger: two-sided books.

Owns: accounts, journal entries, postings, balances. Knows no order.
Does not own: which entry a business step makes (finance).
Invariants: an entry balances per currency and is never changed; the only undo is a reversal. The database refuses the rest.
"""

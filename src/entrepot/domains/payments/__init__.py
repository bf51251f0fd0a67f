"""Payments: how money comes and goes back.

Owns: methods, providers, attempts, captures, refunds, stored provider messages.
Does not own: the books (ledger), what is owed (orders).
Invariants: refunds never exceed captures; a provider's message is stored before it is believed, and acts once.
"""

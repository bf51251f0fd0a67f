"""Finance: which entries a step makes.

Owns: posting rules, the chart of accounts (data), credit notes.
Does not own: the journal itself (ledger).
Invariants: every entry it proposes balances per currency; one credit note per change of an order, numbered without gaps.
"""

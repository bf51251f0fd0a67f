"""Finance: which entries a step makes.

Owns: posting rules, the chart of accounts (data).
Does not own: the journal itself (ledger).
Invariants: every entry it proposes balances per currency.
"""

"""Finance: which entries a step makes, and which tax documents a sale gets.

Owns: posting rules, the chart of accounts (data), invoices and credit notes (frozen, numbered without gaps).
Does not own: the journal itself (ledger).
Invariants: every entry it proposes balances per currency; one credit note per change of an order, numbered without gaps.
"""

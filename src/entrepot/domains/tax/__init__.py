"""Tax: VAT, GST and sales tax.

Owns: regimes, dated rates, registrations, schemes.
Does not own: duty (customs), returns and filings (finance).
Invariants: law is dated data with source and confidence; a gap or overlap refuses to load; every zero has a reason.
"""

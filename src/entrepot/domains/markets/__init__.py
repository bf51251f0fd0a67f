"""Markets: where we sell.

Owns: markets (country × currency × language × tax display), exchange rates by source and date, holidays.
Does not own: prices, tax rates.
Invariants: a rate has a source and a date, and is refused when older than its source allows.
"""

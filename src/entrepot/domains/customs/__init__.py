"""Customs: duty and what comes with it.

Owns: tariff, duty, de minimis, fees, incoterm rules.
Does not own: import tax (tax), papers (declarations).
Invariants: duty follows the law of its day; where no tariff is known, the merchant's flat duty applies and says so.
"""

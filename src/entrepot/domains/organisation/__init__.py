"""Organisation: who sells.

Owns: legal entities, stores, number series, feature switches.
Does not own: markets (what a store sells where), warehouses, staff.
Invariants: a store belongs to one entity; a gapless number is drawn once per (entity, kind, year) and never reused.
"""

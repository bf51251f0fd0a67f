"""Inventory: what lies where.

Owns: warehouses, stock by owner, reservations, candidate sourcing plans.
Does not own: picking and packing (fulfilment), freight (logistics).
Invariants: available = on hand - reserved is never below zero, and the database refuses it too.
"""

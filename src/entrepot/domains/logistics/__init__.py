"""Logistics: how goods travel.

Owns: carriers, services, lanes, rate cards, parcels, labels, tracking, delivery promise.
Does not own: customs papers, warehouses.
Invariants: freight is computed from our own rate cards, never by a remote call while a buyer waits.
"""

"""Fulfilment: pick, pack, ship.

Owns: shipments of a consignment and their steps.
Does not own: stock counts (inventory), labels (logistics).
Invariants: nothing ships that was not packed; a shipment refers to line quantities and never to more than was ordered.
"""

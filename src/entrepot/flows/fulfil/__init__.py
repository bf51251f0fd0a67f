"""From a confirmed order to the buyer's door: open shipments, pick, pack, ship, follow the parcel."""

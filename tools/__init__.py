"""Tools of the house: import contracts, size ratchet, scaffolds, message catalogue, screenshots."""

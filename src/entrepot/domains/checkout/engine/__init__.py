"""Rules of checkout: quantities, and what changed between two quotes."""

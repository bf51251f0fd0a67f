"""Rules of orders: the state machine, and totals as the fold of base and changes."""

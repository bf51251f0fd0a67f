"""One module per payment provider; placing it registers it. Adapters never touch tables."""

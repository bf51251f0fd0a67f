"""The arithmetic of markets, pure."""

"""The arithmetic of prices, pure."""

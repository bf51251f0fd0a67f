"""Settling: what a sale means for the books, posted as its events arrive."""

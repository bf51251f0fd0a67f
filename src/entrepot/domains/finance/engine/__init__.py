"""Posting rules, pure: which entry a step of a sale makes. docs/algorithms/posting.md tells them in prose with numbers."""

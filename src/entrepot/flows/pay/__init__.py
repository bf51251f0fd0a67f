"""Paying: start an attempt at its provider, believe what the provider says, send money back."""

"""The rules of fulfilment, pure: which step may follow which."""

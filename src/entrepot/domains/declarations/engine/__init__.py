"""The rules of declarations, pure: what is declared, at which value, and what the paper says."""

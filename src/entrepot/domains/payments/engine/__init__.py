"""The rules of payments, pure: which state follows which, what a statement of a provider means, words of refusal."""

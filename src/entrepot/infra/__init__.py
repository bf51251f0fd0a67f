"""Django plumbing: database verbs, outbox, locks, idempotency, fields, crypto, HTTP, clock. Knows no domain."""

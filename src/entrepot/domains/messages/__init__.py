"""Messages: transactional mail.

Owns: templates, language, recipient, delivery log.
Does not own: when a message is due (flows decide), campaigns (growth).
Invariants: one message per key; it is sent at least once, always with the same Message-ID.
"""

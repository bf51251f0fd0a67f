"""Messages: transactional mail to people, webhooks to programs.

Owns: templates, language, recipient, delivery log; endpoints of webhooks with their secrets, and the log of their deliveries.
Does not own: when a message is due (flows decide), campaigns (growth).
Invariants: one message per key; it is sent at least once, always with the same Message-ID;
one delivery per endpoint and event, always with the same event id.
"""

"""Identity: who may do what, and who did what.

Owns: the one User, staff roles scoped to entity, store or warehouse, API keys, the audit log.
Does not own: buyers (parties); no other table has a foreign key to User: actors are (kind, public id).
Invariants: the audit log is only ever appended to; a role's permissions are data.
"""

"""Public ids: UUID version 7, so that they sort by time and tell nothing else."""

import uuid

import uuid_utils


def new_id() -> uuid.UUID:
    """Return a fresh uuid7 as a standard `uuid.UUID`."""
    return uuid.UUID(int=uuid_utils.uuid7().int)

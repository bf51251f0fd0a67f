"""Errors of documents.

EntrepotError
├── NotFound
│   └── NoSuchFile
└── DataFault
    ├── FileLost
    └── NoSuchRetention
"""

from entrepot.kernel.errors import N_, DataFault, NotFound


class NoSuchFile(NotFound):
    """No file has this id. Params: key."""

    code = "NO_SUCH_FILE"
    sentence = N_("There is no file “%(key)s”.")


class FileLost(DataFault):
    """The row is there, the bytes are not, or they were altered. Params: key."""

    code = "FILE_LOST"
    sentence = N_("The bytes of file “%(key)s” are missing or were altered. Restore the files folder from its backup.")


class NoSuchRetention(DataFault):
    """No retention class has this code. Params: code."""

    code = "NO_SUCH_RETENTION"
    sentence = N_("Files of the kind “%(code)s” have no retention rule. Add a row to documents/refdata/retention.yaml.")

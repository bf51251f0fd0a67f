"""The rules of messages, pure: what each mail says, how it looks, when a failed one is tried again."""

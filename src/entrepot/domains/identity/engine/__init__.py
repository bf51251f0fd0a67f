"""The rules of identity, pure: what a role allows, when log-ins are heard, what the audit log may keep."""

"""Django's PostgreSQL backend with less ceremony per statement and per transaction; settings name it as ENGINE."""

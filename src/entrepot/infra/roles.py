"""The two roles of the database: the owner migrates, `entrepot_app` runs.

`entrepot_app` may not define anything, and may neither change nor delete a row of a table whose model says
`append_only = True` (ledger, audit, price log): the grants say so here, triggers of the domain say it once more.
"""

from __future__ import annotations

from django.apps import apps
from django.core.management import call_command
from django.db import connection, transaction

APP_ROLE = "entrepot_app"

_CREATE = f"""
DO $$ BEGIN
  IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '{APP_ROLE}') THEN
    CREATE ROLE {APP_ROLE} LOGIN;
  END IF;
  IF NOT pg_has_role(current_user, '{APP_ROLE}', 'MEMBER') THEN
    EXECUTE format('GRANT {APP_ROLE} TO %I', current_user);
  END IF;
EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL;  -- another process was quicker
END $$
"""

_GRANT = f"""
REVOKE CREATE ON SCHEMA public FROM PUBLIC;
GRANT USAGE ON SCHEMA public TO {APP_ROLE};
GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {APP_ROLE};
GRANT USAGE, SELECT, UPDATE ON ALL SEQUENCES IN SCHEMA public TO {APP_ROLE};
GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA public TO {APP_ROLE};
ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO {APP_ROLE};
ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT USAGE, SELECT, UPDATE ON SEQUENCES TO {APP_ROLE};
REVOKE ALL ON TABLE django_migrations FROM {APP_ROLE};
GRANT SELECT ON TABLE django_migrations TO {APP_ROLE};
"""


def append_only_tables() -> list[str]:
    """Return the tables whose model declares `append_only = True`."""
    return sorted(model._meta.db_table for model in apps.get_models() if getattr(model, "append_only", False))


def create() -> None:
    """Create the running role unless it is there. Needs an owner's connection that may create roles."""
    with connection.cursor() as cursor:
        cursor.execute(_CREATE)


def grant() -> None:
    """Give the running role what it needs on every table there is, and on those to come; needs the owner's connection."""
    present = set(connection.introspection.table_names())
    with transaction.atomic(), connection.cursor() as cursor:  # no moment in which history may be rewritten
        cursor.execute(_GRANT)
        for table in append_only_tables():
            if table in present:
                cursor.execute(
                    f"REVOKE UPDATE, DELETE, TRUNCATE ON TABLE {connection.ops.quote_name(table)} FROM {APP_ROLE}"
                )


def migrate(verbosity: int = 1) -> None:
    """Bring the database to the newest form: roles, migrations, grants. Needs the owner's connection."""
    create()
    call_command("migrate", interactive=False, verbosity=verbosity)
    grant()

"""Tax records, returns, filings and payments: no row is ever changed or taken away, by whoever asks."""

from django.db import migrations

TABLES = ("taxrecord", "taxreturn", "taxfiling", "filedrecord", "taxpayment")

FORWARD = """
CREATE FUNCTION finance_refuse_rewrite() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'rows of % stay as they were written', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
END $$;
""" + "".join(
    f"CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE ON finance_{table}"
    " FOR EACH ROW EXECUTE FUNCTION finance_refuse_rewrite();\n"
    for table in TABLES
)
BACK = "".join(f"DROP TRIGGER {table}_append_only ON finance_{table};\n" for table in TABLES) + (
    "DROP FUNCTION finance_refuse_rewrite();"
)


class Migration(migrations.Migration):
    dependencies = [("finance", "0004_tax_returns")]

    operations = [migrations.RunSQL(FORWARD, BACK)]

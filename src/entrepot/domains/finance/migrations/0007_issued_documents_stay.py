"""Invoices, credit notes and the forms drawn from them: no row is ever changed or taken away, by whoever asks."""

from django.db import migrations

TABLES = ("invoice", "invoicepaper", "creditnote")

FORWARD = "".join(
    f"CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE ON finance_{table}"
    " FOR EACH ROW EXECUTE FUNCTION finance_refuse_rewrite();\n"
    for table in TABLES
)
BACK = "".join(f"DROP TRIGGER {table}_append_only ON finance_{table};\n" for table in TABLES)


class Migration(migrations.Migration):
    dependencies = [("finance", "0006_regions_of_any_length")]

    operations = [migrations.RunSQL(FORWARD, BACK)]

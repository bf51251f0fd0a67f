"""What was handed out is never rewritten."""

from django.db import migrations

FORWARD = """
CREATE TRIGGER record_export_append_only BEFORE UPDATE OR DELETE ON declarations_recordexport
    FOR EACH ROW EXECUTE FUNCTION declarations_refuse_rewrite();
"""
BACKWARD = "DROP TRIGGER record_export_append_only ON declarations_recordexport;"


class Migration(migrations.Migration):
    dependencies = [("declarations", "0005_recordexport")]

    operations = [migrations.RunSQL(FORWARD, BACKWARD)]

"""Datasets and issued invoices are never rewritten."""

from django.db import migrations

FORWARD = """
CREATE FUNCTION declarations_refuse_rewrite() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER dataset_append_only BEFORE UPDATE OR DELETE ON declarations_dataset
    FOR EACH ROW EXECUTE FUNCTION declarations_refuse_rewrite();
CREATE TRIGGER invoice_append_only BEFORE UPDATE OR DELETE ON declarations_commercialinvoice
    FOR EACH ROW EXECUTE FUNCTION declarations_refuse_rewrite();
"""
BACKWARD = """
DROP TRIGGER invoice_append_only ON declarations_commercialinvoice;
DROP TRIGGER dataset_append_only ON declarations_dataset;
DROP FUNCTION declarations_refuse_rewrite();
"""


class Migration(migrations.Migration):
    dependencies = [("declarations", "0001_initial")]

    operations = [migrations.RunSQL(FORWARD, BACKWARD)]

"""What registers said, and what was told of thresholds, is never rewritten."""

from django.db import migrations

FORWARD = """
CREATE FUNCTION tax_refuse_rewrite() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER proof_append_only BEFORE UPDATE OR DELETE ON tax_taxproof
    FOR EACH ROW EXECUTE FUNCTION tax_refuse_rewrite();
CREATE TRIGGER notice_append_only BEFORE UPDATE OR DELETE ON tax_thresholdnotice
    FOR EACH ROW EXECUTE FUNCTION tax_refuse_rewrite();
"""
BACKWARD = """
DROP TRIGGER notice_append_only ON tax_thresholdnotice;
DROP TRIGGER proof_append_only ON tax_taxproof;
DROP FUNCTION tax_refuse_rewrite();
"""


class Migration(migrations.Migration):
    dependencies = [("tax", "0003_taxproof_thresholdnotice")]

    operations = [migrations.RunSQL(FORWARD, BACKWARD)]

"""What a carrier said is never rewritten."""

from django.db import migrations

FORWARD = """
CREATE FUNCTION logistics_refuse_rewrite() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'logistics_trackingevent is append-only' USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER tracking_append_only BEFORE UPDATE OR DELETE ON logistics_trackingevent
    FOR EACH ROW EXECUTE FUNCTION logistics_refuse_rewrite();
"""
BACKWARD = """
DROP TRIGGER tracking_append_only ON logistics_trackingevent;
DROP FUNCTION logistics_refuse_rewrite();
"""


class Migration(migrations.Migration):
    dependencies = [("logistics", "0001_initial")]

    operations = [migrations.RunSQL(FORWARD, BACKWARD)]

"""The log of movements is never rewritten."""

from django.db import migrations

FORWARD = """
CREATE FUNCTION inventory_refuse_rewrite() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'inventory_movement is append-only' USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER movement_append_only BEFORE UPDATE OR DELETE ON inventory_movement
    FOR EACH ROW EXECUTE FUNCTION inventory_refuse_rewrite();
"""
BACKWARD = """
DROP TRIGGER movement_append_only ON inventory_movement;
DROP FUNCTION inventory_refuse_rewrite();
"""


class Migration(migrations.Migration):
    dependencies = [("inventory", "0001_initial")]

    operations = [migrations.RunSQL(FORWARD, BACKWARD)]

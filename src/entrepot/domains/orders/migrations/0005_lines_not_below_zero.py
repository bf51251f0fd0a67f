"""No change takes more of a line than is left of it, whoever asks."""

from django.db import migrations

FORWARD = """
CREATE FUNCTION orders_refuse_overtaking() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (
        SELECT 1 FROM orders_orderline b JOIN orders_orderchangeline l ON l.line_id = b.id
        WHERE b.id IN (SELECT line_id FROM fresh) GROUP BY b.id
        HAVING b.gross_minor + sum(l.amount_minor) < 0 OR b.quantity + sum(l.quantity) < 0
    ) THEN
        RAISE EXCEPTION 'a change takes more of a line than is left of it'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'line_not_below_zero';
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER orders_line_not_below_zero AFTER INSERT ON orders_orderchangeline
    REFERENCING NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION orders_refuse_overtaking();
"""
BACKWARD = """
DROP TRIGGER orders_line_not_below_zero ON orders_orderchangeline;
DROP FUNCTION orders_refuse_overtaking();
"""


class Migration(migrations.Migration):
    dependencies = [("orders", "0004_shares_of_changes")]

    operations = [migrations.RunSQL(FORWARD, BACKWARD)]

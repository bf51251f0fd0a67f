"""Base lines, changes and the timeline of an order only grow; what was placed stays as placed."""

from django.db import migrations

_REFUSE = """
CREATE FUNCTION orders_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION '% only grows: a change of an order is a new row', TG_TABLE_NAME USING ERRCODE = 'integrity_constraint_violation';
END $$;
CREATE FUNCTION orders_refuse_rebase() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NEW.placed_total_minor <> OLD.placed_total_minor OR NEW.currency <> OLD.currency OR NEW.quote_id <> OLD.quote_id
     OR NEW.quote <> OLD.quote THEN
    RAISE EXCEPTION 'what was placed stays as placed' USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER orders_base_stays BEFORE UPDATE OF placed_total_minor, currency, quote_id, quote ON orders_order
  FOR EACH ROW EXECUTE FUNCTION orders_refuse_rebase();
"""

_TABLES = ("orders_orderline", "orders_orderchange", "orders_orderchangeline", "orders_timelineentry")


class Migration(migrations.Migration):
    dependencies = [("orders", "0001_initial")]

    operations = [
        migrations.RunSQL(
            _REFUSE,
            reverse_sql="DROP TRIGGER orders_base_stays ON orders_order;"
            " DROP FUNCTION orders_refuse_rebase(); DROP FUNCTION orders_refuse_change()",
        ),
        *[
            migrations.RunSQL(
                f"CREATE TRIGGER {table}_grows BEFORE UPDATE OR DELETE ON {table}"
                " FOR EACH ROW EXECUTE FUNCTION orders_refuse_change()",
                reverse_sql=f"DROP TRIGGER {table}_grows ON {table}",
            )
            for table in _TABLES
        ],
    ]

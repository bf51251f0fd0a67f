"""A frozen quote never changes, and once placed it stays placed."""

from django.db import migrations

_REFUSE = """
CREATE FUNCTION checkout_quote_binds() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NEW.body <> OLD.body OR NEW.total_minor <> OLD.total_minor OR NEW.expires_at <> OLD.expires_at
     OR (OLD.placed_at IS NOT NULL AND NEW.placed_at IS DISTINCT FROM OLD.placed_at) THEN
    RAISE EXCEPTION 'a frozen quote never changes' USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER checkout_quote_binds BEFORE UPDATE ON checkout_quote
  FOR EACH ROW EXECUTE FUNCTION checkout_quote_binds();
"""


class Migration(migrations.Migration):
    dependencies = [("checkout", "0001_initial")]

    operations = [
        migrations.RunSQL(
            _REFUSE,
            reverse_sql="DROP TRIGGER checkout_quote_binds ON checkout_quote; DROP FUNCTION checkout_quote_binds()",
        )
    ]

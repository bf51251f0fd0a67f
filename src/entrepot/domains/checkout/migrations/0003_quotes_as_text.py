"""A quote is kept as the text it was frozen as, and its binding is checked only when a statement names what binds.

Taking the JSON apart and putting it together again cost more than any other part of storing and reading it.
"""

from django.db import migrations, models

_BINDS = """
DROP TRIGGER checkout_quote_binds ON checkout_quote;
ALTER TABLE checkout_quote ALTER COLUMN body TYPE text USING body::text;
CREATE OR REPLACE FUNCTION checkout_quote_binds() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NEW.body <> OLD.body OR NEW.total_minor <> OLD.total_minor OR NEW.expires_at <> OLD.expires_at THEN
    RAISE EXCEPTION 'a frozen quote never changes' USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE FUNCTION checkout_quote_stays_placed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'a placed quote stays placed' USING ERRCODE = 'integrity_constraint_violation';
END $$;
CREATE TRIGGER checkout_quote_binds BEFORE UPDATE OF body, total_minor, expires_at ON checkout_quote
  FOR EACH ROW EXECUTE FUNCTION checkout_quote_binds();
CREATE TRIGGER checkout_quote_stays_placed BEFORE UPDATE OF placed_at ON checkout_quote
  FOR EACH ROW WHEN (OLD.placed_at IS NOT NULL AND NEW.placed_at IS DISTINCT FROM OLD.placed_at)
  EXECUTE FUNCTION checkout_quote_stays_placed();
"""
_BACK = """
DROP TRIGGER checkout_quote_stays_placed ON checkout_quote;
DROP TRIGGER checkout_quote_binds ON checkout_quote;
DROP FUNCTION checkout_quote_stays_placed();
ALTER TABLE checkout_quote ALTER COLUMN body TYPE jsonb USING body::jsonb;
CREATE OR REPLACE FUNCTION checkout_quote_binds() RETURNS trigger LANGUAGE plpgsql AS $$
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
    dependencies = [("checkout", "0002_quotes_bind")]

    operations = [
        migrations.RunSQL(
            _BINDS,
            reverse_sql=_BACK,
            state_operations=[
                migrations.AlterField(model_name="quote", name="body", field=models.TextField()),
            ],
        )
    ]

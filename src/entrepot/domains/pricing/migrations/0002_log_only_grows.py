"""The price log only grows: a trigger refuses update and delete, whoever asks; the running role may not even try."""

from django.db import migrations

SQL = """
CREATE FUNCTION pricing_log_only_grows() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'the price log only grows';
END $$;
CREATE TRIGGER pricing_log_only_grows BEFORE UPDATE OR DELETE OR TRUNCATE ON pricing_pricelog
  FOR EACH STATEMENT EXECUTE FUNCTION pricing_log_only_grows();
"""
REVERSE = """
DROP TRIGGER pricing_log_only_grows ON pricing_pricelog;
DROP FUNCTION pricing_log_only_grows();
"""


class Migration(migrations.Migration):
    dependencies = [("pricing", "0001_initial")]
    operations = [migrations.RunSQL(SQL, REVERSE)]

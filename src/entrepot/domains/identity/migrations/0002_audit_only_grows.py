"""The audit log only grows: the database refuses to change or delete an entry, whoever asks."""

from django.db import migrations

FORWARD = """
CREATE FUNCTION identity_auditentry_only_grows() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'the audit log only grows: % refused', TG_OP USING ERRCODE = 'raise_exception';
END $$;
CREATE TRIGGER only_grows BEFORE UPDATE OR DELETE ON identity_auditentry
  FOR EACH ROW EXECUTE FUNCTION identity_auditentry_only_grows();
CREATE TRIGGER only_grows_whole BEFORE TRUNCATE ON identity_auditentry
  FOR EACH STATEMENT EXECUTE FUNCTION identity_auditentry_only_grows();
"""

BACK = """
DROP TRIGGER only_grows_whole ON identity_auditentry;
DROP TRIGGER only_grows ON identity_auditentry;
DROP FUNCTION identity_auditentry_only_grows();
"""


class Migration(migrations.Migration):
    dependencies = [("identity", "0001_initial")]
    operations = [migrations.RunSQL(FORWARD, BACK)]

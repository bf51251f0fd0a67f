"""A refund is due at once (null) or at a moment of the house's clock, never of the database's."""

from django.db import migrations

FORWARD = """
ALTER TABLE payments_refund ALTER COLUMN due_at DROP DEFAULT;
ALTER TABLE payments_refund ALTER COLUMN due_at DROP NOT NULL;
"""


class Migration(migrations.Migration):
    dependencies = [("payments", "0002_refunds_within_captures")]

    operations = [migrations.RunSQL(FORWARD, migrations.RunSQL.noop)]

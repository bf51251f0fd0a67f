"""The key to an order's page is filled into the return address when the provider is called, and kept nowhere."""

from django.db import migrations

FORWARD = r"""
UPDATE payments_attempt SET return_url = regexp_replace(return_url, '([?&]t=)[^&#{]+', '\1{token}')
WHERE return_url ~ '[?&]t=[^&#{]';
"""


class Migration(migrations.Migration):
    dependencies = [("payments", "0003_refund_due")]

    operations = [migrations.RunSQL(FORWARD, migrations.RunSQL.noop)]

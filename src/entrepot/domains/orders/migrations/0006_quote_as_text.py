"""An order keeps its quote as the text it was frozen as: it is read whole, three times an order, and never taken apart."""

from django.db import migrations, models

_STAYS = """
CREATE TRIGGER orders_base_stays BEFORE UPDATE OF placed_total_minor, currency, quote_id, quote ON orders_order
  FOR EACH ROW EXECUTE FUNCTION orders_refuse_rebase();
"""
_TYPE = "DROP TRIGGER orders_base_stays ON orders_order; ALTER TABLE orders_order ALTER COLUMN quote TYPE {0} USING quote::{0};"


class Migration(migrations.Migration):
    dependencies = [("orders", "0005_lines_not_below_zero")]

    operations = [
        migrations.RunSQL(
            _TYPE.format("text") + _STAYS,
            reverse_sql=_TYPE.format("jsonb") + _STAYS,
            state_operations=[
                migrations.AlterField(model_name="order", name="quote", field=models.TextField()),
            ],
        )
    ]

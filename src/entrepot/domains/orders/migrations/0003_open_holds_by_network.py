"""What one network address holds without paying can be counted."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("orders", "0002_only_grow")]

    operations = [
        migrations.AddField(
            model_name="order",
            name="network_index",
            field=models.CharField(blank=True, db_default="", default="", max_length=64),
        ),
        migrations.AddIndex(
            model_name="order",
            index=models.Index(
                condition=models.Q(("state", "placed")), fields=["network_index"], name="order_open_network"
            ),
        ),
    ]

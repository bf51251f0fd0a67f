"""Callers are counted; old events are found by age. Kept answers go: nothing ever used them."""

import django.contrib.postgres.indexes
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("infra", "0002_schedule_run")]

    operations = [
        migrations.CreateModel(
            name="Throttle",
            fields=[
                ("subject", models.CharField(max_length=64, primary_key=True, serialize=False)),
                ("opened_at", models.DateTimeField()),
                ("knocks", models.IntegerField()),
            ],
        ),
        migrations.DeleteModel(name="KeptAnswer"),
        migrations.AddIndex(
            model_name="outboxevent",
            index=django.contrib.postgres.indexes.BrinIndex(fields=["published_at"], name="event_age"),
        ),
    ]

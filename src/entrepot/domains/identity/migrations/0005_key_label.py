from django.db import migrations


class Migration(migrations.Migration):

    dependencies = [
        ('identity', '0004_ways_in'),
    ]

    operations = [
        migrations.RenameField(model_name='apikey', old_name='name', new_name='label'),
    ]

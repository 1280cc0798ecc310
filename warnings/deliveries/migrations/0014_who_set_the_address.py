from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("deliveries", "0013_snapshots_in_parts"),
    ]

    operations = [
        migrations.AddField(
            model_name="subscription",
            name="address_set_by_id",
            field=models.BigIntegerField(db_default=0, default=0, editable=False),
        ),
    ]

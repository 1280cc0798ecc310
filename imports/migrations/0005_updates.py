"""Which fields of a difference stay, and what an updated record said before."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("imports", "0004_kept_as_recorded"),
    ]

    operations = [
        migrations.AddField(
            model_name="uploadrow",
            name="before",
            field=models.JSONField(default=dict),
        ),
        migrations.AddField(
            model_name="uploadrow",
            name="stays",
            field=models.JSONField(default=list),
        ),
    ]

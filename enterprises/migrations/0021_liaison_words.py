"""What a liaison officer is called where a sheet or a message names the kind."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [
        ("enterprises", "0020_street"),
    ]

    operations = [
        migrations.AlterModelOptions(
            name="liaison",
            options={
                "ordering": ["-from_on", "-id"],
                "verbose_name": "liaison officer",
                "verbose_name_plural": "liaison officers",
            },
        ),
    ]

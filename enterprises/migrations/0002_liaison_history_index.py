"""An index for the liaison history of one enterprise."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("enterprises", "0001_initial")]

    operations = [
        migrations.AddIndex(
            model_name="liaison",
            index=models.Index(fields=["enterprise", "from_on"], name="liaison_enterprise_idx"),
        ),
    ]

"""The values that the name of an audited object is made of, so that each reader reads it in their own language."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("accounts", "0007_people_by_pinyin")]

    operations = [
        migrations.AddField(
            model_name="auditentry",
            name="object_values",
            field=models.JSONField(null=True),
        ),
    ]

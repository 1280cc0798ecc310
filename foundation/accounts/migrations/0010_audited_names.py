"""The values that the name of an audited object is made of, so that each reader reads it in their own language."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("accounts", "0009_password_requests")]

    operations = [
        migrations.AddField(
            model_name="auditentry",
            name="object_values",
            field=models.JSONField(null=True),
        ),
    ]

"""Police numbers 警号 of people."""

import django.core.validators
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0021_kept_ends"),
    ]

    operations = [
        migrations.AddField(
            model_name="user",
            name="police_number",
            field=models.CharField(
                blank=True,
                db_default="",
                default="",
                max_length=20,
                validators=[
                    django.core.validators.RegexValidator(
                        "^[0-9]{6}\\Z", "A police number has six digits. Enter the zeros in front, too."
                    )
                ],
                verbose_name="police number",
            ),
        ),
        migrations.AddIndex(
            model_name="user",
            index=models.Index(
                condition=models.Q(("police_number", ""), _negated=True),
                fields=["police_number"],
                name="user_police_number_idx",
            ),
        ),
    ]

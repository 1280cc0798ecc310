"""Help texts and words of choices in plainer English; the tables stay as they are."""

import django.core.validators
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0005_api_keys"),
    ]

    operations = [
        migrations.AlterField(
            model_name="apikey",
            name="title",
            field=models.CharField(
                help_text="The system that uses the key.", max_length=60, verbose_name="title"
            ),
        ),
        migrations.AlterField(
            model_name="bureau",
            name="code",
            field=models.CharField(
                error_messages={"unique": "This code is already in use."},
                max_length=32,
                unique=True,
                validators=[
                    django.core.validators.RegexValidator(
                        "^[A-Za-z0-9][A-Za-z0-9_.-]*$",
                        "Use only letters, digits, dots, hyphens and underscores.",
                    )
                ],
                verbose_name="code",
            ),
        ),
        migrations.AlterField(
            model_name="bureau",
            name="cut_off_days",
            field=models.PositiveSmallIntegerField(
                default=3,
                help_text="Days after the end of a quarter for entering its last facts before it is rated.",
                validators=[django.core.validators.MaxValueValidator(60)],
                verbose_name="cut-off days",
            ),
        ),
        migrations.AlterField(
            model_name="bureau",
            name="rates_from",
            field=models.CharField(
                blank=True,
                help_text="First quarter that is rated automatically, such as 2026Q3. Leave empty for no automatic rating.",
                max_length=6,
                validators=[
                    django.core.validators.RegexValidator(
                        "^[0-9]{4}Q[1-4]$", "Enter a quarter such as 2026Q3."
                    )
                ],
                verbose_name="automatic rating from",
            ),
        ),
        migrations.AlterField(
            model_name="department",
            name="code",
            field=models.CharField(
                max_length=32,
                validators=[
                    django.core.validators.RegexValidator(
                        "^[A-Za-z0-9][A-Za-z0-9_.-]*$",
                        "Use only letters, digits, dots, hyphens and underscores.",
                    )
                ],
                verbose_name="code",
            ),
        ),
        migrations.AlterField(
            model_name="station",
            name="code",
            field=models.CharField(
                max_length=32,
                validators=[
                    django.core.validators.RegexValidator(
                        "^[A-Za-z0-9][A-Za-z0-9_.-]*$",
                        "Use only letters, digits, dots, hyphens and underscores.",
                    )
                ],
                verbose_name="code",
            ),
        ),
        migrations.AlterField(
            model_name="user",
            name="email",
            field=models.EmailField(blank=True, max_length=254, verbose_name="email"),
        ),
    ]

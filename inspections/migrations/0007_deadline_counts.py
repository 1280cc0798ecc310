"""How the deadline of a hazard was counted, since when it stands still, and why it is longer than proposed."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("inspections", "0006_kept_columns"),
    ]

    operations = [
        migrations.AddField(
            model_name="hazard",
            name="counted_as",
            field=models.JSONField(blank=True, editable=False, null=True),
        ),
        migrations.AddField(
            model_name="hazard",
            name="due_reason",
            field=models.TextField(
                blank=True,
                db_default="",
                default="",
                editable=False,
                max_length=2000,
                verbose_name="reason for a longer deadline",
            ),
        ),
        migrations.AddField(
            model_name="hazard",
            name="suspended_on",
            field=models.DateField(
                blank=True, editable=False, null=True, verbose_name="deadline suspended since"
            ),
        ),
    ]

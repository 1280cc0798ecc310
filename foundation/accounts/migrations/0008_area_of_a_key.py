"""The area of a key says whether it is the whole bureau, also in future, or a list of stations."""

from django.db import migrations, models
from django.db.models import Q

# Each key can do what it could: without stations it was for the whole bureau, whatever was added.
NARROW = "UPDATE accounts_apikey SET whole_bureau = false WHERE stations <> '{}'"


class Migration(migrations.Migration):
    dependencies = [("accounts", "0007_people_by_pinyin")]

    operations = [
        migrations.AddField(
            "apikey",
            "whole_bureau",
            models.BooleanField("whole bureau", default=True),
            preserve_default=False,
        ),
        migrations.RunSQL(NARROW, migrations.RunSQL.noop),
        migrations.AddConstraint(
            "apikey",
            models.CheckConstraint(
                condition=Q(whole_bureau=True, stations=[]) | Q(whole_bureau=False) & ~Q(stations=[]),
                name="apikey_area",
                violation_error_message="Choose the whole bureau, or the stations.",
            ),
        ),
    ]

"""The area of a subscription says whether it is the whole bureau, also in future, or a list of stations."""

from django.db import migrations, models
from django.db.models import Q

# Each subscription covers what it covered: without stations it was for the whole bureau, whatever was added.
NARROW = "UPDATE deliveries_subscription SET whole_bureau = false WHERE stations <> '{}'"


class Migration(migrations.Migration):
    dependencies = [("deliveries", "0003_event_enterprise_ids")]

    operations = [
        migrations.AddField(
            "subscription",
            "whole_bureau",
            models.BooleanField("whole bureau", default=True),
            preserve_default=False,
        ),
        migrations.RunSQL(NARROW, migrations.RunSQL.noop),
        migrations.AddConstraint(
            "subscription",
            models.CheckConstraint(
                condition=Q(whole_bureau=True, stations=[]) | Q(whole_bureau=False) & ~Q(stations=[]),
                name="subscription_area",
                violation_error_message="Choose the whole bureau, or the stations.",
            ),
        ),
    ]

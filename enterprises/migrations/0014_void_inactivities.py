"""A time off the register that was recorded by mistake ends on the day on which it began."""

from django.db import migrations, models
from django.db.models import F, Q


class Migration(migrations.Migration):
    dependencies = [("enterprises", "0013_protection_level")]

    operations = [
        migrations.RemoveConstraint(model_name="inactivity", name="inactivity_ends_after_start"),
        migrations.AddConstraint(
            model_name="inactivity",
            constraint=models.CheckConstraint(
                condition=Q(until_on=None) | Q(until_on__gte=F("from_on")), name="inactivity_ends_after_start"
            ),
        ),
    ]

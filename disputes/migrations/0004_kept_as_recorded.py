"""Who recorded when, and who voided when stay as recorded."""

from django.db import migrations

from foundation.tenancy.kept import Kept


class Migration(migrations.Migration):
    dependencies = [("disputes", "0003_earlier_days")]

    operations = [
        migrations.AddConstraint(
            model_name="dispute",
            constraint=Kept(
                columns=("recorded_at", "recorded_by_id", "issued_by_station_id", "enterprise_id"),
                name="dispute_kept",
                once=(("voided_at", "void_reason"),),
            ),
        ),
    ]

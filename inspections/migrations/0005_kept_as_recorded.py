"""Who recorded when, and who voided when stay as recorded."""

from django.db import migrations

from foundation.tenancy.kept import Kept


class Migration(migrations.Migration):
    dependencies = [("inspections", "0004_found_by")]

    operations = [
        migrations.AddConstraint(
            model_name="hazard",
            constraint=Kept(
                columns=("recorded_at", "recorded_by_id", "issued_by_station_id", "enterprise_id"),
                name="hazard_kept",
                once=(("voided_at", "void_reason"),),
            ),
        ),
        migrations.AddConstraint(
            model_name="inspection",
            constraint=Kept(
                columns=("recorded_at", "recorded_by_id", "issued_by_station_id", "enterprise_id"),
                name="inspection_kept",
                once=(("voided_at", "void_reason"),),
            ),
        ),
        migrations.AddConstraint(
            model_name="selfcheck",
            constraint=Kept(
                columns=("recorded_at", "recorded_by_id", "issued_by_station_id", "enterprise_id"),
                name="selfcheck_kept",
                once=(("voided_at", "void_reason"),),
            ),
        ),
    ]

"""Who told a report lies sealed, whether what it became still holds is written, and a side names the station that leads its dispute."""

from django.db import migrations, models

import foundation.database.sealed
import foundation.tenancy.kept
from foundation.database.sealed import SealedTextField, seal_columns

FIELD = SealedTextField(purpose="disputes.people")


NAME_STATIONS = """
    UPDATE disputes_disputeside SET of_station_id = station_id WHERE is_here OR is_lead
"""  # of what the own station leads; of the others the nightly task writes which one does


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0022_police_numbers"),
        ("disputes", "0015_kinds_of_a_bureau"),
    ]

    operations = [
        migrations.AddField(
            model_name="disputeside",
            name="of_station_id",
            field=models.BigIntegerField(db_default=0, default=0),
        ),
        migrations.RunSQL(NAME_STATIONS, migrations.RunSQL.noop),
        migrations.RemoveField(
            model_name="disputeside",
            name="is_here",
        ),
        migrations.AddField(
            model_name="enterprisereport",
            name="undone_on",
            field=models.DateField(null=True),
        ),
        migrations.RemoveConstraint(model_name="enterprisereport", name="disputereport_kept"),
        migrations.AlterField(
            model_name="enterprisereport",
            name="by",
            field=foundation.database.sealed.SealedTextField(
                blank=True, max_length=80, purpose="disputes.people", verbose_name="who told it"
            ),
        ),
        seal_columns(FIELD, [("disputes_enterprisereport", ('"by"',))]),
        migrations.AddConstraint(
            model_name="enterprisereport",
            constraint=foundation.tenancy.kept.Kept(
                columns=(
                    *("enterprise_id", "key", "about", "way", "by", "by_id", "told_on", "entered_by", "at"),
                    *("kind", "said", "people", "amount", "happened_on", "paid_by", "contact"),
                    *("sealed_phone", "file_id"),
                ),
                name="disputereport_kept",
                once=(
                    (
                        *("answered_at", "answered_by", "answered_by_id", "declined"),
                        *("dispute_id", "payment_id"),
                    ),
                ),
            ),
        ),
    ]

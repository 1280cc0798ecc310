from django.db import migrations, models
from django.db.models.functions import Coalesce


class Migration(migrations.Migration):
    dependencies = [("inspections", "0016_checklists")]

    operations = [
        migrations.RemoveIndex(model_name="hazard", name="hazard_open_idx"),
        migrations.AddIndex(
            model_name="hazard",
            index=models.Index(
                "station",
                Coalesce("extended_due_on", "due_on"),
                "id",
                condition=models.Q(closed_on=None, voided_at=None),
                name="hazard_station_due_idx",
            ),
        ),
    ]

"""How many ratings of each colour a message had stays with its receipt."""

from django.db import migrations

from foundation.tenancy.kept import Kept


class Migration(migrations.Migration):
    dependencies = [("deliveries", "0007_kept_as_recorded")]

    operations = [
        migrations.RemoveConstraint(model_name="receipt", name="receipt_kept"),
        migrations.AddConstraint(
            model_name="receipt",
            constraint=Kept(
                columns=(
                    *("sequence", "kind", "period_code", "cause", "part", "parts", "size"),
                    *("green", "yellow", "red", "grey", "worse", "better"),
                ),
                name="receipt_kept",
                once=(("delivered_at",), ("acknowledged_at", "acknowledged_by_id", "acknowledged_by_name")),
            ),
        ),
    ]

"""A department's key may read the hazards of its area that are not voided, and asks for those changed since a moment."""

from django.db import migrations, models

import foundation.tenancy.policies


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0021_kept_ends"),
        ("enterprises", "0022_liaison_kept"),
        ("inspections", "0011_forged"),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name="hazard",
            name="hazard_rls",
        ),
        migrations.AddIndex(
            model_name="hazard",
            index=models.Index(fields=["station", "changed_at"], name="hazard_changed_idx"),
        ),
        migrations.AddConstraint(
            model_name="hazard",
            constraint=foundation.tenancy.policies.StationPolicy(
                departments="voided_at IS NULL",
                enterprise="enterprise",
                name="hazard_rls",
                station="station",
            ),
        ),
    ]

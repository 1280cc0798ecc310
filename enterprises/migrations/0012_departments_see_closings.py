"""A department's key may read which enterprises of its area are closed or merged, not which are suspended."""

from django.db import migrations

import foundation.tenancy.policies


class Migration(migrations.Migration):
    dependencies = [("enterprises", "0011_search_texts")]

    operations = [
        migrations.RemoveConstraint(
            model_name="inactivity",
            name="inactivity_rls",
        ),
        migrations.AddConstraint(
            model_name="inactivity",
            constraint=foundation.tenancy.policies.StationPolicy(
                departments="kind IN ('closed', 'merged')",
                enterprise="enterprise",
                name="inactivity_rls",
                station="station",
            ),
        ),
    ]

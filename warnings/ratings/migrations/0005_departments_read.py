"""A department's key may read the published ratings of its area; a department may never write one."""

from django.db import migrations

import foundation.tenancy.policies


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0005_api_keys"),
        ("enterprises", "0005_departments_read"),
        ("ratings", "0004_adoption_open_to_its_bureau"),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name="rating",
            name="rating_rls",
        ),
        migrations.AddConstraint(
            model_name="rating",
            constraint=foundation.tenancy.policies.StationPolicy(
                departments="NOT trial AND visible_from <= now()",
                enterprise="enterprise",
                name="rating_rls",
                station="station",
            ),
        ),
    ]

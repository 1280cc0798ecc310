"""A department's key may read the enterprises of its area; a department may never write one."""

from django.db import migrations

import foundation.tenancy.policies


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0005_api_keys"),
        ("enterprises", "0004_room_for_standing"),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name="enterprise",
            name="enterprise_rls",
        ),
        migrations.AddConstraint(
            model_name="enterprise",
            constraint=foundation.tenancy.policies.StationPolicy(
                departments="true", enterprise="id", name="enterprise_rls", station="station"
            ),
        ),
    ]

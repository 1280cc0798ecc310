"""Role grants are written, and API keys read and written, in the scope's bureau only."""

from django.db import migrations

import foundation.tenancy.policies


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0016_networks_of_a_key"),
    ]

    operations = [
        migrations.AddConstraint(
            model_name="apikey",
            constraint=foundation.tenancy.policies.DirectoryPolicy(
                department="department", enterprise="", hides=True, name="apikey_rls"
            ),
        ),
        migrations.AddConstraint(
            model_name="rolegrant",
            constraint=foundation.tenancy.policies.DirectoryPolicy(
                department="department", enterprise="enterprise_id", hides=False, name="rolegrant_rls"
            ),
        ),
    ]

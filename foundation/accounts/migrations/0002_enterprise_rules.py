"""The rules that need the register's table: who reads the audit log, and grants that move with a hand-over."""

from django.db import migrations

from foundation.tenancy.policies import AuditPolicy, CompositeForeignKey


class Migration(migrations.Migration):
    dependencies = [("accounts", "0001_initial"), ("enterprises", "0001_initial")]

    operations = [
        migrations.AddConstraint(model_name="auditentry", constraint=AuditPolicy(name="audit_rls")),
        migrations.AddConstraint(
            model_name="rolegrant",
            constraint=CompositeForeignKey(
                name="rolegrant_enterprise_fk",
                columns=("enterprise_id", "station_id"),
                to="enterprises.Enterprise",
                to_columns=("id", "station_id"),
            ),
        ),
    ]

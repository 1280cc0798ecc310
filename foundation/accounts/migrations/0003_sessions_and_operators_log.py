"""Sessions can be ended without a new password; operators read what operators did."""

from django.db import migrations, models

from foundation.accounts.models.audit import OperatorActsPolicy


class Migration(migrations.Migration):
    dependencies = [("accounts", "0002_enterprise_rules")]

    operations = [
        migrations.AddField(
            model_name="user",
            name="session_epoch",
            field=models.PositiveIntegerField(default=0, editable=False),
        ),
        migrations.AddIndex(
            model_name="auditentry",
            index=models.Index(fields=["bureau_id", "-id"], name="audit_bureau_idx"),
        ),
        migrations.AddConstraint(
            model_name="auditentry", constraint=OperatorActsPolicy(name="audit_operator_rls")
        ),
    ]

"""Sessions, invitations, former passwords and requests for a password are kept apart within a scope."""

from django.db import migrations

from foundation.tenancy.policies import AccountPolicy


class Migration(migrations.Migration):
    dependencies = [("accounts", "0017_policies_of_the_directory")]

    operations = [
        migrations.AddConstraint(model_name="session", constraint=AccountPolicy(name="session_rls")),
        migrations.AddConstraint(
            model_name="invitation", constraint=AccountPolicy(name="invitation_rls", managed=True)
        ),
        migrations.AddConstraint(
            model_name="formerpassword", constraint=AccountPolicy(name="formerpassword_rls")
        ),
        migrations.AddConstraint(
            model_name="passwordrequest", constraint=AccountPolicy(name="passwordrequest_rls", managed=True)
        ),
    ]

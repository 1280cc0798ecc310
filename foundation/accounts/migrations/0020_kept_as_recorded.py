"""Who gave a role, a link or a key, when, and when it ended stay as recorded."""

from django.db import migrations

from foundation.tenancy.kept import Kept


class Migration(migrations.Migration):
    dependencies = [("accounts", "0019_sealed_sessions")]

    operations = [
        migrations.AddConstraint(
            model_name="apikey",
            constraint=Kept(
                columns=("digest", "created_by_id", "created_at"),
                name="apikey_kept",
                once=(("revoked_at",), ("replaced_by_id",)),
            ),
        ),
        migrations.AddConstraint(
            model_name="invitation",
            constraint=Kept(
                columns=("user_id", "invited_by_id", "token_hash", "created_at"),
                name="invitation_kept",
                once=(("opened_at",), ("used_at",)),
            ),
        ),
        migrations.AddConstraint(
            model_name="rolegrant",
            constraint=Kept(
                columns=("user_id", "role", "enterprise_id", "granted_at"),
                name="rolegrant_kept",
                once=(("revoked_at",),),
            ),
        ),
    ]

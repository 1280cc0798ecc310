"""The moment an enterprise was registered, and whose a time off the register is, stay as recorded."""

from django.db import migrations

from foundation.tenancy.kept import Kept


class Migration(migrations.Migration):
    dependencies = [("enterprises", "0017_undone")]

    operations = [
        migrations.AddConstraint(
            model_name="enterprise",
            constraint=Kept(columns=("created_at",), name="enterprise_kept", once=(("undone_at",),)),
        ),
        migrations.AddConstraint(
            model_name="inactivity",
            constraint=Kept(name="inactivity_kept", columns=("enterprise_id", "reason_is_read")),
        ),
    ]

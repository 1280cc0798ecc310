"""Who imported when, and what was undone stay as recorded."""

from django.db import migrations

from foundation.tenancy.kept import Kept


class Migration(migrations.Migration):
    dependencies = [("imports", "0003_sheets")]

    operations = [
        migrations.AddConstraint(
            model_name="import",
            constraint=Kept(
                columns=("started_by_id", "started_by_name", "started_at", "finished_at"),
                name="import_kept",
                once=(),
            ),
        ),
        migrations.AddConstraint(
            model_name="importedrecord",
            constraint=Kept(
                columns=("kind", "object_id", "is_new"), name="importedrecord_kept", once=(("undone_at",),)
            ),
        ),
    ]

"""Which import, file and row a record came from stays as written."""

from django.db import migrations

from foundation.tenancy.kept import Kept


class Migration(migrations.Migration):
    dependencies = [("imports", "0005_updates")]

    operations = [
        migrations.RemoveConstraint(model_name="importedrecord", name="importedrecord_kept"),
        migrations.AddConstraint(
            model_name="importedrecord",
            constraint=Kept(
                columns=("run_id", "kind", "object_id", "file", "row", "is_new"),
                name="importedrecord_kept",
                once=(("undone_at",),),
            ),
        ),
    ]

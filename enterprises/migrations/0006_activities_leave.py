"""Activities move to the app ``service``: the table is renamed and keeps its rows, policies and constraints."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("enterprises", "0005_departments_read")]

    operations = [
        migrations.SeparateDatabaseAndState(
            database_operations=[migrations.AlterModelTable("Activity", "service_activity")],
            state_operations=[migrations.DeleteModel("Activity")],
        )
    ]

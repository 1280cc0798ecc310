"""Sessions say whose they are, and hashes of passwords are read only where a password is compared.

Sessions of earlier versions go on: they move, and their next request fills the columns.
"""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

MOVE = """
WITH moved AS (DELETE FROM django_session RETURNING session_key, session_data, expire_date)
INSERT INTO accounts_session (session_key, session_data, expire_date, address, agent)
    SELECT session_key, session_data, expire_date, '', '' FROM moved
"""


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0014_tampering_shows"),
        ("sessions", "0001_initial"),
    ]

    operations = [
        migrations.AlterModelOptions(
            name="user",
            options={
                "base_manager_name": "objects",
                "ordering": ["username"],
                "verbose_name": "user",
                "verbose_name_plural": "users",
            },
        ),
        migrations.AddField(
            model_name="user",
            name="has_password",
            field=models.GeneratedField(
                db_persist=True,
                expression=models.ExpressionWrapper(
                    models.Q(("password__startswith", "!"), _negated=True), models.BooleanField()
                ),
                output_field=models.BooleanField(),
            ),
        ),
        migrations.CreateModel(
            name="Session",
            fields=[
                (
                    "session_key",
                    models.CharField(
                        max_length=40, primary_key=True, serialize=False, verbose_name="session key"
                    ),
                ),
                ("session_data", models.TextField(verbose_name="session data")),
                ("expire_date", models.DateTimeField(db_index=True, verbose_name="expire date")),
                ("address", models.CharField(blank=True, max_length=45)),
                ("agent", models.CharField(blank=True, max_length=200)),
                ("started_at", models.DateTimeField(null=True)),
                ("seen_at", models.DateTimeField(null=True)),
                (
                    "user",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="sessions",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "session",
                "verbose_name_plural": "sessions",
                "abstract": False,
            },
        ),
        migrations.RunSQL(MOVE, migrations.RunSQL.noop),
    ]

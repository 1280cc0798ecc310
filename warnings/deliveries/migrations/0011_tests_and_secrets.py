"""Test events; when the secret was created; a star no longer stands for the colour that stays."""

import django.db.models.deletion
from django.db import migrations, models

import foundation.tenancy.kept
import foundation.tenancy.policies

# Each subscription receives what it received: where a star stood for every colour, the one that stays is said.
STARS = """
UPDATE deliveries_subscription SET transitions = ARRAY(
    SELECT DISTINCT step FROM (
        SELECT unnest(transitions) UNION SELECT colour || '>' || colour
        FROM unnest(ARRAY['green', 'yellow', 'red', 'grey']) AS colour
        WHERE transitions && ARRAY['*>' || colour, colour || '>*']::varchar[]
    ) AS steps(step) ORDER BY step
) WHERE array_to_string(transitions, ' ') LIKE '%*%'
"""
# Every replacement so far kept the former secret for seven days; without one, whoever receives has a secret.
SECRETS = """
UPDATE deliveries_subscription SET secret_at = coalesce(previous_until - interval '7 days', created_at)
WHERE previous_until IS NOT NULL OR last_delivered_at IS NOT NULL
"""


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0022_police_numbers"),
        ("deliveries", "0010_answers_and_requests"),
    ]

    operations = [
        migrations.RunSQL(STARS, migrations.RunSQL.noop),
        migrations.AddField(
            model_name="subscription",
            name="secret_at",
            field=models.DateTimeField(blank=True, null=True, verbose_name="secret created"),
        ),
        migrations.RunSQL(SECRETS, migrations.RunSQL.noop),
        migrations.CreateModel(
            name="TestEvent",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("token", models.CharField(max_length=64)),
                ("message_id", models.CharField(max_length=64, unique=True)),
                ("body", models.TextField()),
                ("requested_at", models.DateTimeField(verbose_name="requested")),
                ("requested_by_id", models.BigIntegerField(db_default=0, default=0)),
                (
                    "requested_by_name",
                    models.CharField(blank=True, max_length=80, verbose_name="requested by"),
                ),
                ("sent_at", models.DateTimeField(blank=True, null=True, verbose_name="sent")),
                ("answered_at", models.DateTimeField(blank=True, null=True, verbose_name="answered")),
                (
                    "duration_ms",
                    models.PositiveIntegerField(db_default=0, default=0, verbose_name="took (ms)"),
                ),
                ("outcome", models.CharField(blank=True, max_length=10, verbose_name="outcome")),
                ("fault", models.CharField(blank=True, max_length=10, verbose_name="why")),
                (
                    "status",
                    models.PositiveSmallIntegerField(blank=True, null=True, verbose_name="HTTP status"),
                ),
                ("address", models.CharField(blank=True, max_length=45, verbose_name="address")),
                (
                    "bureau",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.bureau",
                    ),
                ),
                (
                    "department",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.department",
                    ),
                ),
                (
                    "subscription",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="deliveries.subscription",
                    ),
                ),
            ],
            options={
                "verbose_name": "test event",
                "verbose_name_plural": "test events",
                "ordering": ["-id"],
                "indexes": [models.Index(fields=["bureau", "requested_at"], name="testevent_bureau_idx")],
                "constraints": [
                    models.UniqueConstraint(fields=("subscription", "token"), name="testevent_token"),
                    foundation.tenancy.kept.Kept(
                        columns=(
                            "token",
                            "message_id",
                            "body",
                            "requested_at",
                            "requested_by_id",
                            "requested_by_name",
                        ),
                        ended=(),
                        falling=(),
                        name="testevent_kept",
                        once=(
                            ("sent_at",),
                            ("answered_at", "outcome", "fault", "status", "duration_ms", "address"),
                        ),
                    ),
                    foundation.tenancy.policies.CompositeForeignKey(
                        columns=("subscription_id", "bureau_id", "department_id"),
                        name="testevent_subscription_fk",
                        to="deliveries.Subscription",
                        to_columns=("id", "bureau_id", "department_id"),
                    ),
                    foundation.tenancy.policies.DepartmentPolicy(
                        bureau="bureau",
                        department="department",
                        name="testevent_rls",
                        operators=False,
                        read=("department", "system"),
                        write=("department", "system"),
                    ),
                ],
            },
        ),
    ]

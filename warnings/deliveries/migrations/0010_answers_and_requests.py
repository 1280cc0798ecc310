"""Answers of departments, each in a row of its own, and what departments ask for.

The feedback that receipts have is the first answer of each. Answers take their moment from the database.
"""

import django.db.models.deletion
from django.db import migrations, models

import foundation.tenancy.kept
import foundation.tenancy.policies

KEEP = """
INSERT INTO deliveries_answer (bureau_id, department_id, subscription_id, sequence, enterprise_id, progress, text, at,
    by_id, by_name)
SELECT bureau_id, department_id, subscription_id, sequence, 0, '', feedback, feedback_at, feedback_by_id,
    feedback_by_name
FROM deliveries_receipt WHERE feedback <> '' AND feedback_at IS NOT NULL ORDER BY feedback_at, id;
"""
CREATE = """
CREATE FUNCTION deliveries_answer_by_database() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    new.at := pg_catalog.statement_timestamp();
    RETURN new;
END $$;

CREATE TRIGGER answer_by_database BEFORE INSERT ON deliveries_answer FOR EACH ROW
    EXECUTE FUNCTION deliveries_answer_by_database();
"""
DROP = """
DROP TRIGGER answer_by_database ON deliveries_answer;
DROP FUNCTION deliveries_answer_by_database;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0022_police_numbers"),
        ("deliveries", "0009_pushes_that_fail"),
    ]

    operations = [
        migrations.CreateModel(
            name="Answer",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("sequence", models.PositiveBigIntegerField(verbose_name="number")),
                ("enterprise_id", models.BigIntegerField(default=0)),
                (
                    "progress",
                    models.CharField(
                        blank=True,
                        choices=[("noted", "Noted"), ("in_work", "In work"), ("done", "Done")],
                        max_length=8,
                        verbose_name="progress",
                    ),
                ),
                ("text", models.TextField(blank=True, max_length=4000, verbose_name="feedback")),
                ("at", models.DateTimeField(verbose_name="when")),
                ("by_id", models.BigIntegerField(default=0)),
                ("by_name", models.CharField(max_length=80, verbose_name="by")),
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
                        related_name="answers",
                        to="deliveries.subscription",
                    ),
                ),
            ],
            options={
                "verbose_name": "answer",
                "verbose_name_plural": "answers",
                "ordering": ["id"],
                "indexes": [
                    models.Index(fields=["subscription", "sequence", "id"], name="answer_message_idx"),
                    models.Index(fields=["bureau", "enterprise_id", "-id"], name="answer_enterprise_idx"),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("progress", ""), _negated=True),
                            models.Q(("text", ""), _negated=True),
                            _connector="OR",
                        ),
                        name="answer_says_something",
                    ),
                    foundation.tenancy.policies.CompositeForeignKey(
                        columns=("subscription_id", "sequence", "bureau_id", "department_id"),
                        name="answer_event_fk",
                        to="deliveries.Event",
                        to_columns=("subscription_id", "sequence", "bureau_id", "department_id"),
                    ),
                    foundation.tenancy.policies.DepartmentPolicy(
                        bureau="bureau",
                        department="department",
                        name="answer_rls",
                        operators=False,
                        read=("police", "department", "system"),
                        write=("department", "system"),
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Wish",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[("key", "API key"), ("address", "Receiver's address")],
                        max_length=8,
                        verbose_name="kind",
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("asked", "Waiting for a decision"),
                            ("approved", "Approved"),
                            ("declined", "Declined"),
                            ("withdrawn", "Withdrawn"),
                        ],
                        default="asked",
                        max_length=10,
                        verbose_name="state",
                    ),
                ),
                ("values", models.JSONField(default=dict)),
                ("why", models.TextField(max_length=1000, verbose_name="what for")),
                ("asked_at", models.DateTimeField(auto_now_add=True, verbose_name="asked")),
                ("asked_by_id", models.BigIntegerField(default=0)),
                ("asked_by_name", models.CharField(max_length=80, verbose_name="asked by")),
                ("decided_at", models.DateTimeField(null=True, verbose_name="decided")),
                ("decided_by_id", models.BigIntegerField(default=0)),
                ("decided_by_name", models.CharField(blank=True, max_length=80, verbose_name="decided by")),
                ("reason", models.TextField(blank=True, max_length=1000, verbose_name="reason")),
                ("key_made_at", models.DateTimeField(null=True, verbose_name="key created")),
                ("key_prefix", models.CharField(blank=True, max_length=8, verbose_name="prefix")),
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
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="wishes",
                        to="deliveries.subscription",
                    ),
                ),
            ],
            options={
                "verbose_name": "request",
                "verbose_name_plural": "requests",
                "ordering": ["-id"],
                "indexes": [models.Index(fields=["bureau", "department", "-id"], name="wish_department_idx")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("kind", "key"), ("subscription", None)),
                            models.Q(("kind", "address"), ("subscription__isnull", False)),
                            _connector="OR",
                        ),
                        name="wish_is_of_a_kind",
                    ),
                    foundation.tenancy.kept.Kept(
                        columns=(
                            "bureau_id",
                            "department_id",
                            "subscription_id",
                            "kind",
                            "values",
                            "why",
                            "asked_at",
                            "asked_by_id",
                            "asked_by_name",
                        ),
                        ended=(),
                        falling=(),
                        name="wish_kept",
                        once=(
                            ("decided_at", "decided_by_id", "decided_by_name", "reason"),
                            ("key_made_at", "key_prefix"),
                        ),
                    ),
                    foundation.tenancy.policies.CompositeForeignKey(
                        columns=("department_id", "bureau_id"),
                        name="wish_department_fk",
                        to="accounts.Department",
                        to_columns=("id", "bureau_id"),
                    ),
                    foundation.tenancy.policies.CompositeForeignKey(
                        columns=("subscription_id", "bureau_id", "department_id"),
                        name="wish_subscription_fk",
                        to="deliveries.Subscription",
                        to_columns=("id", "bureau_id", "department_id"),
                    ),
                    foundation.tenancy.policies.DepartmentPolicy(
                        bureau="bureau",
                        department="department",
                        name="wish_rls",
                        operators=True,
                        read=("police", "department", "operator", "system"),
                        write=("police", "department", "operator", "system"),
                    ),
                ],
            },
        ),
        migrations.RunSQL(KEEP, migrations.RunSQL.noop),
        migrations.RunSQL(CREATE, DROP),
    ]

"""Activities get an app of their own. The table was made by the register and renamed in enterprises 0006; here Django
learns who it belongs to."""

import django.core.validators
import django.db.models.deletion
from django.db import migrations, models

import foundation.tenancy.policies


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("accounts", "0005_api_keys"),
        ("enterprises", "0006_activities_leave"),
    ]

    operations = [
        migrations.SeparateDatabaseAndState(
            state_operations=[
                migrations.CreateModel(
                    name="Activity",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("external_key", models.CharField(blank=True, editable=False, max_length=80)),
                        ("note", models.TextField(blank=True, max_length=4000, verbose_name="note")),
                        ("issued_by_station_id", models.BigIntegerField(default=0, editable=False)),
                        ("recorded_by_id", models.BigIntegerField(default=0, editable=False)),
                        ("recorded_at", models.DateTimeField(auto_now_add=True)),
                        ("changed_at", models.DateTimeField(auto_now=True)),
                        ("voided_at", models.DateTimeField(blank=True, editable=False, null=True)),
                        ("void_reason", models.TextField(blank=True, editable=False)),
                        ("version", models.PositiveIntegerField(default=1, editable=False)),
                        (
                            "kind",
                            models.CharField(
                                choices=[
                                    ("education", "Legal education"),
                                    ("drill", "Emergency drill"),
                                    ("training", "Safety training"),
                                ],
                                max_length=10,
                                verbose_name="kind",
                            ),
                        ),
                        ("held_on", models.DateField(verbose_name="held on")),
                        ("topic", models.CharField(max_length=200, verbose_name="topic")),
                        (
                            "attendance",
                            models.PositiveIntegerField(
                                blank=True,
                                null=True,
                                validators=[django.core.validators.MaxValueValidator(1000000)],
                                verbose_name="people present",
                            ),
                        ),
                        ("photo_on_file", models.BooleanField(default=False, verbose_name="photo on file")),
                        (
                            "enterprise",
                            models.ForeignKey(
                                db_constraint=False,
                                db_index=False,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="%(class)s_records",
                                to="enterprises.enterprise",
                                verbose_name="enterprise",
                            ),
                        ),
                        (
                            "station",
                            models.ForeignKey(
                                db_index=False,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="accounts.station",
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "activity",
                        "verbose_name_plural": "activities",
                        "ordering": ["-held_on", "-id"],
                        "indexes": [
                            models.Index(fields=["station", "held_on"], name="activity_station_idx"),
                            models.Index(fields=["enterprise", "held_on"], name="activity_enterprise_idx"),
                        ],
                        "constraints": [
                            models.UniqueConstraint(
                                condition=models.Q(("external_key", ""), _negated=True),
                                fields=("enterprise", "external_key"),
                                name="activity_external_key_unique",
                            ),
                            foundation.tenancy.policies.StationPolicy(
                                departments=None,
                                enterprise="enterprise",
                                name="activity_rls",
                                station="station",
                            ),
                            foundation.tenancy.policies.CompositeForeignKey(
                                columns=("enterprise_id", "station_id"),
                                name="activity_enterprise_fk",
                                to="enterprises.Enterprise",
                                to_columns=("id", "station_id"),
                            ),
                        ],
                    },
                ),
            ]
        )
    ]

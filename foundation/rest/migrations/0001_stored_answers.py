"""Answers kept for requests that are sent once more."""

import django.db.models.deletion
from django.db import migrations, models

import foundation.tenancy.policies


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("accounts", "0005_api_keys"),
    ]

    operations = [
        migrations.CreateModel(
            name="StoredAnswer",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("token", models.CharField(max_length=255)),
                ("fingerprint", models.CharField(max_length=64)),
                ("status", models.PositiveSmallIntegerField(default=0)),
                ("headers", models.JSONField(default=dict)),
                ("body", models.TextField(blank=True)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
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
                    "key",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.apikey",
                    ),
                ),
            ],
            options={
                "ordering": ["id"],
                "indexes": [models.Index(fields=["bureau", "created_at"], name="storedanswer_age_idx")],
                "constraints": [
                    models.UniqueConstraint(fields=("key", "token"), name="storedanswer_once"),
                    foundation.tenancy.policies.CompositeForeignKey(
                        columns=("department_id", "bureau_id"),
                        name="storedanswer_department_fk",
                        to="accounts.Department",
                        to_columns=("id", "bureau_id"),
                    ),
                    foundation.tenancy.policies.DepartmentPolicy(
                        bureau="bureau",
                        department="department",
                        name="storedanswer_rls",
                        operators=False,
                        read=("department", "system"),
                        write=("department", "system"),
                    ),
                ],
            },
        ),
    ]

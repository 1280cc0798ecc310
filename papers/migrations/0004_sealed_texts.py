"""Texts that may name persons lie sealed. Those of before are sealed, too: needs the SECRET_KEY of the web server."""

from django.db import migrations

import foundation.database.sealed
import foundation.tenancy.kept
from foundation.database.sealed import SealedJSONField, seal_columns

FIELD = SealedJSONField(purpose="papers.data")
COLUMNS: tuple[tuple[str, tuple[str, ...]], ...] = (("papers_paper", ("data",)),)


class Migration(migrations.Migration):
    dependencies = [
        ("papers", "0003_files_tried_again"),
    ]

    operations = [
        migrations.RemoveConstraint(model_name="paper", name="paper_kept"),
        migrations.AlterField(
            model_name="paper",
            name="data",
            field=foundation.database.sealed.SealedJSONField(purpose="papers.data"),
        ),
        seal_columns(FIELD, COLUMNS),
        migrations.AddConstraint(
            model_name="paper",
            constraint=foundation.tenancy.kept.Kept(
                columns=(
                    "enterprise_id",
                    "issued_by_station_id",
                    "form",
                    "year",
                    "number",
                    "version",
                    "number_text",
                    "form_key",
                    "enterprise_name",
                    "records",
                    "data",
                    "data_sha256",
                    "data_sm3",
                    "template",
                    "template_version",
                    "template_sha256",
                    "issued_on",
                    "issued_at",
                    "issued_by",
                    "issued_by_id",
                    "corrects_id",
                    "correction_reason",
                ),
                once=(
                    ("file_key", "file_sha256", "file_sm3"),
                    ("corrected_at",),
                    ("voided_at", "voided_by", "void_reason"),
                ),
                name="paper_kept",
            ),
        ),
    ]

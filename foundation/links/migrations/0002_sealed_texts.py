"""Texts that may name persons lie sealed. Those of before are sealed, too: needs the SECRET_KEY of the web server."""

from django.db import migrations

import foundation.database.sealed
import foundation.tenancy.kept
from foundation.database.sealed import SealedJSONField, seal_columns

FIELD = SealedJSONField(purpose="links.answer")
COLUMNS: tuple[tuple[str, tuple[str, ...]], ...] = (("links_signedlink", ("answer",)),)


class Migration(migrations.Migration):
    dependencies = [
        ("links", "0001_signed_links"),
    ]

    operations = [
        migrations.RemoveConstraint(model_name="signedlink", name="signedlink_kept"),
        migrations.AlterField(
            model_name="signedlink",
            name="answer",
            field=foundation.database.sealed.SealedJSONField(null=True, purpose="links.answer"),
        ),
        seal_columns(FIELD, COLUMNS),
        migrations.AddConstraint(
            model_name="signedlink",
            constraint=foundation.tenancy.kept.Kept(
                columns=(
                    "enterprise_id",
                    "purpose",
                    "object_id",
                    "token_digest",
                    "shown",
                    "expires_at",
                    "made_by",
                    "made_by_id",
                    "made_at",
                ),
                once=(("answered_at", "answer"), ("taken_at",), ("withdrawn_at", "withdrawn_by")),
                name="signedlink_kept",
            ),
        ),
    ]

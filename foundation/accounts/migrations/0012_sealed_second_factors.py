"""Seal the second factors that earlier versions stored in clear. Needs the SECRET_KEY of the web server."""

from typing import Any

from django.db import migrations

from foundation.sealing import seal, unseal

PURPOSE = "accounts.second_factor"
TOKEN = "gAAAAA"  # how a sealed value begins; base32 and hexadecimal secrets do not  # noqa: S105


def _seal(apps: Any, editor: Any) -> None:
    rows = apps.get_model("mfa", "Authenticator").objects.using(editor.connection.alias)
    for row in rows.filter(type__in=("totp", "recovery_codes")).iterator():
        for name in ("secret", "seed"):
            value = row.data.get(name)
            if value and not value.startswith(TOKEN):
                row.data[name] = seal(value, purpose=PURPOSE)
        if codes := row.data.get("migrated_codes"):
            row.data["migrated_codes"] = [
                each if each.startswith(TOKEN) else seal(each, purpose=PURPOSE) for each in codes
            ]
        row.save(update_fields=["data"])


def _open(apps: Any, editor: Any) -> None:
    rows = apps.get_model("mfa", "Authenticator").objects.using(editor.connection.alias)
    for row in rows.filter(type__in=("totp", "recovery_codes")).iterator():
        for name in ("secret", "seed"):
            if name in row.data:
                row.data[name] = unseal(row.data[name], purpose=PURPOSE)
        if codes := row.data.get("migrated_codes"):
            row.data["migrated_codes"] = [unseal(each, purpose=PURPOSE) for each in codes]
        row.save(update_fields=["data"])


class Migration(migrations.Migration):
    dependencies = [("accounts", "0011_duties_apart"), ("mfa", "0003_authenticator_type_uniq")]

    operations = [migrations.RunPython(_seal, _open)]

"""Search texts and sort keys of earlier enterprises: full pinyin, syllables with tones, what the police search in.

Some thousand enterprises a transaction, so that no row is locked for long; begun again, it writes the same.
"""

from typing import Any

from django.db import migrations

from enterprises.search_keys import police_text, search_text, sort_key

CHUNK = 2_000  # enterprises
READ = ("name", "credit_code", "external_id", "address", "legal_representative", "phone")
WRITTEN = ("search_text", "police_text", "sort_key")


def fill(apps: Any, schema_editor: Any) -> None:
    rows = apps.get_model("enterprises", "Enterprise").objects.using(schema_editor.connection.alias)
    done = 0
    while chunk := list(rows.filter(pk__gt=done).order_by("pk").only("pk", *READ)[:CHUNK]):
        for row in chunk:
            row.search_text = search_text(
                name=row.name,
                credit_code=row.credit_code,
                external_id=row.external_id,
                address=row.address,
            )
            row.police_text = police_text(legal_representative=row.legal_representative, phone=row.phone)
            row.sort_key = sort_key(row.name)
        rows.bulk_update(chunk, WRITTEN, batch_size=500)
        done = chunk[-1].pk


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("enterprises", "0010_search_by_pinyin")]

    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]

"""Stored codes and telephone numbers get today's one spelling (:mod:`enterprises.identifiers`).

A credit code that another entry of the bureau has in another spelling stays as it is and is named in the output;
``manage.py check_identifiers`` names it again until somebody has decided which entry is right.
"""

import sys
from itertools import groupby
from typing import Any

from django.db import migrations

from enterprises.identifiers import COLUMNS, respelled


def respell(apps: Any, schema_editor: Any) -> None:
    rows = apps.get_model("enterprises", "Enterprise").objects.using(schema_editor.connection.alias)
    stored = rows.order_by("bureau_id", "id").values(*COLUMNS).iterator(chunk_size=5_000)
    found = [respelled(of_bureau) for _bureau, of_bureau in groupby(stored, lambda row: row["bureau_id"])]
    for changes, conflicts in found:
        for number, values in changes.items():
            rows.filter(pk=number).update(**values)
        for conflict in conflicts:
            sys.stdout.write(f"  Left as it is. {conflict}\n")


class Migration(migrations.Migration):
    dependencies = [("enterprises", "0008_plain_words")]

    operations = [migrations.RunPython(respell, migrations.RunPython.noop)]

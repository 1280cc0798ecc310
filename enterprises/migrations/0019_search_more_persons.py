"""What the police search in: also the responsible person and the security chief of earlier enterprises.

Some thousand enterprises a transaction, so that no row is locked for long; begun again, it writes the same.
"""

from typing import Any

from django.db import migrations
from django.db.models import Q

from enterprises.search_keys import police_text

CHUNK = 2_000  # enterprises
READ = ("legal_representative", "responsible_person", "security_chief", "phone")


def fill(apps: Any, schema_editor: Any) -> None:
    rows = apps.get_model("enterprises", "Enterprise").objects.using(schema_editor.connection.alias)
    rows = rows.exclude(Q(responsible_person="") & Q(security_chief=""))
    done = 0
    while chunk := list(rows.filter(pk__gt=done).order_by("pk").only("pk", *READ)[:CHUNK]):
        for row in chunk:
            row.police_text = police_text(**{name: getattr(row, name) for name in READ})
        rows.bulk_update(chunk, ["police_text"], batch_size=500)
        done = chunk[-1].pk


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("enterprises", "0018_kept_as_recorded")]

    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]

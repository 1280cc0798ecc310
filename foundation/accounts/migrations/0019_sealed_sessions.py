"""Sessions lie sealed under a hash of their key. Those of before go on. Needs the SECRET_KEY of the web server."""

import hashlib
import json
from typing import Any

from django.contrib.sessions.backends.db import SessionStore
from django.db import migrations

from foundation.sealing import seal


def _seal(apps: Any, editor: Any) -> None:
    rows = apps.get_model("accounts", "Session").objects.using(editor.connection.alias)
    earlier = list(rows.all())
    rows.all().delete()
    for row in earlier:
        if data := SessionStore().decode(row.session_data):
            row.session_key = hashlib.sha256(row.session_key.encode()).hexdigest()[:40]
            row.session_data = seal(json.dumps(data), purpose=f"session {row.session_key}")
            row.save(force_insert=True, using=editor.connection.alias)


def _end(apps: Any, editor: Any) -> None:
    """The keys of the rows are known to the browsers alone, so everybody logs in again."""
    apps.get_model("accounts", "Session").objects.using(editor.connection.alias).all().delete()


class Migration(migrations.Migration):
    dependencies = [("accounts", "0018_policies_of_accounts")]

    operations = [migrations.RunPython(_seal, _end)]

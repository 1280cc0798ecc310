"""Whose ratings a message tells, so that a revision finds who was told what it replaces."""

import django.contrib.postgres.fields
from django.db import migrations, models

# Messages written before: read them, once.
READ = """
    UPDATE deliveries_event e SET enterprise_ids = ARRAY(
        SELECT (r.rating->>'enterprise')::bigint
        FROM json_array_elements(e.body::json->'data'->'ratings') WITH ORDINALITY AS r(rating, place) ORDER BY r.place)"""


class Migration(migrations.Migration):
    dependencies = [("deliveries", "0002_receipt_figures")]

    operations = [
        migrations.AddField(
            "event",
            "enterprise_ids",
            django.contrib.postgres.fields.ArrayField(models.BigIntegerField(), default=list, size=None),
        ),
        migrations.RunSQL(READ, migrations.RunSQL.noop),
    ]

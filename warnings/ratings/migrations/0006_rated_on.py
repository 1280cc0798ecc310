"""The day the rating in force took effect, for enterprises that were rated before the register had a place for it.

Some thousand enterprises a transaction, so that no row is locked for long; begun again, it goes on where it stopped.
The day of the next inspection stays as it is.
"""

from typing import Any

from django.db import migrations

CHUNK = 10_000  # enterprises

LAST_OF_CHUNK = """
    SELECT max(id) FROM (SELECT id FROM enterprises_enterprise WHERE id > %s ORDER BY id LIMIT %s) chunk"""

# a run that is still publishing has written its colour to some of its enterprises already
FILL = """
    UPDATE enterprises_enterprise e SET rated_on = (
        SELECT r.effective_on FROM ratings_rating r
        WHERE r.enterprise_id = e.id AND r.period_code = e.rated_period AND NOT r.trial
        AND r.evaluation_id IN (SELECT id FROM ratings_evaluation WHERE state IN ('publishing', 'complete'))
        ORDER BY r.revision DESC LIMIT 1
    )
    WHERE e.id > %s AND e.id <= %s AND e.rated_period <> '' AND e.rated_on IS NULL"""


def fill(apps: Any, schema_editor: Any) -> None:
    done = 0
    with schema_editor.connection.cursor() as cursor:
        while True:
            cursor.execute(LAST_OF_CHUNK, [done, CHUNK])
            (last,) = cursor.fetchone()
            if last is None:
                return
            cursor.execute(FILL, [done, last])
            done = last


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("enterprises", "0007_rated_on"), ("ratings", "0005_departments_read")]

    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]

"""What a message tells in figures, so that a list of messages opens none."""

from django.db import migrations, models

# Receipts written before: count what their events tell, once.
COUNT = """
    UPDATE deliveries_receipt t SET cause = f.cause, part = f.part, parts = f.parts, green = f.green,
        yellow = f.yellow, red = f.red, grey = f.grey, worse = f.worse, better = f.better
    FROM (
        SELECT e.subscription_id, e.sequence, coalesce(e.body::json->'data'->>'cause', '') AS cause,
            coalesce((e.body::json->'data'->>'part')::int, 1) AS part,
            coalesce((e.body::json->'data'->>'parts')::int, 1) AS parts,
            count(*) FILTER (WHERE c.now = 'green') AS green, count(*) FILTER (WHERE c.now = 'yellow') AS yellow,
            count(*) FILTER (WHERE c.now = 'red') AS red, count(*) FILTER (WHERE c.now = 'grey') AS grey,
            count(*) FILTER (WHERE array_position(c.ranks, c.now) < array_position(c.ranks, c.before)) AS worse,
            count(*) FILTER (WHERE array_position(c.ranks, c.now) > array_position(c.ranks, c.before)) AS better
        FROM deliveries_event e
        LEFT JOIN LATERAL json_array_elements(e.body::json->'data'->'ratings') AS r(rating) ON true
        CROSS JOIN LATERAL (SELECT r.rating->>'colour' AS now,
            coalesce(r.rating->'replaces'->>'colour', r.rating->>'previous_colour') AS before,
            ARRAY['red', 'yellow', 'green'] AS ranks) c
        GROUP BY e.subscription_id, e.sequence, e.body
    ) f
    WHERE f.subscription_id = t.subscription_id AND f.sequence = t.sequence"""


class Migration(migrations.Migration):
    dependencies = [("deliveries", "0001_subscriptions_events_receipts")]

    operations = [
        migrations.AddField("receipt", "cause", models.CharField("cause", max_length=12, blank=True)),
        *(
            migrations.AddField("receipt", name, models.PositiveIntegerField(default=default))
            for name, default in (
                *(("part", 1), ("parts", 1)),
                *((name, 0) for name in ("green", "yellow", "red", "grey", "worse", "better")),
            )
        ),
        migrations.RunSQL(COUNT, migrations.RunSQL.noop),
    ]

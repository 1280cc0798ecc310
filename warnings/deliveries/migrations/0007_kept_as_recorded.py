"""Messages and receipts take the moment of writing itself; what was delivered and acknowledged stays."""

from django.db import migrations

from foundation.tenancy.kept import Kept

# A statement can be kept waiting, so its beginning is no moment of writing. The body says the same moment as the row.
CREATE = """
CREATE OR REPLACE FUNCTION deliveries_event_by_database() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    head text := '{"type":' || pg_catalog.to_json(new.kind) || ',"timestamp":"';
BEGIN
    new.created_at := pg_catalog.clock_timestamp();
    IF pg_catalog.starts_with(new.body, head) THEN
        new.body := head
            || pg_catalog.to_char(new.created_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"+00:00"')
            || pg_catalog.substr(new.body, pg_catalog.length(head) + 26);
    END IF;
    RETURN new;
END $$;

CREATE OR REPLACE FUNCTION deliveries_receipt_by_database() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    new.written_at := CASE WHEN TG_OP = 'INSERT' THEN pg_catalog.clock_timestamp() ELSE old.written_at END;
    RETURN new;
END $$;
"""
DROP = """
CREATE OR REPLACE FUNCTION deliveries_event_by_database() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    new.created_at := pg_catalog.statement_timestamp();
    RETURN new;
END $$;

CREATE OR REPLACE FUNCTION deliveries_receipt_by_database() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    new.written_at := CASE WHEN TG_OP = 'INSERT' THEN pg_catalog.statement_timestamp() ELSE old.written_at END;
    RETURN new;
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [("deliveries", "0006_moments_by_database")]

    operations = [
        migrations.RunSQL(CREATE, DROP),
        migrations.AddConstraint(
            model_name="attempt",
            constraint=Kept(
                columns=("sequence", "message_id", "at", "outcome", "fault", "status"),
                name="attempt_kept",
                once=(),
            ),
        ),
        migrations.AddConstraint(
            model_name="receipt",
            constraint=Kept(
                columns=("sequence", "kind", "period_code", "cause", "size"),
                name="receipt_kept",
                once=(("delivered_at",), ("acknowledged_at", "acknowledged_by_id", "acknowledged_by_name")),
            ),
        ),
        migrations.AddConstraint(
            model_name="subscription",
            constraint=Kept(columns=("created_at",), name="subscription_kept", once=()),
        ),
    ]

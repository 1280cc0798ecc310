"""Messages and their receipts take the moment of writing from the database: that of the statement, as the body says it."""

from django.db import migrations

CREATE = """
CREATE FUNCTION deliveries_event_by_database() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    new.created_at := pg_catalog.statement_timestamp();
    RETURN new;
END $$;

CREATE TRIGGER event_by_database BEFORE INSERT ON deliveries_event FOR EACH ROW
    EXECUTE FUNCTION deliveries_event_by_database();

CREATE FUNCTION deliveries_receipt_by_database() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    new.written_at := CASE WHEN TG_OP = 'INSERT' THEN pg_catalog.statement_timestamp() ELSE old.written_at END;
    RETURN new;
END $$;

CREATE TRIGGER receipt_by_database BEFORE INSERT OR UPDATE OF written_at ON deliveries_receipt FOR EACH ROW
    EXECUTE FUNCTION deliveries_receipt_by_database();
"""
DROP = """
DROP TRIGGER receipt_by_database ON deliveries_receipt;
DROP TRIGGER event_by_database ON deliveries_event;
DROP FUNCTION deliveries_receipt_by_database, deliveries_event_by_database;
"""


class Migration(migrations.Migration):
    dependencies = [("deliveries", "0005_confirmed_addresses")]

    operations = [migrations.RunSQL(CREATE, DROP)]

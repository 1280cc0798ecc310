"""Hand-overs and times off the register take the moment of recording from the database."""

from django.db import migrations

CREATE = """
CREATE FUNCTION enterprises_custody_by_database() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    new.handed_over_at := pg_catalog.clock_timestamp();
    RETURN new;
END $$;

CREATE TRIGGER custody_by_database BEFORE INSERT ON enterprises_custody FOR EACH ROW
    EXECUTE FUNCTION enterprises_custody_by_database();

CREATE FUNCTION enterprises_inactivity_by_database() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    new.recorded_at := CASE WHEN TG_OP = 'INSERT' THEN pg_catalog.clock_timestamp() ELSE old.recorded_at END;
    RETURN new;
END $$;

CREATE TRIGGER inactivity_by_database BEFORE INSERT OR UPDATE OF recorded_at ON enterprises_inactivity FOR EACH ROW
    EXECUTE FUNCTION enterprises_inactivity_by_database();
"""
DROP = """
DROP TRIGGER inactivity_by_database ON enterprises_inactivity;
DROP TRIGGER custody_by_database ON enterprises_custody;
DROP FUNCTION enterprises_inactivity_by_database, enterprises_custody_by_database;
"""


class Migration(migrations.Migration):
    dependencies = [("enterprises", "0015_reason_is_read")]

    operations = [migrations.RunSQL(CREATE, DROP)]

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

-- A time off the register begins and ends once; one recorded by mistake ends on the day on which it began.
CREATE FUNCTION enterprises_inactivity_by_database() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        new.recorded_at := pg_catalog.clock_timestamp();
        RETURN new;
    END IF;
    new.recorded_at := old.recorded_at;
    new.from_on := old.from_on;
    new.kind := old.kind;
    new.merged_into_id := old.merged_into_id;
    new.reason := old.reason;
    IF old.until_on IS NOT NULL AND new.until_on IS DISTINCT FROM old.from_on THEN
        new.until_on := old.until_on;
    END IF;
    RETURN new;
END $$;

CREATE TRIGGER inactivity_by_database BEFORE INSERT OR UPDATE ON enterprises_inactivity FOR EACH ROW
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

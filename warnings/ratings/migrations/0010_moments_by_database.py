"""Standards and their adoptions take their moments from the database."""

from django.db import migrations

CREATE = """
CREATE FUNCTION ratings_standard_by_database() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    new.published_at := pg_catalog.clock_timestamp();
    RETURN new;
END $$;

CREATE TRIGGER standard_by_database BEFORE INSERT ON ratings_standard FOR EACH ROW
    EXECUTE FUNCTION ratings_standard_by_database();

-- An adoption begins and ends once, and is of one standard.
CREATE FUNCTION ratings_adoption_by_database() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        new.adopted_at := pg_catalog.clock_timestamp();
        new.until_at := NULL;
        RETURN new;
    END IF;
    IF old.until_at IS NULL AND new.until_at IS NOT NULL THEN
        old.until_at := pg_catalog.clock_timestamp();
    END IF;
    RETURN old;
END $$;

CREATE TRIGGER adoption_by_database BEFORE INSERT OR UPDATE ON ratings_adoption FOR EACH ROW
    EXECUTE FUNCTION ratings_adoption_by_database();
"""
DROP = """
DROP TRIGGER adoption_by_database ON ratings_adoption;
DROP TRIGGER standard_by_database ON ratings_standard;
DROP FUNCTION ratings_adoption_by_database, ratings_standard_by_database;
"""


class Migration(migrations.Migration):
    dependencies = [("ratings", "0009_discarding_runs")]

    operations = [migrations.RunSQL(CREATE, DROP)]

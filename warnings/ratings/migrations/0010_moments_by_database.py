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
    IF old.until_at IS NOT NULL THEN
        RETURN old;
    END IF;
    new.adopted_at := old.adopted_at;
    new.until_at := CASE WHEN new.until_at IS NOT NULL THEN pg_catalog.clock_timestamp() END;
    -- what belongs to another bureau is left to the policy and the foreign key, which refuse it
    IF EXISTS (SELECT FROM public.ratings_standard AS other WHERE other.id = new.standard_id AND other.bureau_id = old.bureau_id) THEN
        new.standard_id := old.standard_id;
    END IF;
    RETURN new;
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

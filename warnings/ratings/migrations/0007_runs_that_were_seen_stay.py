"""What was published stays: no statement deletes a rating or a run that was ever visible, or takes its state back."""

from django.db import migrations

CREATE = """
CREATE FUNCTION ratings_state_moves_on() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'evaluation % is % and cannot become %', old.id, old.state, new.state
        USING ERRCODE = 'check_violation';
END $$;

CREATE TRIGGER evaluation_state_moves_on BEFORE UPDATE OF state ON ratings_evaluation FOR EACH ROW
    WHEN (old.state = 'complete' AND new.state <> 'complete' OR old.state = 'failed' AND new.state NOT IN ('failed', 'open'))
    EXECUTE FUNCTION ratings_state_moves_on();

CREATE FUNCTION ratings_evaluation_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'evaluation % was published and cannot be deleted', old.id USING ERRCODE = 'check_violation';
END $$;

CREATE TRIGGER evaluation_stays BEFORE DELETE ON ratings_evaluation FOR EACH ROW
    WHEN (old.completed_at IS NOT NULL) EXECUTE FUNCTION ratings_evaluation_stays();

-- asked the other way round (which run has failed), so that a run the scope does not show is not taken for one
CREATE FUNCTION ratings_ratings_stay() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (
        SELECT FROM (SELECT DISTINCT evaluation_id FROM gone) g
        WHERE NOT EXISTS (SELECT FROM ratings_evaluation e WHERE e.id = g.evaluation_id AND e.state = 'failed')
    ) THEN
        RAISE EXCEPTION 'ratings of a run that has not failed cannot be deleted' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NULL;
END $$;

CREATE TRIGGER ratings_stay AFTER DELETE ON ratings_rating REFERENCING OLD TABLE AS gone FOR EACH STATEMENT
    EXECUTE FUNCTION ratings_ratings_stay();
"""
DROP = """
DROP TRIGGER ratings_stay ON ratings_rating;
DROP TRIGGER evaluation_stays ON ratings_evaluation;
DROP TRIGGER evaluation_state_moves_on ON ratings_evaluation;
DROP FUNCTION ratings_ratings_stay, ratings_evaluation_stays, ratings_state_moves_on;
"""


class Migration(migrations.Migration):
    dependencies = [("ratings", "0006_rated_on")]

    operations = [migrations.RunSQL(CREATE, DROP)]

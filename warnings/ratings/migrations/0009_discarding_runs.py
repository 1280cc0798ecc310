"""Nobody deletes ratings; one function discards those of a run that nobody ever saw. A complete run stays as it is."""

from django.db import migrations

CREATE = """
CREATE FUNCTION ratings_discard_run(discarded bigint) RETURNS void LANGUAGE plpgsql
    SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    PERFORM FROM ratings_evaluation e WHERE e.id = discarded AND e.state = 'failed' AND e.completed_at IS NULL FOR UPDATE;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'evaluation % has not failed, or was visible: its ratings stay', discarded
            USING ERRCODE = 'check_violation';
    END IF;
    DELETE FROM ratings_rating r WHERE r.evaluation_id = discarded;
    DELETE FROM ratings_evaluationbatch b WHERE b.evaluation_id = discarded;
END $$;

CREATE FUNCTION ratings_run_stays_as_it_is() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'evaluation % is complete and stays as it is', old.id USING ERRCODE = 'check_violation';
END $$;

CREATE TRIGGER evaluation_stays_as_it_is BEFORE UPDATE ON ratings_evaluation FOR EACH ROW
    WHEN (old.completed_at IS NOT NULL AND
        (new.bureau_id, new.period_code, new.standard_id, new.kind, new.run, new.effective_on, new.criteria, new.measures,
         new.enterprise_ids, new.registered, new.counts, new.digest, new.requested_by_id, new.reason, new.completed_at)
        IS DISTINCT FROM
        (old.bureau_id, old.period_code, old.standard_id, old.kind, old.run, old.effective_on, old.criteria, old.measures,
         old.enterprise_ids, old.registered, old.counts, old.digest, old.requested_by_id, old.reason, old.completed_at))
    EXECUTE FUNCTION ratings_run_stays_as_it_is();
"""
DROP = """
DROP TRIGGER evaluation_stays_as_it_is ON ratings_evaluation;
DROP FUNCTION ratings_run_stays_as_it_is();
DROP FUNCTION ratings_discard_run(bigint);
"""


class Migration(migrations.Migration):
    dependencies = [("ratings", "0008_adoptions_over_time")]

    operations = [migrations.RunSQL(CREATE, DROP)]

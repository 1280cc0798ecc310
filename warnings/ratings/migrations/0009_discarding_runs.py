"""Nobody deletes ratings; one function discards those of a run that nobody ever saw."""

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
"""


class Migration(migrations.Migration):
    dependencies = [("ratings", "0008_adoptions_over_time")]

    operations = [migrations.RunSQL(CREATE, "DROP FUNCTION ratings_discard_run(bigint)")]

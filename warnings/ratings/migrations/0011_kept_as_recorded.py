"""A run stays as it was opened; a complete one as a whole."""

from django.db import migrations

from foundation.tenancy.kept import Kept

# Every column, also those of later versions.
CREATE = """
DROP TRIGGER evaluation_stays_as_it_is ON ratings_evaluation;
CREATE TRIGGER evaluation_stays_as_it_is BEFORE UPDATE ON ratings_evaluation FOR EACH ROW
    WHEN (old.completed_at IS NOT NULL AND old.* IS DISTINCT FROM new.*)
    EXECUTE FUNCTION ratings_run_stays_as_it_is();
"""
DROP = """
DROP TRIGGER evaluation_stays_as_it_is ON ratings_evaluation;
CREATE TRIGGER evaluation_stays_as_it_is BEFORE UPDATE ON ratings_evaluation FOR EACH ROW
    WHEN (old.completed_at IS NOT NULL AND
        (new.bureau_id, new.period_code, new.standard_id, new.kind, new.run, new.effective_on, new.criteria, new.measures,
         new.enterprise_ids, new.registered, new.counts, new.digest, new.requested_by_id, new.reason, new.completed_at)
        IS DISTINCT FROM
        (old.bureau_id, old.period_code, old.standard_id, old.kind, old.run, old.effective_on, old.criteria, old.measures,
         old.enterprise_ids, old.registered, old.counts, old.digest, old.requested_by_id, old.reason, old.completed_at))
    EXECUTE FUNCTION ratings_run_stays_as_it_is();
"""


class Migration(migrations.Migration):
    dependencies = [("ratings", "0010_moments_by_database")]

    operations = [
        migrations.RunSQL(CREATE, DROP),
        migrations.AddConstraint(
            model_name="evaluation",
            constraint=Kept(
                columns=("bureau_id", "kind", "requested_by_id", "opened_at"), name="evaluation_kept", once=()
            ),
        ),
    ]

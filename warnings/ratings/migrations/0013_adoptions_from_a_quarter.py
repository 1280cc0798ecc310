"""A standard can be adopted from a quarter on."""

from django.db import migrations, models

BEFORE = """
CREATE OR REPLACE FUNCTION ratings_adoption_by_database() RETURNS trigger LANGUAGE plpgsql AS $$
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
"""
# The quarter stays as it was adopted.
AFTER = BEFORE.replace(
    "    new.adopted_at := old.adopted_at;\n",
    "    new.adopted_at := old.adopted_at;\n    new.from_quarter := old.from_quarter;\n",
)


class Migration(migrations.Migration):
    dependencies = [
        ("ratings", "0012_kept_ends"),
    ]

    operations = [
        migrations.AddField(
            model_name="adoption",
            name="from_quarter",
            field=models.CharField(blank=True, default="", max_length=6),
        ),
        migrations.RemoveConstraint(model_name="adoption", name="adoption_unique"),
        migrations.AddConstraint(
            model_name="adoption",
            constraint=models.UniqueConstraint(
                condition=models.Q(("until_at", None)),
                fields=("bureau", "from_quarter"),
                name="adoption_quarter_unique",
            ),
        ),
        migrations.RunSQL(AFTER, BEFORE),
    ]

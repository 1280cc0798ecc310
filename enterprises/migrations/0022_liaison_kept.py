"""Who looked after which enterprise, and from when, stays as recorded; only the end comes later."""

from django.db import migrations

from foundation.tenancy.kept import Kept


class Migration(migrations.Migration):
    dependencies = [("enterprises", "0021_liaison_words")]

    operations = [
        migrations.AddConstraint(
            model_name="liaison",
            constraint=Kept(
                columns=("enterprise_id", "officer_id", "kind", "from_on"), name="liaison_kept", once=()
            ),
        ),
    ]

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("enterprises", "0014_void_inactivities")]

    operations = [
        migrations.AddField(
            model_name="inactivity",
            name="reason_is_read",
            field=models.BooleanField(
                db_default=False,
                default=False,
                editable=False,
                verbose_name="the enterprise reads the reason",
            ),
        ),
        migrations.AddIndex(
            model_name="inactivity",
            index=models.Index(
                condition=models.Q(("merged_into_id__isnull", False)),
                fields=["merged_into_id", "from_on"],
                name="inactivity_merged_idx",
            ),
        ),
    ]

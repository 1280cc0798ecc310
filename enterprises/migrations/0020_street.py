from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("enterprises", "0019_search_more_persons")]

    operations = [
        migrations.AddField(
            model_name="enterprise",
            name="street",
            field=models.CharField(
                blank=True, db_default="", max_length=64, verbose_name="street or township"
            ),
        ),
    ]

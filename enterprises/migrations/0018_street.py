from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("enterprises", "0017_undone")]

    operations = [
        migrations.AddField(
            model_name="enterprise",
            name="street",
            field=models.CharField(
                blank=True, db_default="", max_length=64, verbose_name="street or township"
            ),
        ),
    ]

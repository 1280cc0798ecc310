from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("enterprises", "0012_departments_see_closings")]

    operations = [
        migrations.AddField(
            model_name="enterprise",
            name="protection_level",
            field=models.CharField(
                blank=True,
                choices=[("1", "Level one"), ("2", "Level two"), ("3", "Level three")],
                db_default="",
                max_length=1,
                verbose_name="protection level",
            ),
        ),
    ]

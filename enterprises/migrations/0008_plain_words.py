"""Help texts and words of choices in plainer English; the tables stay as they are."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("enterprises", "0007_rated_on"),
    ]

    operations = [
        migrations.AlterField(
            model_name="enterprise",
            name="registered_on",
            field=models.DateField(
                blank=True,
                help_text="Leave empty if it has always been on the register.",
                null=True,
                verbose_name="on the register since",
            ),
        ),
        migrations.AlterField(
            model_name="enterprise",
            name="site",
            field=models.CharField(
                blank=True,
                help_text="Distinguishes several sites of one legal entity.",
                max_length=40,
                verbose_name="site",
            ),
        ),
    ]

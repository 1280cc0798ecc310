"""Room for full pinyin, and a text that only police roles search in; ``0011`` fills them."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("enterprises", "0009_one_spelling")]

    operations = [
        migrations.AddField(
            model_name="enterprise",
            name="police_text",
            field=models.CharField(blank=True, db_default="", editable=False, max_length=1000),
        ),
        migrations.AlterField(
            model_name="enterprise",
            name="search_text",
            field=models.CharField(blank=True, editable=False, max_length=2000),
        ),
        migrations.AlterField(
            model_name="enterprise",
            name="sort_key",
            field=models.CharField(blank=True, editable=False, max_length=120),
        ),
    ]

"""A sort key of people, so that lists of Chinese names go by pinyin."""

from typing import Any

from django.db import migrations, models

from foundation.pinyin import sort_key_of_person


def fill(apps: Any, schema_editor: Any) -> None:
    people = apps.get_model("accounts", "User").objects.using(schema_editor.connection.alias)
    for number, name in list(people.values_list("pk", "full_name")):
        people.filter(pk=number).update(sort_key=sort_key_of_person(name))


class Migration(migrations.Migration):
    dependencies = [("accounts", "0006_plain_words")]

    operations = [
        migrations.AddField(
            model_name="user",
            name="sort_key",
            field=models.CharField(blank=True, db_default="", editable=False, max_length=120),
        ),
        migrations.RunPython(fill, migrations.RunPython.noop),
    ]

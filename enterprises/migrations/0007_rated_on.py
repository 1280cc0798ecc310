"""The register keeps the day its rating took effect; ``ratings/0006`` fills it in for those rated before."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("enterprises", "0006_activities_leave")]

    operations = [
        migrations.AddField("enterprise", "rated_on", models.DateField(null=True, blank=True)),
    ]

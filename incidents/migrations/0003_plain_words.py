"""Help texts and words of choices in plainer English; the tables stay as they are."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("incidents", "0002_lists_of_many_stations"),
    ]

    operations = [
        migrations.AlterField(
            model_name="incident",
            name="kind",
            field=models.CharField(
                choices=[
                    ("criminal_case", "Criminal case"),
                    ("public_security_case", "Public-security case"),
                    ("police_call", "Police call"),
                    (
                        "staff_offence",
                        "Staff involved in gambling, drugs, pornography, illegal lotteries or workplace crime",
                    ),
                    ("complaint", "Complaint received"),
                    ("death", "Death"),
                    ("dangerous_goods_lost", "Dangerous goods or firearm lost or stolen"),
                    ("group_emergency", "Group emergency"),
                ],
                max_length=24,
                verbose_name="kind",
            ),
        ),
    ]

"""Choices of the incidents app."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class IncidentKind(models.TextChoices):
    """What happened. The comment names the criterion or veto of the default standard that uses it."""

    CRIMINAL_CASE = "criminal_case", _("Criminal case")  # C1, with `serious` V2
    PUBLIC_SECURITY_CASE = "public_security_case", _("Public-security case")  # C2
    POLICE_CALL = "police_call", _("Police call")  # C3
    STAFF_OFFENCE = (
        "staff_offence",
        _("Staff involved in gambling, drugs, pornography, illegal lotteries or workplace crime"),
    )  # C4
    COMPLAINT = "complaint", _("Complaint received")
    DEATH = "death", _("Death")  # V1
    DANGEROUS_GOODS_LOST = "dangerous_goods_lost", _("Dangerous goods or firearm lost or stolen")  # V1
    GROUP_EMERGENCY = "group_emergency", _("Group emergency")  # V3


class IncidentState(models.TextChoices):
    """Whether the police verified an incident; derived from ``verified_on``, never stored."""

    UNVERIFIED = "unverified", _("Not verified")
    VERIFIED = "verified", _("Verified")

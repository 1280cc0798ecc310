"""Choices of the disputes app."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class DisputeKind(models.TextChoices):
    """What a dispute is about."""

    WAGES = "wages", _("Wages")
    LABOUR = "labour", _("Labour relations")
    CONTRACT = "contract", _("Contract")
    INJURY = "injury", _("Injury")
    LAND = "land", _("Land")
    NEIGHBOURS = "neighbours", _("Neighbours")
    BETWEEN = "between", _("Between enterprises")
    CONSUMER = "consumer", _("Consumers")
    OTHER = "other", _("Other")


class Heard(models.TextChoices):
    """How the police heard of a dispute."""

    VISIT = "visit", _("On a visit")
    PORTAL = "portal", _("Reported by the enterprise")
    CALL = "call", _("By a police call")
    SCREENING = "screening", _("By screening")
    DEPARTMENT = "department", _("From a department")
    PETITION = "petition", _("By a petition")


class Side(models.TextChoices):
    """On which side of a dispute somebody stands."""

    APPLICANT = "applicant", _("Applicants")
    RESPONDENT = "respondent", _("Respondents")
    THIRD = "third", _("Others concerned")


class Risk(models.TextChoices):
    """How likely a dispute is to grow into violence or unrest."""

    LOW = "low", pgettext_lazy("risk", "Low")
    MEDIUM = "medium", pgettext_lazy("risk", "Medium")
    HIGH = "high", pgettext_lazy("risk", "High")


RISK_TONES = {Risk.HIGH: "red", Risk.MEDIUM: "yellow", Risk.LOW: "green"}


class RiskReason(models.TextChoices):
    """Why a dispute may grow."""

    PEOPLE = "people", _("Many people")
    AMOUNT = "amount", _("A large amount")
    REPEATED = "repeated", _("Repeated police calls")
    SENSITIVE = "sensitive", _("A sensitive date is near")
    THREATS = "threats", _("Threats")
    VIOLENCE = "violence", _("Violence before")
    WEAPONS = "weapons", _("Weapons or dangerous goods")
    SELF_HARM = "self_harm", _("Somebody may harm themselves")


class Stage(models.IntegerChoices):
    """How far a dispute has come. It follows from what was recorded; never stored."""

    RECEIVED = 1, _("Received")
    MEDIATION = 2, _("Mediation")
    AGREEMENT = 3, _("Agreement")
    PERFORMANCE = 4, _("Performance")
    FOLLOW_UP = 5, pgettext_lazy("stage of a dispute", "Follow-up")
    CLOSED = 6, pgettext_lazy("stage of a dispute", "Closed")


class DisputeState(models.TextChoices):
    """State of a dispute today; derived from its dates, never stored."""

    OPEN = "open", _("Open")
    OVERDUE = "overdue", _("Overdue")
    SETTLED = "settled", _("Settled")


class AgreementKind(models.TextChoices):
    """In which way an agreement came about, which decides its form and who signs."""

    SECURITY = "security", _("Public-security mediation agreement")
    ON_THE_SPOT = "spot", _("Public-security mediation agreement on the spot")
    PEOPLES = "peoples", _("People's mediation agreement")
    ORAL = "oral", _("Oral agreement, recorded")


PUBLIC_SECURITY = (AgreementKind.SECURITY, AgreementKind.ON_THE_SPOT)


class PaymentWay(models.TextChoices):
    """How money is handed over."""

    TRANSFER = "transfer", _("Bank transfer")
    WAGES = "wages", _("Wage account of the project")
    PHONE = "phone", _("Payment by phone")
    CASH = "cash", _("Cash")
    GOODS = "goods", _("Goods or work")


class Signer(models.TextChoices):
    """Who signs an agreement, in the order in which they do: the sides, then whoever presides."""

    APPLICANT = "applicant", _("Applicants")
    RESPONDENT = "respondent", _("Respondents")
    THIRD = "third", _("Others concerned")
    MEDIATOR = "mediator", _("Who presides")


class AgreementEnd(models.TextChoices):
    """Why an agreement is no longer in force."""

    REPLACED = "replaced", _("Replaced by a new one")
    CORRECTED = "corrected", _("Recorded wrongly, corrected")
    VOIDED = "voided", _("Voided")


class ConfirmationStep(models.TextChoices):
    """Steps of the joint judicial confirmation 司法确认, in their order. The last two exclude each other."""

    APPLIED = "applied", _("Applied for")
    ACCEPTED = "accepted", _("Accepted by the court")
    CONFIRMED = "confirmed", pgettext_lazy("by the court", "Confirmed")
    REFUSED = "refused", pgettext_lazy("by the court", "Refused")


class SignedOn(models.TextChoices):
    """On what somebody signed."""

    SCREEN = "screen", _("Here on the screen")
    PAPER = "paper", _("On paper")

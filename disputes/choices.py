"""Choices of the disputes app."""

from enum import StrEnum

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class DisputeKind(models.TextChoices):
    """What a dispute is about: the kinds that are shipped. A bureau has more (``disputes.kinds``)."""

    WAGES = "wages", _("Wages")
    LABOUR = "labour", _("Labour relations")
    CONTRACT = "contract", _("Contract")
    INJURY = "injury", _("Injury")
    LAND = "land", _("Land")
    NEIGHBOURS = "neighbours", _("Neighbours")
    BETWEEN = "between", _("Between enterprises")
    CONSUMER = "consumer", _("Consumers")
    OTHER = "other", _("Other")


class KindAction(StrEnum):
    """The codes of what a bureau does to its kinds of disputes, in the audit log."""

    ADD = "dispute_kind.add"
    CHANGE = "dispute_kind.change"
    RETIRE = "dispute_kind.retire"
    RESUME = "dispute_kind.resume"


class Heard(models.TextChoices):
    """How the police heard of a dispute."""

    VISIT = "visit", _("On a visit")
    PORTAL = "portal", _("Reported by the enterprise")
    CALL = "call", _("By a police call")
    SCREENING = "screening", _("By screening")
    DEPARTMENT = "department", _("From a department")
    PETITION = "petition", _("By a petition")


class ReportAbout(models.TextChoices):
    """What an enterprise tells its station about a dispute."""

    DISPUTE = "dispute", _("Report of a dispute")
    MEDIATION = "mediation", _("Request for mediation")
    PAYMENT = "payment", _("Proof of payment")


class ReportWay(models.TextChoices):
    """How an enterprise told it."""

    PORTAL = "portal", pgettext_lazy("how it was told", "In the portal")
    PAPER = "paper", pgettext_lazy("how it was told", "On signed paper")
    CALL = "call", pgettext_lazy("how it was told", "By telephone")


class ReportState(models.TextChoices):
    """What became of what an enterprise told; it follows from the answer, never stored."""

    WAITS = "waits", pgettext_lazy("report", "To answer")
    TAKEN = "taken", pgettext_lazy("report", "Taken on")
    PAID = "paid", pgettext_lazy("report", "Payment recorded")
    DECLINED = "declined", pgettext_lazy("report", "Declined")
    UNDONE = "undone", pgettext_lazy("report", "Taken back")


class Side(models.TextChoices):
    """On which side of a dispute somebody stands."""

    APPLICANT = "applicant", _("Applicants")
    RESPONDENT = "respondent", _("Respondents")
    THIRD = "third", _("Others concerned")


class PartyKind(models.TextChoices):
    """Whether a party is a person or an organisation."""

    PERSON = "person", _("Person")
    ORGANISATION = "body", _("Organisation")


class PartyRole(models.TextChoices):
    """What a party is in the matter."""

    WORKER = "worker", pgettext_lazy("role of a party", "Worker")
    EMPLOYER = "employer", pgettext_lazy("role of a party", "Employer")
    CONTRACTOR = "contractor", pgettext_lazy("role of a party", "Main contractor")
    SUBCONTRACTOR = "sub", pgettext_lazy("role of a party", "Subcontractor")
    INJURED = "injured", pgettext_lazy("role of a party", "Injured person")
    SUSPECT = "suspect", pgettext_lazy("role of a party", "Suspected of an offence")
    NEIGHBOUR = "neighbour", pgettext_lazy("role of a party", "Neighbour")
    CUSTOMER = "customer", pgettext_lazy("role of a party", "Customer")
    PARTNER = "partner", pgettext_lazy("role of a party", "Business partner")
    RELATIVE = "relative", pgettext_lazy("role of a party", "Relative")
    OTHER = "other", pgettext_lazy("role of a party", "Other")


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
    CLOSED = "closed", pgettext_lazy("state of a dispute", "Closed")


class FollowUpWay(models.TextChoices):
    """How somebody asks, after the settlement, whether it holds."""

    VISIT = "visit", pgettext_lazy("follow-up", "Visit")
    CALL = "call", pgettext_lazy("follow-up", "Telephone")
    SURVEY = "survey", pgettext_lazy("follow-up", "Survey by link")


class Satisfied(models.TextChoices):
    """What those asked say of the settlement."""

    YES = "yes", _("Satisfied")
    PARTLY = "partly", _("Partly satisfied")
    NO = "no", _("Not satisfied")


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

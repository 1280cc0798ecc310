"""Choices of the inspections app."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class InspectionKind(models.TextChoices):
    """Why the police inspected."""

    ROUTINE = "routine", _("Routine inspection")
    SPECIAL = "special", _("Special inspection")
    UNANNOUNCED = "unannounced", _("Unannounced check")
    REINSPECTION = "reinspection", _("Re-inspection")
    COMPLAINT = "complaint", _("After a complaint")


class Conclusion(models.TextChoices):
    """Overall result of an inspection."""

    QUALIFIED = "qualified", _("Qualified")
    RECTIFY = "rectify", _("To be rectified")
    UNQUALIFIED = "unqualified", _("Not qualified")


ASKS_FOR_RECTIFICATION = frozenset({Conclusion.RECTIFY, Conclusion.UNQUALIFIED})


class Origin(models.TextChoices):
    """Who found a hazard."""

    POLICE = "police", _("Police inspection")
    SELF = "self", _("Found by the enterprise")
    DEPARTMENT = "department", _("Reported by a department")
    SUPERIOR = "superior", _("List of a superior authority")


class Severity(models.TextChoices):
    """Severity of a hazard; a major one counts more in the rating."""

    ORDINARY = "ordinary", _("Ordinary")
    MAJOR = "major", _("Major")


class HazardState(models.TextChoices):
    """State of a hazard on a day; derived from its dates, never stored."""

    OPEN = "open", pgettext_lazy("hazard", "Open")
    OVERDUE = "overdue", _("Overdue")
    REFUSED = "refused", _("Rectification refused")
    SUBMITTED = "submitted", _("Waiting for re-inspection")
    CLOSED = "closed", _("Closed")
    VOIDED = "voided", _("Voided")


class PositionKind(models.TextChoices):
    """What a key position is. Money, goods, dangerous substances, control rooms and supply come first in the law."""

    CASH = "cash", _("Cashier's office")
    VAULT = "vault", _("Vault or safe")
    STORE = "store", _("Warehouse")
    DANGEROUS = "dangerous", _("Store of dangerous substances")
    CONTROL = "control", _("Monitoring room")
    POWER = "power", _("Power distribution")
    SUPPLY = "supply", _("Water, gas or heat supply")
    SERVER = "server", _("Server room")
    ARCHIVE = "archive", _("Archive or secret files")
    GATE = "gate", _("Entrance or exit")
    PERIMETER = "perimeter", _("Perimeter")
    PRODUCTION = "production", _("Key production site")
    CROWD = "crowd", _("Place where many people gather")
    CANTEEN = "canteen", _("Canteen")
    OTHER = "other", pgettext_lazy("key position", "Other")


class CheckTarget(models.TextChoices):
    """What a self-check covered; all targets but *general* count as key checks of a month."""

    GENERAL = "general", _("General")
    DEPARTMENT = "department", _("Key department")
    VEHICLE = "vehicle", _("Vehicles")
    EQUIPMENT = "equipment", _("Equipment")
    FUNDS = "funds", _("Funds")


class ForgedKind(models.TextChoices):
    """What was forged, or kept from the police."""

    PHOTO = "photo", _("Photo or file")
    LEDGER = "ledger", _("Ledger or record")
    PAPER = "paper", _("Paper or certificate")
    CONCEALED = "concealed", _("Concealed case")


class ObstructedBy(models.TextChoices):
    """How an inspection was obstructed."""

    REFUSED = "refused", _("Entry refused")
    DELAYED = "delayed", _("Delayed, or led astray")
    WITHHELD = "withheld", _("Records or footage withheld")
    REMOVED = "removed", _("Evidence removed or destroyed")
    THREATENED = "threatened", _("Threats or force")


class FindingState(models.TextChoices):
    """State of a finding of forgery or of an obstruction; derived from its dates, never stored."""

    SUSPECTED = "suspected", _("To be confirmed")
    CONFIRMED = "confirmed", pgettext_lazy("forgery", "Confirmed")
    WITHDRAWN = "withdrawn", pgettext_lazy("forgery", "Withdrawn")


# codes of time limits
RECTIFY, RECTIFY_MAJOR = "hazard-rectification", "hazard-rectification-major"
REINSPECT, ANSWER_EXTENSION = "hazard-reinspection", "hazard-extension-answer"
OPENED = "hazard-opened"  # by somebody of the enterprise


class EscalationStep(models.TextChoices):
    """To whom an overdue hazard goes, in this order."""

    LIAISON = "liaison", _("Liaison officer")
    CHIEF = "chief", _("Station chief")
    BUREAU = "bureau", _("Bureau")
    LISTING = "listing", _("Proposed for listed supervision")


# the code of the time limit of each step, which counts from the deadline that passed
ESCALATES = {step: f"hazard-escalation-{step.value}" for step in EscalationStep}


class Stage(models.TextChoices):
    """A stage of a major hazard, in this order. It begins when a person grades the hazard as major."""

    BEGUN = "begun", _("Graded as major")
    GUARANTEES = "guarantees", _("Five guarantees")
    PLAN = "plan", _("Rectification plan")
    REVIEW = "review", _("Expert review of the plan")
    ACCEPTANCE = "acceptance", _("Acceptance by experts")


GUARANTEED = "hazard-major-guarantees"  # the code of the time limit of the five guarantees


class PenaltyKind(models.TextChoices):
    """What was imposed."""

    WARNING = "warning", pgettext_lazy("penalty", "Warning")
    FINE = "fine", _("Fine")
    OTHER = "other", pgettext_lazy("penalty", "Other")


class PenaltyTarget(models.TextChoices):
    """On whom it was imposed; persons are not named."""

    UNIT = "unit", _("The enterprise")
    HEAD = "head", _("Its main responsible person")
    PERSON = "person", _("Another person directly responsible")


class RecheckOutcome(models.TextChoices):
    """What a re-check of a closed hazard found."""

    RECTIFIED = "rectified", _("Still rectified")
    AGAIN = "again", _("Not rectified: reopened")


class SigningSide(models.TextChoices):
    """Who signs an inspection."""

    OFFICER = "officer", _("Officer")
    ENTERPRISE = "enterprise", pgettext_lazy("who signs", "Enterprise")


class SigningWay(models.TextChoices):
    """Where an inspection was signed."""

    PHONE = "phone", _("On the phone, during the visit")
    HERE = "here", _("On a device of the station")
    PAPER = "paper", _("On paper")


class ReplyKind(models.TextChoices):
    """What an enterprise answers to an inspection."""

    READ = "read", _("Has read it")
    REPLY = "reply", _("Reply")


class ReplyWay(models.TextChoices):
    """How the reply of an enterprise came."""

    PORTAL = "portal", _("In the portal")
    PAPER = "paper", _("On paper")
    CALL = "call", _("By telephone")


class ComplaintTo(models.TextChoices):
    """Who answers a complaint about an inspection."""

    CHIEF = "chief", _("Station chief")
    BUREAU = "bureau", _("Bureau")


class VisitSource(models.TextChoices):
    """Why a visit is planned."""

    CYCLE = "cycle", _("By its cycle")
    LOT = "lot", _("Drawn by lot")
    REINSPECTION = "reinspection", _("Re-inspection of an order")
    ORDERED = "ordered", _("Special inspection ordered from above")
    COMPLAINT = "complaint", _("After a complaint")


class Half(models.TextChoices):
    """Part of the day of a planned visit."""

    MORNING = "am", _("Morning")
    AFTERNOON = "pm", _("Afternoon")


class VisitState(models.TextChoices):
    """State of a planned visit on a day; derived, never stored."""

    WAITING = "waiting", _("Waits for approval")
    APPROVED = "approved", pgettext_lazy("visit", "Approved")
    LEFT = "left", _("Not done on its day")
    DONE = "done", pgettext_lazy("visit", "Done")
    REFUSED = "refused", pgettext_lazy("visit", "Approval refused")
    DROPPED = "dropped", _("Taken off the plan")


class AbsenceKind(models.TextChoices):
    """Why an officer makes no visits."""

    LEAVE = "leave", _("On leave")
    TRAINING = "training", _("Training")
    DUTY = "duty", _("Other duty")
    SICK = "sick", _("Ill")


# codes of time limits of the plan
APPROVE_AFTER, APPROVAL_HOLDS = "visit-approval-afterwards", "visit-approval-holds"
FIRST_VISIT = "visit-first"


class VisitStep(models.TextChoices):
    """To whom an enterprise goes whose inspection is overdue, in this order."""

    LIAISON = "liaison", _("Liaison officer")
    CHIEF = "chief", _("Station chief")
    BUREAU = "bureau", _("Bureau")


REPLY_PERIOD, COMPLAINT_PERIOD = "inspection-reply", "inspection-complaint"  # time limits
# the code of the time limit of each step, which counts from the day on which the inspection was due
VISIT_ESCALATES = {step: f"visit-escalation-{step.value}" for step in VisitStep}

"""Choices of mediation."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class WayKind(models.TextChoices):
    """By which way a dispute is led."""

    PUBLIC_SECURITY = "police", _("Public-security mediation")
    PEOPLES = "peoples", _("People's mediation")
    ADMINISTRATIVE = "admin", _("Administrative mediation")
    TRANSFER = "transfer", _("Transfer to another body")


class TransferTo(models.TextChoices):
    """Who takes over a dispute that is transferred."""

    COURT = "court", _("Court")
    ARBITRATION = "arbitrate", _("Arbitration")
    LABOUR = "labour", _("Labour inspection")
    OTHER = "other", _("Another body")


class Offence(models.TextChoices):
    """Acts that the police may mediate if they are minor (procedure in administrative cases, Art. 178)."""

    BEATING = "beating", _("Beating another person")
    INJURY = "injury", _("Intentional injury")
    INSULT = "insult", _("Insult")
    SLANDER = "slander", _("Slander")
    FRAMING = "framing", _("False accusation")
    DAMAGE = "damage", _("Intentional damage to property")
    DISTURBING = "disturbing", _("Disturbing the life of others")
    PRIVACY = "privacy", _("Invasion of privacy")
    TRESPASS = "trespass", _("Entering a home unlawfully")
    NONE = "none", pgettext_lazy("offence", "None of these")


class Ground(models.TextChoices):
    """Why the police may mediate (Art. 178): one of three."""

    NEAR = "near", _("Relatives, neighbours, colleagues or students, over a trifle")
    PROVOKED = "provoked", _("The victim was at fault before")
    BETTER = "better", _("Mediation settles it better than a penalty")


class Minors(models.TextChoices):
    """Whether a party is a minor, and what was done about it (Art. 181)."""

    NONE = "none", _("No party is a minor")
    PRESENT = "told", _("A minor: the parents or guardians were told to be there")
    EARNING = "earning", _("A minor of 16 or more with an income of their own, who agrees to be without them")


class Agent(models.TextChoices):
    """Whether somebody is represented (Art. 181): a victim may be, a suspect may not."""

    NONE = "none", _("Nobody")
    VICTIM = "victim", _("The victim, with a power of attorney")
    SUSPECT = "suspect", _("The suspect")


class StepKind(models.TextChoices):
    """What happens on a way."""

    APPRAISED = "appraised", _("Appraisal result arrived")
    FAILED = "failed", _("Mediation failed")
    EXTENDED = "extended", _("Time for the case extended")
    SUSPENDED = "suspended", _("Time for the case stands still")
    RESUMED = "resumed", _("Time for the case runs again")
    DECIDED = "decided", _("Case decided")
    REFUSED = "refused", _("A party refused")
    RECEIVED = "received", _("Receipt of the transfer")
    RESULT = "result", _("Result of the other body")


class Cause(models.TextChoices):
    """Why the police's mediation ended without success; and why the time for a case stands still (Art. 118)."""

    NO_AGREEMENT = "none", _("No agreement was reached")
    NOT_PERFORMED = "unperformed", _("The agreement was not performed")
    EXCLUDED = "excluded", _("One of the exclusions of Art. 179 came up")
    CHANGED = "changed", _("Another way was chosen")
    APPRAISAL = "appraisal", _("An appraisal is made")
    HEARING = "hearing", _("A hearing is held")


# what the law leaves out of the time for a case; nothing else
STANDS_STILL = (Cause.APPRAISAL, Cause.HEARING)


class Running(models.TextChoices):
    """The clock that runs on a way."""

    FIRST = "first", _("First mediation")
    SECOND = "second", _("Second mediation, if one is needed")
    CASE = "case", _("Decision on the case")
    SUSPENDED = "suspended", _("The time for the case stands still")
    RECEIPT = "receipt", _("Receipt of the transfer")


class TeamRole(models.TextChoices):
    """For whom somebody takes part in the mediation."""

    POLICE = "police", _("Police")
    STREET = "street", _("Street office")
    COMMUNITY = "community", _("Community")
    JUSTICE = "justice", _("Justice office")
    UNION = "union", _("Trade union")
    HR = "hr", _("Human resources office")
    ENTERPRISE = "enterprise", _("Head of an enterprise")
    INDUSTRY = "industry", _("Mediator of the industry")
    LAWYER = "lawyer", _("Lawyer")


class Manner(models.TextChoices):
    """How the sides are heard in a session."""

    JOINT = "joint", _("Together")
    SEPARATE = "separate", _("Separately")


class Ended(models.TextChoices):
    """How an appointment ended."""

    HELD = "held", _("Held")
    MOVED = "moved", _("Moved")
    CANCELLED = "cancelled", _("Cancelled")

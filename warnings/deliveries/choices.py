"""Choices of the deliveries app."""

from enum import StrEnum

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class Topic(models.TextChoices):
    """What a subscription is about."""

    RATINGS = "ratings", _("Ratings")


class EventKind(models.TextChoices):
    """The kind of a message: the ``type`` of its payload."""

    PUBLISHED = "rating.published", _("Ratings published")
    REVISED = "rating.revised", _("Ratings revised")


class Outcome(models.TextChoices):
    """The result of an attempt to push a message."""

    DELIVERED = "delivered", _("Delivered")
    FAILED = "failed", _("Failed, tried again")
    REFUSED = "refused", pgettext_lazy("by the receiver", "Refused")
    SKIPPED = "skipped", _("Skipped")
    OVERTAKEN = "overtaken", _("Answer came too late")


class Fault(models.TextChoices):
    """Why an attempt failed. It is a code, because the receiver's own words could contain anything."""

    NONE = "", _("None")
    STATUS = "status", _("Error status")
    REDIRECT = "redirect", _("Redirect")
    TIMEOUT = "timeout", _("No answer in time")
    CONNECTION = "connection", _("No connection")
    TLS = "tls", _("Certificate or encryption")
    DNS = "dns", _("Unknown host")
    ADDRESS = "address", _("Address not approved")
    SECRET = "secret", _("The secret cannot be read")
    OTHER = "other", _("Other error")


class Detail(models.TextChoices):
    """What exactly was wrong, where status and fault leave it open. A code, as the fault is."""

    NONE = "", _("None")
    HTML = "html", _("A web page answered")
    EXPIRED = "expired", _("Certificate expired")
    EARLY = "early", _("Certificate not valid yet")
    NAME = "name", _("Certificate of another name")
    AUTHORITY = "authority", _("Certificate of an unknown authority")
    PLAIN = "plain", _("No TLS at this port")
    REFUSED = "refused", _("Connection refused")
    UNREACHED = "unreached", _("No way to the host")
    CLOSED = "closed", _("Connection closed without an answer")


class Paused(models.TextChoices):
    """Why the push of a subscription is paused; "" if it is not."""

    NOT = "", _("Not paused")
    MANUAL = "manual", _("Paused by the operator")
    GONE = "gone", _("The receiver is gone (410)")
    REFUSED = "refused", _("The receiver refuses the message")
    EXHAUSTED = "exhausted", _("No success for three days")
    ADDRESS = "address", _("The address is not approved")
    CONFIRM = "confirm", _("The department has not confirmed the address")
    SECRET = "secret", _("The secret cannot be read: rotate it")


class Progress(models.TextChoices):
    """How far a department is with an enterprise, or with a message."""

    NOTED = "noted", _("Noted")
    IN_WORK = "in_work", _("In work")
    DONE = "done", _("Done")


class WishKind(models.TextChoices):
    """What a department asks for."""

    KEY = "key", _("API key")
    ADDRESS = "address", _("Receiver's address")


class WishState(models.TextChoices):
    """What became of a department's request."""

    ASKED = "asked", _("Waiting for a decision")
    APPROVED = "approved", _("Approved")
    DECLINED = "declined", _("Declined")
    WITHDRAWN = "withdrawn", _("Withdrawn")


SNAPSHOT = (
    "snapshot"  # the cause of the first messages of a subscription; others: ratings.choices.EvaluationKind
)
ANY = "*"  # any other colour
NOTHING = "none"  # no rating before


class CauseCode(StrEnum):
    """What people are notified of besides acts."""

    LATE = "subscription.late"
    LATE_PLATFORM = "subscription.late.platform"
    SECRET_ENDS = "subscription.secret_ends"


class AuditAction(StrEnum):
    """Actions of this app in the audit log, as ``<kind>.<verb>``; labels and earlier spellings are in audit.py."""

    CREATE_SUBSCRIPTION = "subscription.create"
    EDIT_SUBSCRIPTION = "subscription.edit"
    TUNE_SUBSCRIPTION = "subscription.tune"
    END_SUBSCRIPTION = "subscription.end"
    CONFIRM_ADDRESS = "subscription.confirm_address"
    SET_ADDRESS = "subscription.set_address"
    ROTATE_SECRET = "subscription.rotate_secret"
    PAUSE_PUSH = "subscription.pause"
    RESUME_PUSH = "subscription.resume"
    SKIP_MESSAGE = "subscription.skip_message"
    RETRY_NOW = "subscription.retry_now"
    END_OLD_SECRET = "subscription.end_old_secret"
    REPLAY_MESSAGES = "subscription.replay_messages"
    SEND_TEST = "subscription.send_test"
    ACKNOWLEDGE_MESSAGE = "receipt.acknowledge"
    GIVE_FEEDBACK = "receipt.give_feedback"
    DOWNLOAD_MESSAGE = "receipt.download"
    ANSWER = "receipt.answer"
    ASK = "wish.ask"
    WITHDRAW = "wish.withdraw"
    APPROVE = "wish.approve"
    DECLINE = "wish.decline"
    COLLECT_KEY = "wish.collect_key"

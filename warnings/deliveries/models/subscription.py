"""Subscriptions: filters, address and progress of the push."""

import hashlib

from django.contrib.postgres.fields import ArrayField
from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from deliveries.addresses import LONGEST_URL, validate_allowed, validate_url
from deliveries.choices import ANY, NOTHING, Paused, Topic
from enterprises.choices import Colour
from foundation.accounts.models import Bureau, Department
from foundation.tenancy.kept import Kept
from foundation.tenancy.policies import CompositeForeignKey, DepartmentPolicy

INDUSTRY = RegexValidator(r"^[A-T](\d{2}(\d{1,2})?)?$", _("A letter and up to four digits (GB/T 4754)."))


def validate_transition(value: str) -> None:
    """Raise ValidationError unless it is like ``green>red``, ``*>red`` (any other colour) or ``none>*`` (first rating)."""
    before, arrow, after = value.partition(">")
    if not arrow or before not in {ANY, NOTHING, *Colour.values} or after not in {ANY, *Colour.values}:
        raise ValidationError(_("Write a transition as green>red; * stands for any colour."))


def _default_topics() -> list[str]:
    return [Topic.RATINGS]


SECRETS = ("sealed_secret", "sealed_previous")


class Subscriptions(models.Manager["Subscription"]):
    """Subscriptions without their secrets: these are read where a message is signed or a secret replaced."""

    def get_queryset(self) -> models.QuerySet["Subscription"]:
        return super().get_queryset().defer(*SECRETS)


class Subscription(models.Model):
    """A department's subscription to ratings, as a sequence of messages numbered without gaps.

    A rating must match all filters; an empty list of industries (beginnings of codes), colours or transitions does not
    filter. Its area is the whole bureau, with stations that are added later (``whole_bureau``), or ``stations`` alone. Push is a *cursor*: ``last_sequence`` is the last message written, ``last_delivered`` the last one
    the receiver accepted, and the next to send is always the one after. Messages are also written during a pause. The
    worker that pushes holds the lease (``lease_token`` until ``leased_until``); the cursor ignores the results of others.
    ``again`` are numbers up to the cursor that are sent once more before it goes on, in order (``operations/cursor.py``).
    ``refusals`` are the final answers (4xx) in a row, since ``refused_since`` (``operations/failing.py``).

    ``awaits_confirmation``: the address was changed while the operator had paused the push, and is to be confirmed as well.
    ``address_set_by_id``: the operator who set it, and who does not confirm it in another role; 0 if nobody has since this is kept.
    ``snapshot_asked_at``: since then it waits for its first messages, today's state (``operations/snapshot.py``).
    ``snapshot_of``: once their ratings are chosen, by which filters and of which evaluations; null otherwise.

    ``sealed_secret`` and ``sealed_previous`` are encrypted (:mod:`deliveries.sealing`); a secret is shown once, when it
    is made. Their hints are the last characters, by which people tell one from the other; empty until they first sign.
    ``secret_at`` is when the department made the present one, null while it has the one of the beginning, which
    nobody was shown. ``allowed_hosts`` are the host names and networks that the platform operator approved, see
    :mod:`deliveries.addresses`. Without ``url`` nothing is pushed and the department fetches its messages.
    """

    bureau = models.ForeignKey(Bureau, on_delete=models.PROTECT, related_name="+", db_index=False)
    department = models.ForeignKey(
        Department,
        on_delete=models.PROTECT,
        related_name="+",
        db_constraint=False,
        verbose_name=_("department"),
    )
    title = models.CharField(_("title"), max_length=120)
    topics = ArrayField(models.CharField(max_length=16, choices=Topic.choices), default=_default_topics)
    whole_bureau = models.BooleanField(_("whole bureau"))
    stations = ArrayField(models.BigIntegerField(), default=list, blank=True, verbose_name=_("stations"))
    industries = ArrayField(
        models.CharField(max_length=5, validators=[INDUSTRY]),
        default=list,
        blank=True,
        verbose_name=_("industries"),
    )
    colours = ArrayField(
        models.CharField(max_length=6, choices=Colour.choices),
        default=list,
        blank=True,
        verbose_name=_("colours"),
    )
    transitions = ArrayField(
        models.CharField(max_length=13, validators=[validate_transition]),
        default=list,
        blank=True,
        verbose_name=_("transitions"),
    )
    active = models.BooleanField(_("active"), default=True)

    url = models.CharField(_("address"), max_length=LONGEST_URL, blank=True, validators=[validate_url])
    allowed_hosts = ArrayField(
        models.CharField(max_length=120, validators=[validate_allowed]),
        default=list,
        blank=True,
        verbose_name=_("approved hosts and networks"),
    )
    sealed_secret = models.TextField(blank=True, editable=False)
    sealed_previous = models.TextField(blank=True, editable=False)
    secret_at = models.DateTimeField(_("secret created"), null=True, blank=True)
    previous_until = models.DateTimeField(_("old secret valid until"), null=True, blank=True)
    secret_hint = models.CharField(max_length=8, blank=True, default="", db_default="", editable=False)
    previous_hint = models.CharField(max_length=8, blank=True, default="", db_default="", editable=False)

    snapshot_asked_at = models.DateTimeField(null=True, blank=True, editable=False)
    snapshot_of = models.JSONField(null=True, blank=True, editable=False)
    last_sequence = models.PositiveBigIntegerField(default=0)
    last_delivered = models.PositiveBigIntegerField(default=0)
    last_delivered_at = models.DateTimeField(null=True, blank=True)
    next_try_at = models.DateTimeField(_("next attempt"), null=True, blank=True)
    attempts = models.PositiveIntegerField(_("attempts without success"), default=0)
    failing_since = models.DateTimeField(_("failing since"), null=True, blank=True)
    refusals = models.PositiveIntegerField(_("refused in a row"), default=0, db_default=0)
    refused_since = models.DateTimeField(_("refused since"), null=True, blank=True)
    again = ArrayField(models.BigIntegerField(), default=list, db_default=[], editable=False)
    paused_why = models.CharField(_("paused"), max_length=10, choices=Paused.choices, blank=True)
    paused_at = models.DateTimeField(null=True, blank=True)
    awaits_confirmation = models.BooleanField(default=False, db_default=False, editable=False)
    address_set_by_id = models.BigIntegerField(default=0, db_default=0, editable=False)
    lease_token = models.UUIDField(null=True, blank=True, editable=False)
    leased_until = models.DateTimeField(null=True, blank=True, editable=False)

    version = models.PositiveIntegerField(default=1, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = Subscriptions()

    station_codes: list[str]  # set only by selectors.with_station_codes

    class Meta:
        ordering = ["bureau", "department", "id"]
        verbose_name = _("subscription")
        verbose_name_plural = _("subscriptions")
        indexes = [models.Index(fields=["bureau", "department"], name="subscription_bureau_idx")]
        constraints = [
            models.UniqueConstraint(fields=["id", "bureau", "department"], name="subscription_key"),
            Kept(name="subscription_kept", columns=("created_at",)),
            models.CheckConstraint(
                condition=Q(last_delivered__lte=F("last_sequence")), name="subscription_cursor"
            ),
            models.CheckConstraint(
                condition=Q(url="") | ~Q(sealed_secret=""), name="subscription_always_signed"
            ),
            models.CheckConstraint(
                condition=Q(whole_bureau=True, stations=[]) | Q(whole_bureau=False) & ~Q(stations=[]),
                name="subscription_area",
                violation_error_message=_("Choose the whole bureau, or the stations."),
            ),
            CompositeForeignKey(
                name="subscription_department_fk",
                columns=("department_id", "bureau_id"),
                to="accounts.Department",
                to_columns=("id", "bureau_id"),
            ),
            DepartmentPolicy(
                name="subscription_rls",
                read=("police", "department", "operator", "system"),
                write=("police", "department", "operator", "system"),
                operators=True,
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def is_contradictory(self) -> bool:
        """Whether no rating can match, because no chosen change leads to a chosen colour."""
        ends = {step.partition(">")[2] for step in self.transitions}
        return bool(self.colours and ends) and ANY not in ends and not ends & set(self.colours)

    @property
    def is_unconfirmed(self) -> bool:
        """Whether nothing may be sent to the address before the department has confirmed it."""
        return self.paused_why == Paused.CONFIRM or self.awaits_confirmation

    def was_set_by(self, user_id: int) -> bool:
        """Return whether this person set the address, perhaps in another role."""
        return bool(user_id) and self.address_set_by_id == user_id

    @property
    def is_troubled(self) -> bool:
        """Whether the push fails, or was paused, but not by hand: ``troubled`` of the department's navigation counts it."""
        broken = self.failing_since is not None or self.paused_why not in (Paused.NOT, Paused.MANUAL)
        return self.active and bool(self.url) and broken

    @property
    def can_be_tested(self) -> bool:
        """Whether a test event can be sent: to an address that is confirmed, signed with a secret that somebody has."""
        return bool(self.active and self.url and self.secret_at and not self.is_unconfirmed)

    def pushes_to(self, url: str) -> bool:
        """Return whether messages are pushed to this address now."""
        return self.active and self.url == url and not self.paused_why and self.secret_at is not None

    @property
    def waiting(self) -> int:
        """The number of messages written but not delivered yet."""
        return self.last_sequence - self.last_delivered

    @property
    def next_sequence(self) -> int:
        """The number of the message that is sent next, even if it is not written yet."""
        return self.again[0] if self.again else self.last_delivered + 1

    @property
    def has_next(self) -> bool:
        """Whether there is a message to send: one that was asked for again, or one after the cursor."""
        return bool(self.again) or self.waiting > 0

    @property
    def secret_mark(self) -> str:
        """A fingerprint of the stored secret, to detect concurrent rotations."""
        return hashlib.sha256(self.sealed_secret.encode()).hexdigest()[:16]

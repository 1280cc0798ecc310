"""The parties of a dispute: persons, whose data are sealed, and organisations."""

import datetime as dt
from functools import cached_property

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from disputes.choices import PartyKind, PartyRole, Side
from disputes.models.of_dispute import OfDispute, of_dispute, of_dispute_indexes
from disputes.people.masking import masked_name
from disputes.people.sealed import shown
from foundation.database.sealed import UNREADABLE
from foundation.tenancy.kept import Kept

SEALED = (
    *("sealed_name", "sealed_identity", "sealed_born_on", "sealed_phone", "sealed_address"),
    *("sealed_representative", "sealed_representative_phone"),
    *("sealed_guardian", "sealed_guardian_identity", "sealed_guardian_phone"),
    *("name_index", "identity_index", "phone_index"),
)
ADULT_AT = 18  # years; Civil Code, Art. 17


class Party(OfDispute):
    """A party 当事人 of a dispute. Rows are never changed: who is corrected gets a new row, who leaves is voided.

    Whatever identifies a person is sealed at rest (``disputes.people.sealed``), with blind indexes of name, identity number and
    telephone; pages show it masked, and :func:`disputes.people.opening.open_party` as it is, for a reason that is logged. An
    organisation is text. One of the bureau's register is named by ``registered_id``, as a plain number, because it may be
    another station's. ``number`` counts the parties of the dispute and is how the log names one.
    """

    side = models.CharField(_("side"), max_length=10, choices=Side.choices)
    kind = models.CharField(_("kind of party"), max_length=10, choices=PartyKind.choices)
    role = models.CharField(pgettext_lazy("of a party", "role"), max_length=10, choices=PartyRole.choices)
    number = models.PositiveIntegerField(_("party no."))
    organisation = models.CharField(_("name of the organisation"), max_length=160, blank=True)
    credit_code = models.CharField(_("unified social credit code"), max_length=18, blank=True)
    registered_id = models.BigIntegerField(default=0)
    jointly_liable = models.BooleanField(_("jointly liable"), default=False)
    own_income = models.BooleanField(_("16 or older, lives on an income of their own"), default=False)
    power_id = models.BigIntegerField(default=0)

    sealed_name = models.TextField(blank=True)
    sealed_identity = models.TextField(blank=True)
    sealed_born_on = models.TextField(blank=True)
    sealed_phone = models.TextField(blank=True)
    sealed_address = models.TextField(blank=True)
    sealed_representative = models.TextField(blank=True)
    sealed_representative_phone = models.TextField(blank=True)
    sealed_guardian = models.TextField(blank=True)
    sealed_guardian_identity = models.TextField(blank=True)
    sealed_guardian_phone = models.TextField(blank=True)
    name_index = models.CharField(max_length=64, blank=True)
    identity_index = models.CharField(max_length=64, blank=True)
    phone_index = models.CharField(max_length=64, blank=True)

    replaces_id = models.BigIntegerField(default=0)
    added_at = models.DateTimeField(auto_now_add=True)
    added_by = models.CharField(max_length=80, blank=True)
    added_by_id = models.BigIntegerField(default=0)
    voided_at = models.DateTimeField(null=True)
    void_reason = models.CharField(max_length=2000, blank=True)
    voided_by = models.CharField(max_length=80, blank=True)
    voided_by_id = models.BigIntegerField(default=0)

    class Meta:
        ordering = ["id"]
        verbose_name = _("party")
        verbose_name_plural = _("parties")
        indexes = [
            *of_dispute_indexes("party"),
            models.Index(fields=["name_index"], condition=~Q(name_index=""), name="party_name_idx"),
            models.Index(
                fields=["identity_index"], condition=~Q(identity_index=""), name="party_identity_idx"
            ),
            models.Index(fields=["phone_index"], condition=~Q(phone_index=""), name="party_phone_idx"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["dispute", "identity_index"],
                condition=Q(voided_at=None) & ~Q(identity_index=""),
                name="party_each_person_once",
            ),
            models.CheckConstraint(
                condition=Q(kind=PartyKind.PERSON.value, organisation="", credit_code="", registered_id=0)
                | (
                    Q(kind=PartyKind.ORGANISATION.value, sealed_name="", sealed_identity="")
                    & ~Q(organisation="")
                ),
                name="party_person_sealed",
            ),
            Kept(
                name="party_kept",
                columns=(
                    *("enterprise_id", "dispute_id", "side", "kind", "role", "number", "organisation"),
                    *(
                        "credit_code",
                        "registered_id",
                        "jointly_liable",
                        "own_income",
                        "power_id",
                        "replaces_id",
                    ),
                    *("added_at", "added_by", "added_by_id", *SEALED),
                ),
                once=(("voided_at", "void_reason", "voided_by", "voided_by_id"),),
            ),
            *of_dispute("party"),
        ]

    def __str__(self) -> str:
        return self.masked_name

    @property
    def is_person(self) -> bool:
        return self.kind == PartyKind.PERSON

    @cached_property
    def name(self) -> str:
        """The name as it is: of a person, only for comparing, masking and opening."""
        return shown(self.sealed_name) if self.is_person else self.organisation

    @property
    def masked_name(self) -> str:
        """The name as pages show it."""
        return masked_name(self.name) if self.is_person else self.organisation

    @cached_property
    def phone(self) -> str:
        return shown(self.sealed_phone)

    @cached_property
    def identity(self) -> str:
        return shown(self.sealed_identity)

    @cached_property
    def representative(self) -> str:
        return shown(self.sealed_representative)

    @cached_property
    def guardian(self) -> str:
        return shown(self.sealed_guardian)

    @property
    def born_on(self) -> dt.date | None:
        """The day of birth; None if nobody entered one, or its key is gone."""
        text = shown(self.sealed_born_on)
        return dt.date.fromisoformat(text) if text and text != UNREADABLE else None

    @property
    def is_minor(self) -> bool:
        """Whether the person is a minor today, as far as the day of birth is known."""
        return is_minor(self.born_on, timezone.localdate())


def is_minor(born_on: dt.date | None, day: dt.date) -> bool:
    """Return whether somebody born on a day is a minor on another."""
    return born_on is not None and age_on(born_on, day) < ADULT_AT


def age_on(born_on: dt.date, day: dt.date) -> int:
    """Return how many years old somebody is on a day."""
    return day.year - born_on.year - ((day.month, day.day) < (born_on.month, born_on.day))

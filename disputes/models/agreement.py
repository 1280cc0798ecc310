"""Agreements of disputes: what was agreed, in which instalments, and who signed."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from disputes.choices import AgreementEnd, AgreementKind, PaymentWay, Side, SignedOn, Signer
from disputes.models.of_dispute import OfDispute, of_dispute, of_dispute_indexes
from disputes.people.sealed import PURPOSE
from foundation.database.sealed import SealedTextField
from foundation.tenancy.kept import Kept
from foundation.tenancy.policies import CompositeForeignKey


class Agreement(OfDispute):
    """Mediation agreement 调解协议 of a dispute. One is in force at most (``ended_at`` empty); what it says never changes.

    ``debtor`` owes ``creditor`` the sum of its instalments; an agreement without instalments has neither. ``signers`` are
    who has to sign, in their order. It takes effect (``effective_on``) when the last of them has signed, an oral one 口头协议 when it is
    recorded (People's Mediation Law, Articles 29 and 30); ``confirm_by`` is until when both sides may ask the court to confirm it.
    What ends it is a row that follows it (``replaces_id``) or a reason.
    """

    kind = models.CharField(_("kind"), max_length=10, choices=AgreementKind.choices)
    concluded_on = models.DateField(_("concluded on"))
    place = SealedTextField(pgettext_lazy("disputes", "place"), purpose=PURPOSE, max_length=120, blank=True)
    presided_by = models.CharField(_("presided by"), max_length=80)
    presided_number = models.CharField(_("police number"), max_length=6, blank=True)
    organisation = models.CharField(_("mediated by"), max_length=120, blank=True)
    mediators = SealedTextField(_("other mediators"), purpose=PURPOSE, max_length=400, blank=True)
    witnesses = SealedTextField(_("witnesses"), purpose=PURPOSE, max_length=400, blank=True)
    facts = SealedTextField(_("main facts"), purpose=PURPOSE, max_length=4000)
    terms = SealedTextField(_("what was agreed"), purpose=PURPOSE, max_length=6000)
    debtor = models.CharField(_("who pays"), max_length=10, choices=Side.choices, blank=True)
    creditor = models.CharField(_("who is paid"), max_length=10, choices=Side.choices, blank=True)
    copies = models.PositiveSmallIntegerField(_("copies"), default=3)
    signers = ArrayField(models.CharField(max_length=10, choices=Signer.choices), default=list)
    effective_on = models.DateField(null=True)
    confirm_by = models.DateField(null=True)
    replaces_id = models.BigIntegerField(default=0)
    recorded_by = models.CharField(max_length=80, blank=True)
    recorded_by_id = models.BigIntegerField(default=0)
    recorded_at = models.DateTimeField(auto_now_add=True)
    form_key = models.CharField(max_length=40, blank=True)
    ended_at = models.DateTimeField(null=True)
    ended_as = models.CharField(max_length=10, choices=AgreementEnd.choices, blank=True)
    end_reason = models.TextField(max_length=2000, blank=True)
    ended_by = models.CharField(max_length=80, blank=True)

    class Meta:
        ordering = ["id"]
        verbose_name = _("agreement")
        verbose_name_plural = _("agreements")
        indexes = of_dispute_indexes("agreement")
        constraints = [
            *of_dispute("agreement"),
            models.UniqueConstraint(fields=["id", "enterprise", "station"], name="agreement_custody_key"),
            models.UniqueConstraint(
                fields=["dispute"], condition=Q(ended_at=None), name="agreement_one_in_force"
            ),
            models.UniqueConstraint(
                fields=["dispute", "form_key"], condition=~Q(form_key=""), name="agreement_form_once"
            ),
            Kept(
                name="agreement_kept",
                columns=(
                    *("enterprise_id", "dispute_id", "kind", "concluded_on", "place", "presided_by"),
                    *(
                        "presided_number",
                        "organisation",
                        "mediators",
                        "witnesses",
                        "facts",
                        "terms",
                        "debtor",
                    ),
                    *("creditor", "copies", "signers", "replaces_id", "recorded_by", "recorded_by_id"),
                    *("recorded_at", "form_key"),
                ),
                once=(
                    ("effective_on", "confirm_by"),
                    ("ended_at", "ended_as", "end_reason", "ended_by"),
                ),
            ),
        ]

    def __str__(self) -> str:
        return self.get_kind_display()


class OfAgreement(OfDispute):
    """A row that belongs to an agreement."""

    agreement = models.ForeignKey(
        Agreement, on_delete=models.PROTECT, related_name="+", db_constraint=False, db_index=False
    )

    class Meta:
        abstract = True


def of_agreement(name: str) -> list[models.BaseConstraint]:
    """Return the constraints that each kind of such rows has."""
    return [
        *of_dispute(name),
        CompositeForeignKey(
            name=f"{name}_agreement_fk",
            columns=("agreement_id", "enterprise_id", "station_id"),
            to="disputes.Agreement",
            to_columns=("id", "enterprise_id", "station_id"),
        ),
    ]


def of_agreement_indexes(name: str) -> list[models.Index]:
    """Return the indexes that each kind of such rows has."""
    return [
        *of_dispute_indexes(name),
        models.Index(fields=["agreement"], name=f"{name}_agreement_idx"),
    ]


class Instalment(OfAgreement):
    """One instalment 分期 of an agreement: what is to be paid by a day. It never changes; whether it is paid is never stored."""

    append_only = True

    number = models.PositiveSmallIntegerField()
    due_on = models.DateField(_("due on"))
    fen = models.BigIntegerField()
    way = models.CharField(_("way of payment"), max_length=10, choices=PaymentWay.choices)

    class Meta:
        ordering = ["agreement_id", "number"]
        verbose_name = _("instalment")
        verbose_name_plural = _("instalments")
        indexes = of_agreement_indexes("instalment")
        constraints = [
            *of_agreement("instalment"),
            models.UniqueConstraint(fields=["agreement", "number"], name="instalment_number"),
            models.CheckConstraint(condition=Q(fen__gt=0), name="instalment_is_something"),
        ]

    def __str__(self) -> str:
        return str(self.number)


class AgreementSignature(OfAgreement):
    """The signature 签名 of one side under an agreement, or of who presided. It never changes.

    Drawn on the screen, ``key`` is the picture of it; on paper, the photo or scan of what was signed. ``signed_on`` is the day
    on which they signed, ``recorded_at`` when it came here.
    """

    append_only = True

    signer = models.CharField(max_length=10, choices=Signer.choices)
    name = SealedTextField(_("name"), purpose=PURPOSE, max_length=80)
    signed_on = models.DateField(_("signed on"))
    way = models.CharField(max_length=10, choices=SignedOn.choices)
    content_type = models.CharField(max_length=100, blank=True)
    key = models.CharField(max_length=60)
    sha256 = models.CharField(max_length=64)
    recorded_by = models.CharField(max_length=80, blank=True)
    recorded_by_id = models.BigIntegerField(default=0)
    recorded_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["id"]
        verbose_name = _("signature of an agreement")
        verbose_name_plural = _("signatures of agreements")
        indexes = of_agreement_indexes("agreementsign")
        constraints = [
            *of_agreement("agreementsign"),
            models.UniqueConstraint(fields=["agreement", "signer"], name="agreementsign_once"),
        ]

    def __str__(self) -> str:
        return self.get_signer_display()

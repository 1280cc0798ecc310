"""Reads of agreements: all of a dispute in one statement, and how they stand as of a day."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import (
    BigIntegerField,
    BooleanField,
    F,
    Func,
    Model,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Sum,
    Value,
)
from django.db.models.functions import Coalesce, Greatest, JSONObject, Least
from django.http import Http404

from disputes.agreements import performance as pure
from disputes.choices import ConfirmationStep, Side
from disputes.following import latest_of
from disputes.models import (
    Agreement,
    AgreementSignature,
    Breach,
    Confirmation,
    Dispute,
    Instalment,
    Payment,
)
from foundation.database.sealed import read_text

_ROWS: Mapping[str, tuple[type[Model], tuple[str, ...], tuple[str, ...]]] = {
    "instalments": (Instalment, ("pk", "number", "due_on", "fen", "way"), ("number",)),
    "signatures": (
        AgreementSignature,
        ("pk", "signer", "name", "signed_on", "way", "recorded_by", "content_type"),
        ("pk",),
    ),
    "payments": (
        Payment,
        (
            *("pk", "paid_on", "fen", "number", "way", "proof_id", "remark", "replaces_id", "recorded_by"),
            *("taken_back_at", "taken_back_by", "taken_back_reason"),
        ),
        ("paid_on", "pk"),
    ),
    "breaches": (Breach, ("pk", "number", "due_on", "on", "fen"), ("pk",)),
    "confirmations": (
        Confirmation,
        ("pk", "step", "on", "court", "number", "recorded_by", "taken_back_at"),
        ("pk",),
    ),
}
_DAYS = ("due_on", "signed_on", "paid_on", "on")
LOADED = "_agreements_loaded"  # of a dispute whose page has loaded its agreements


@dataclass
class Concluded:
    """An agreement with its rows, as they were read: instalments, signatures, payments, breaches, confirmations."""

    agreement: Agreement
    instalments: Sequence[Instalment]
    signatures: Sequence[AgreementSignature]
    payments: Sequence[Payment]  # those taken back, too
    breaches: Sequence[Breach]  # those undone left out
    confirmations: Sequence[Confirmation]  # those taken back left out

    @property
    def valid_payments(self) -> list[Payment]:
        return [each for each in self.payments if each.taken_back_at is None]

    @cached_property
    def total(self) -> int:
        return sum(each.fen for each in self.instalments)

    @property
    def paid(self) -> int:
        """What was paid, on whatever day."""
        return sum(each.fen for each in self.valid_payments)

    def performance_on(self, day: dt.date) -> pure.Performance:
        """Return how it stands as of a day."""
        return pure.performance_on(
            day,
            [pure.Instalment(each.number, each.due_on, each.fen) for each in self.instalments],
            [pure.Payment(each.paid_on, each.fen, each.number, each.pk) for each in self.valid_payments],
        )

    @property
    def still_to_sign(self) -> list[str]:
        """Who has not signed yet, in their order."""
        signed = {each.signer for each in self.signatures}
        return [each for each in self.agreement.signers if each not in signed]

    def step(self, code: str) -> Confirmation | None:
        """Return a step of the confirmation, if it was taken."""
        return next((each for each in self.confirmations if each.step == code), None)

    def confirmation_waits(self) -> bool:
        """Return whether both sides may still ask the court to confirm it."""
        return (
            self.agreement.confirm_by is not None
            and self.agreement.ended_at is None
            and self.step(ConfirmationStep.APPLIED) is None
        )


@dataclass
class Agreements:
    """The agreements of a dispute, the one in force and those before it."""

    all: Sequence[Concluded]

    def with_payment(self, id: int) -> Concluded | None:
        """Return the agreement under which a payment was made: the one in force, or one before it."""
        return next((each for each in self.all if any(id == one.pk for one in each.payments)), None)

    def latest_payment(self, id: int) -> Payment | None:
        """Return the payment that stands now for the one with this id; None if there is none."""
        return latest_of([one for each in self.all for one in each.payments], id)

    @property
    def in_force(self) -> Concluded | None:
        """The one that has not ended. Of two files that have one each, one ends when they are merged."""
        return next((each for each in reversed(self.all) if each.agreement.ended_at is None), None)

    @property
    def ended(self) -> list[Concluded]:
        """Those before it."""
        return [each for each in self.all if each is not self.in_force]


def agreements_of(dispute: Dispute) -> Agreements:
    """Return the agreements of a dispute that the reader may see, the oldest first. One statement."""
    rows = _with_rows(
        Agreement.objects.filter(dispute_id__in=dispute.file_ids, station_id=dispute.station_id)
    )
    return Agreements([_concluded(each) for each in rows.order_by("pk")])


def agreement_of(dispute: Dispute, id: int) -> Concluded:
    """Return one agreement of a dispute. Raise Http404."""
    found = next((each for each in agreements_of(dispute).all if each.agreement.pk == id), None)
    if found is None:
        raise Http404(f"dispute {dispute.pk} has no agreement {id}")
    return found


def _with_rows(rows: QuerySet[Agreement]) -> QuerySet[Agreement]:
    arrays = {}
    for name, (model, columns, order) in _ROWS.items():
        own = model._default_manager.filter(agreement_id=OuterRef("pk")).order_by(*order)
        if model is Confirmation:
            own = own.filter(taken_back_at=None)
        if model is Breach:
            own = own.filter(undone_at=None)
        arrays[f"{name}_json"] = ArraySubquery(
            own.values(json=JSONObject(**{each: each for each in columns}))
        )
    return rows.annotate(**arrays)


def _concluded(agreement: Any) -> Concluded:
    found: dict[str, list[Any]] = {}
    for name, (model, _columns, _order) in _ROWS.items():
        found[name] = [_row(agreement, model, each) for each in getattr(agreement, f"{name}_json")]
    return Concluded(agreement, **found)


def _row(agreement: Agreement, model: type[Model], values: Mapping[str, Any]) -> Any:
    given = {
        name: dt.date.fromisoformat(value) if name in _DAYS and value else read_text(model, name, value)
        for name, value in values.items()
        if name != "taken_back_at"
    }
    if taken_back := values.get("taken_back_at"):
        given["taken_back_at"] = dt.datetime.fromisoformat(taken_back)
    return model(
        agreement_id=agreement.pk,
        dispute_id=agreement.dispute_id,
        enterprise_id=agreement.enterprise_id,
        station_id=agreement.station_id,
        **given,
    )


# --- for other parts of a dispute ------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Debt:
    """What a side owes as of a day, in fen: by then and in all, with the next instalment that is unpaid."""

    side: str
    to: str
    overdue: int
    open: int
    next_on: dt.date | None
    next_fen: int


def debts_of(dispute: Dispute, as_of: dt.date) -> list[Debt]:
    """Return what each side owes under the agreement that is in force, for what an enterprise is shown of it. One statement."""
    return debts_in(agreements_of(dispute), as_of)


def debts_in(agreements: Agreements, as_of: dt.date) -> list[Debt]:
    """Return the same of agreements that were loaded."""
    found = agreements.in_force
    if found is None or not found.instalments or found.agreement.effective_on is None:
        return []
    stands = found.performance_on(as_of)
    following = stands.next
    return [
        Debt(
            Side(found.agreement.debtor).value,
            Side(found.agreement.creditor).value,
            stands.overdue,
            stands.open,
            following.instalment.due_on if following else None,
            following.open if following else 0,
        )
    ]


# --- for Today and the sweep: in the database ------------------------------------------------------------------------


class OfFile(Func):
    """The condition that a row belongs to a dispute, or to one that was merged into it: its dispute, ``absorbed``, the id."""

    output_field = BooleanField()

    def as_sql(self, compiler: Any, connection: Any, **_extra: Any) -> tuple[str, list[Any]]:  # type: ignore[override]
        parts = [compiler.compile(each) for each in self.get_source_expressions()]
        (row, one), (absorbed, two), (own, three) = parts
        return f"{row} = ANY(array_append({absorbed}, {own}))", [*one, *two, *three]


def _sum_of(rows: QuerySet[Any]) -> Any:
    total = rows.order_by().values("agreement_id").annotate(total=Sum("fen")).values("total")
    return Coalesce(Subquery(total), Value(0), output_field=BigIntegerField())


def with_open(rows: QuerySet[Instalment]) -> QuerySet[Any]:
    """Annotate instalments in force with ``named`` (what was paid for them by name) and ``open_fen`` (what is owed of them today).

    As :func:`disputes.agreements.performance.allocate` leaves it in the end: what is named fills its own, all else the earliest.
    """
    paid = Payment.objects.filter(agreement_id=OuterRef("agreement_id"), taken_back_at=None)
    named = _sum_of(paid.filter(number=OuterRef("number")))
    own = Least(F("named"), F("fen"), output_field=BigIntegerField())
    known = Instalment.objects.filter(
        agreement_id=OuterRef("agreement_id"),
        agreement__ended_at=None,
        agreement__effective_on__isnull=False,
    )
    before = known.filter(number__lt=OuterRef("number")).alias(named=named).annotate(left=F("fen") - own)
    all_named = known.alias(named=named).annotate(own=own)

    def summed(given: QuerySet[Any], column: str) -> Any:
        total = given.order_by().values("agreement_id").annotate(total=Sum(column)).values("total")
        return Coalesce(Subquery(total), Value(0), output_field=BigIntegerField())

    pool = _sum_of(paid) - summed(all_named, "own") - summed(before, "left")
    return rows.filter(agreement__ended_at=None, agreement__effective_on__isnull=False).annotate(
        named=named,
        open_fen=F("fen")
        - own
        - Greatest(
            Least(pool, F("fen") - own, output_field=BigIntegerField()),
            Value(0),
            output_field=BigIntegerField(),
        ),
    )


UNPAID = Q(open_fen__gt=0)

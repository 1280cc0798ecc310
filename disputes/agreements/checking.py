"""What is refused of an agreement as it was entered, each at its field: texts, day, instalments, sum, how the one before ends."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from disputes.agreements.performance import LAST_YEAR, MOST_FEN, MOST_INSTALMENTS, fen_of, yuan_of
from disputes.agreements.reading import Concluded
from disputes.choices import PUBLIC_SECURITY, AgreementEnd, AgreementKind, PaymentWay, Signer
from disputes.mediation.choices import WayKind
from disputes.mediation.ways import session_days, way_on, ways_of
from disputes.models import Dispute
from foundation.faults import Faults
from foundation.texts import kept

LONGEST = {
    **dict.fromkeys(("place", "organisation"), 120),
    **dict.fromkeys(("mediators", "witnesses"), 400),
    "presided_by": 80,
    "facts": 4000,
    "terms": 6000,
}
NEEDED = ("presided_by", "facts", "terms")
MOST_COPIES = 60
FROM_SESSION = (
    AgreementKind.SECURITY,
    AgreementKind.PEOPLES,
)  # the others are reached on the spot or by word of mouth


@dataclass(frozen=True)
class Given:
    """One instalment as it was entered: ``yuan`` with two places at most."""

    due_on: dt.date | None
    yuan: Decimal | None
    way: str = PaymentWay.TRANSFER


def fen_in(yuan: Decimal | None) -> int:
    """Return an amount in fen. Raise ValidationError for one that is missing, not above 0, too large or finer than a fen."""
    if yuan is None:
        raise ValidationError(_("Enter the amount."))
    yuan = Decimal(yuan)  # a program may send a whole number
    if not yuan.is_finite() or yuan <= 0:
        raise ValidationError(_("The amount must be more than 0."))
    if yuan * 100 > MOST_FEN:
        raise ValidationError(_("This amount is too large. Check the number of zeros."))
    try:
        return fen_of(yuan)
    except ValueError as error:
        raise ValidationError(_("An amount of money has two decimal places at most.")) from error


def checked_texts(given: dict[str, str], faults: Faults) -> dict[str, str]:
    """Return the texts as they are kept; what is wrong with one is at its field."""
    values = {}
    for name, most in LONGEST.items():
        values[name] = ""
        with faults.of():
            values[name] = kept(given.get(name), name, most, words=name in NEEDED)
            if name in NEEDED and not values[name]:
                raise ValidationError({name: _("Fill in this field.")})
    return values


def check_day(dispute: Dispute, on: dt.date | None, today: dt.date, faults: Faults) -> None:
    """Add to ``faults`` a day to come, or before the dispute was opened."""
    words = ""
    if on is None:
        words = _("Enter the day on which they agreed.")
    elif on > today:
        words = _("This date is in the future.")
    elif on < dispute.opened_on:
        words = _("The dispute was opened on %(day)s. An agreement cannot be older.")
        words %= {"day": dispute.opened_on.isoformat()}
    if words:
        faults.add(ValidationError({"concluded_on": words}))


def check_way(dispute: Dispute, kind: str, on: dt.date, faults: Faults) -> None:
    """Add to ``faults`` an agreement of another kind than the way by which the dispute was led on that day."""
    way = way_on(ways_of(dispute), on)
    if way is None or kind not in AgreementKind.values:
        return
    is_security = kind in PUBLIC_SECURITY
    if way.kind == WayKind.PUBLIC_SECURITY and not is_security:
        words = _(
            "This dispute is led by public-security mediation. Record that agreement, or change the way first."
        )
    elif way.kind == WayKind.PEOPLES and is_security:
        words = _(
            "This dispute is led by people's mediation. Record that agreement, or change the way first."
        )
    else:
        return
    faults.add(ValidationError({"kind": words}))


def check_session(dispute: Dispute, kind: str, on: dt.date | None, faults: Faults) -> None:
    """Add to ``faults`` a written agreement of a day up to which no session was held."""
    if on is None or kind not in FROM_SESSION:
        return
    days = session_days(dispute)
    if not days:
        words = _("No session is recorded. First record the session in which they agreed.")
    elif on < min(days):
        words = _("The first session was held on %(day)s. An agreement cannot be older.")
        words %= {"day": min(days).isoformat()}
    else:
        return
    faults.add(ValidationError({"concluded_on": words}))


def checked_instalments(
    given: Sequence[Given], kind: str, concluded_on: dt.date | None, faults: Faults
) -> list[tuple[dt.date, int, str]]:
    """Return day, fen and way of each instalment; what is wrong with one is at its fields."""
    found, last = [], concluded_on
    if len(given) > MOST_INSTALMENTS:
        words = _("At most %(most)d instalments.") % {"most": MOST_INSTALMENTS}
        faults.add(ValidationError({"total": words}))
        return []
    for n, each in enumerate(given, start=1):
        why, fen = "", 0
        if each.due_on is None:
            why = _("Enter the day by which it is to be paid.")
        elif each.due_on.year > LAST_YEAR:
            why = _("This day is after %(year)d. Check the year.") % {"year": LAST_YEAR}
        elif concluded_on and each.due_on < concluded_on:
            why = _("They agreed on %(day)s. Nothing is due before that day.")
            why %= {"day": concluded_on.isoformat()}
        elif kind == AgreementKind.ON_THE_SPOT and concluded_on and each.due_on != concluded_on:
            why = _("What is agreed on the spot is paid on the spot, on the day of the agreement.")
        elif last and each.due_on < last:
            why = _("The instalment before it is due on %(day)s. Put them in the order of their days.")
            why %= {"day": last.isoformat()}
        if why:
            faults.add(ValidationError({f"due_on_{n}": why}))
        with faults.of(prefix=f"amount_{n}"):
            fen = fen_in(each.yuan)
        if each.way not in PaymentWay.values:
            faults.add(ValidationError({f"way_{n}": _("Choose how it is paid.")}))
        if not why:
            last = each.due_on  # a wrong day says nothing about those behind it
        found.append((each.due_on or dt.date.min, fen, each.way))
    return found


def check_sum(rows: Sequence[tuple[dt.date, int, str]], total: Decimal | None, faults: Faults) -> None:
    """Add to ``faults`` a sum that the instalments do not add up to."""
    if total is None:
        if rows:
            faults.add(ValidationError({"total": _("Enter the sum that they agreed on.")}))
        return
    fen = 0
    with faults.of(prefix="total"):
        fen = fen_in(total)
    added = sum(each for _on, each, _way in rows)
    if fen and not rows:
        faults.add(ValidationError({"total": _("Say by when it is to be paid: add an instalment.")}))
    elif fen and all(each for _on, each, _way in rows) and fen != added:
        words = _(
            "The instalments add up to %(added)s, which is not the agreed sum: %(difference)s is missing."
        )
        if added > fen:
            words = _("The instalments add up to %(added)s, %(difference)s more than the agreed sum.")
        shown = {"added": f"{yuan_of(added):,}", "difference": f"{yuan_of(abs(fen - added)):,}"}
        faults.add(ValidationError({"total": words % shown}))


def signers_of(kind: str, third_signs: bool) -> list[str]:
    """Return who has to sign an agreement of a kind, in their order."""
    if kind == AgreementKind.ORAL:
        return []
    third = [Signer.THIRD.value] if third_signs else []
    return [Signer.APPLICANT.value, Signer.RESPONDENT.value, *third, Signer.MEDIATOR.value]


def check_end(
    before: Concluded,
    rows: Sequence[tuple[dt.date, int, str]],
    ended_as: str,
    on: dt.date | None,
    faults: Faults,
) -> None:
    """Add to ``faults`` how the agreement before may not end: replaced by an older one, corrected to less than was paid, or to a later day."""
    if on and ended_as == AgreementEnd.REPLACED and on < before.agreement.concluded_on:
        words = _("The agreement before is of %(day)s. They agreed anew on that day or later.")
        words %= {"day": before.agreement.concluded_on.isoformat()}
        faults.add(ValidationError({"concluded_on": words}))
    first = min((each.paid_on for each in before.valid_payments), default=None)
    if on and first and ended_as == AgreementEnd.CORRECTED and first < on:
        words = _("Something was paid under it on %(day)s. Choose that day or an earlier one.")
        faults.add(ValidationError({"concluded_on": words % {"day": first.isoformat()}}))
    if ended_as not in (AgreementEnd.REPLACED, AgreementEnd.CORRECTED):
        words = _("Say whether they agreed anew, or the record was wrong.")
        faults.add(ValidationError({"ended_as": words}))
    if ended_as == AgreementEnd.CORRECTED and (more := before.paid - sum(fen for _on, fen, _way in rows)) > 0:
        shown = {"paid": f"{yuan_of(before.paid):,}", "more": f"{yuan_of(more):,}"}
        words = _("%(paid)s was paid already, %(more)s more than this. Take the wrong payment back first.")
        faults.add(ValidationError({"total": words % shown}))

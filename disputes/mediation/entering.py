"""What all operations of mediation do: lock the dispute, find what the same form made before, check, void, write the log."""

import datetime as dt
from collections.abc import Collection
from typing import Any, TypeVar

from django.core.exceptions import ValidationError
from django.db.models import CharField, TextField
from django.http import Http404
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from disputes.models import Dispute
from disputes.models.entered import Entered
from disputes.people.masking import refuse_persons
from disputes.people.selectors import names_in, parties_of
from disputes.whose import LONGEST_NAME, by_whom
from foundation.accounts.access import WrongState
from foundation.accounts.actors import Actor
from foundation.accounts.reasons import required_reason
from foundation.contributions.limits import refuse_unstorable
from foundation.faults import Faults
from foundation.words import visible

E = TypeVar("E", bound=Entered)
VOIDED_ENTRY = gettext_lazy("This entry was voided.")


def made_before(model: type[E], dispute: Dispute, key: str) -> E | None:
    """Return the row that the same form made; None without a key."""
    rows = model._default_manager.filter(
        dispute_id__in=dispute.file_ids, enterprise_id=dispute.enterprise_id, key=key
    )
    return rows.first() if key else None


def row_of(model: type[E], dispute: Dispute, id: int) -> E:
    """Return a row of a dispute. Raise Http404 for one of another dispute, WrongState if it was voided."""
    rows = model._default_manager.filter(dispute_id__in=dispute.file_ids, enterprise_id=dispute.enterprise_id)
    found = rows.filter(pk=id).first()
    if found is None:
        raise Http404(f"dispute {dispute.pk} has no {model._meta.model_name} {id}")
    if found.voided_at:
        raise WrongState(str(VOIDED_ENTRY))
    return found


def typed(text: str) -> str:
    """Return a text as it is kept: what nobody sees, and blanks at its ends, are not part of it."""
    return visible(text).strip()


def check(row: Any, faults: Faults, *, skip: Collection[str] = ()) -> None:
    """Give the texts of a row as they are kept, and add to ``faults`` what no column takes: texts, choices, numbers out of range."""
    for each in row._meta.concrete_fields:
        if (
            isinstance(each, CharField | TextField)
            and each.editable
            and isinstance(getattr(row, each.name), str)
        ):
            setattr(row, each.name, typed(getattr(row, each.name)))
    keys = {each.name for each in row._meta.concrete_fields if each.is_relation or not each.editable}
    with faults.of():
        refuse_unstorable(row)
    with faults.of():
        row.clean_fields(exclude=keys | set(skip))


def check_past(dispute: Dispute, faults: Faults, **days: dt.date | None) -> None:
    """Add to ``faults`` each day, by field, that is in the future or before the dispute was opened."""
    today = timezone.localdate()
    for name, day in days.items():
        if day is None:
            continue
        if day > today:
            faults.add(ValidationError({name: _("This date is in the future.")}))
        elif day < dispute.opened_on:
            words = _("The dispute was opened on %(day)s. Choose that day or a later one.")
            faults.add(ValidationError({name: words % {"day": dispute.opened_on.isoformat()}}))


def check_open(actor: Actor, dispute: Dispute, faults: Faults, **texts: str) -> None:
    """Add to ``faults`` each text, by field, that others read and that names a party: a place, a next step."""
    people = names_in(parties_of(actor, dispute))
    for name, text in texts.items():
        with faults.of():
            refuse_persons(text or "", name, people)


def entered_by(actor: Actor, key: str = "") -> dict[str, Any]:
    """Return the columns that say who entered a row, and by which form."""
    return by_whom(actor) | {"key": key}


def void(actor: Actor, row: Entered, reason: str) -> str:
    """Void a row and return the reason. Raise ValidationError at ``reason``."""
    reason = required_reason(reason)
    row.voided_at, row.voided_by, row.void_reason = timezone.now(), actor.name[:LONGEST_NAME], reason
    row.save(update_fields=["voided_at", "voided_by", "void_reason"])
    return reason

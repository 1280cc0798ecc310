"""Edits of rows of the directory."""

from collections.abc import Collection, Iterable
from typing import Any, TypeVar

from django.db.models import Model
from django.utils.translation import gettext as _

from foundation.accounts import auditing
from foundation.accounts.access import StaleRecord
from foundation.accounts.actors import Actor
from foundation.accounts.models.editing import Editable
from foundation.contributions.limits import refuse_implausible, refuse_unstorable
from foundation.faults import Faults

Row = TypeVar("Row", bound=Editable)


def edit(
    row: Row,
    fields: dict[str, Any],
    *,
    actor: Actor,
    action: str,
    version: str = "",
    place: tuple[int, int] | None = None,
    faults: Faults | None = None,
) -> Row:
    """Change a locked row and log the difference. Without a difference nothing is written.

    ``version`` is the mark of the row that the person saw, empty if there was no form. ``place`` as in auditing.entry.
    ``faults`` are those that the caller found already. Raise StaleRecord, ValidationError.
    """
    if version and version != row.mark:
        raise StaleRecord(_("Someone changed this in the meantime."))
    before = auditing.snapshot(row)
    for name in row.EDITABLE:
        setattr(row, name, fields.get(name, getattr(row, name)))
    old, new = auditing.changes(before, auditing.snapshot(row))
    # a person's password is unusable until they accept an invitation
    check(row, Faults() if faults is None else faults, changed=new, exclude=["password"])
    old, new = auditing.changes(before, auditing.snapshot(row))
    if new:
        row.save(update_fields=row.EDITABLE)
        auditing.record(actor=actor, action=action, target=row, before=old, after=new, place=place)
    return row


def check(
    row: Model, faults: Faults, *, changed: Iterable[str] | None = None, exclude: Collection[str] = ()
) -> None:
    """Raise ValidationError with ``faults`` and everything that is wrong with a row; implausible only if ``changed``."""
    with faults.of():
        refuse_unstorable(row)
    with faults.of():
        row.full_clean(exclude=exclude)
    with faults.of():
        refuse_implausible(row, changed)
    faults.refuse()

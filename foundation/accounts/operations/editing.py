"""Edits of rows of the directory."""

from typing import Any, TypeVar

from django.utils.translation import gettext as _

from foundation.accounts import auditing
from foundation.accounts.access import StaleRecord
from foundation.accounts.actors import Actor
from foundation.accounts.models.editing import Editable
from foundation.contributions.limits import refuse_implausible, refuse_unstorable

Row = TypeVar("Row", bound=Editable)


def edit(
    row: Row,
    fields: dict[str, Any],
    *,
    actor: Actor,
    action: str,
    version: str = "",
    place: tuple[int, int] | None = None,
) -> Row:
    """Change a locked row and log the difference. Without a difference nothing is written.

    ``version`` is the mark of the row that the person saw, empty if there was no form. ``place`` as in auditing.entry.
    Raise StaleRecord, ValidationError.
    """
    if version and version != row.mark:
        raise StaleRecord(_("Someone changed this in the meantime."))
    before = auditing.snapshot(row)
    for name in row.EDITABLE:
        setattr(row, name, fields.get(name, getattr(row, name)))
    refuse_unstorable(row)
    row.full_clean(exclude={"password"})  # a person's password is unusable until they accept an invitation
    old, new = auditing.changes(before, auditing.snapshot(row))
    refuse_implausible(row, new)
    if new:
        row.save(update_fields=row.EDITABLE)
        auditing.record(actor=actor, action=action, target=row, before=old, after=new, place=place)
    return row

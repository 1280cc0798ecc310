"""What planned sessions and those that were held have in common: their officers, and that nobody is in two at once."""

from collections.abc import Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import Q
from django.utils.translation import gettext as _

from disputes.models import Appointment, Dispute, MediationSession
from disputes.models.session import Meeting
from enterprises.selectors import list_officers
from foundation.accounts.actors import Actor
from foundation.accounts.models import User
from foundation.database.turns import take_turn
from foundation.faults import Faults

OFFICERS = ("officer_id", "officer_name", "officer_number", "second_id", "second_name", "second_number")


def officers_at(actor: Actor, station_id: int) -> list[User]:
    """Return who can hold a session: officers and chiefs of the station with a police number. One query."""
    return list(list_officers(actor, station_id).exclude(police_number="").defer("password"))


def officers_of(meeting: Meeting | None) -> dict[int, tuple[str, str]]:
    """Return name and police number of the officers of a meeting as it was recorded, by their id."""
    if meeting is None:
        return {}
    both = (
        (meeting.officer_id, meeting.officer_name, meeting.officer_number),
        (meeting.second_id, meeting.second_name, meeting.second_number),
    )
    return {id: (name, number) for id, name, number in both if id}


def named(
    actor: Actor,
    dispute: Dispute,
    officer_id: int | None,
    second_id: int | None,
    before: Meeting | None = None,
) -> dict[str, Any]:
    """Return the columns of two officers of the station. Raise ValidationError at ``officer`` or ``second``.

    ``before``: the meeting that is corrected, whose officers may have left the station since.
    """
    here = {each.pk: (str(each)[:80], each.police_number) for each in officers_at(actor, dispute.station_id)}
    team = here | officers_of(before)  # as it was recorded
    words = _("Choose an officer of the station with a police number.")
    if officer_id not in team:
        raise ValidationError({"officer": words})
    if second_id is not None and second_id not in team:
        raise ValidationError({"second": words})
    if second_id == officer_id:
        raise ValidationError({"second": _("Choose another officer.")})
    first, second = team[officer_id], team[second_id] if second_id else ("", "")
    return {
        "officer_id": officer_id,
        "officer_name": first[0],
        "officer_number": first[1],
        "second_id": second_id,
        "second_name": second[0],
        "second_number": second[1],
    }


def check_times(
    actor: Actor, meeting: Meeting, faults: Faults, *, without: Mapping[type[Meeting], int]
) -> None:
    """Add to ``faults`` an end before the beginning, and another session of the same officers at that time."""
    if not (meeting.on and meeting.begins_at and meeting.ends_at):
        return
    if meeting.ends_at <= meeting.begins_at:
        faults.add(ValidationError({"ends_at": _("It ends after it begins.")}))
        return
    ids = {id for id in (meeting.officer_id, meeting.second_id) if id}
    for id in sorted(ids):  # who names them in another dispute at this moment finds what is written here
        take_turn("session of an officer", id)
    at_that_time = Q(
        Q(officer_id__in=ids) | Q(second_id__in=ids),
        station_id__in=actor.stations,
        on=meeting.on,
        voided_at=None,
        begins_at__lt=meeting.ends_at,
        ends_at__gt=meeting.begins_at,
    )
    held = MediationSession.objects.filter(at_that_time).exclude(pk=without.get(MediationSession, 0))
    planned = Appointment.objects.filter(at_that_time, ended_at=None).exclude(pk=without.get(Appointment, 0))
    for rows in (held, planned):
        other: Meeting | None = rows.first()
        if other:
            busy = other.officer_name if other.officer_id in ids else other.second_name
            words = _("%(name)s has another session from %(begin)s to %(end)s that day.")
            said = {
                "name": busy,
                "begin": f"{other.begins_at:%H:%M}",
                "end": f"{other.ends_at:%H:%M}",
            }
            faults.add(ValidationError({"begins_at": words % said}))
            return

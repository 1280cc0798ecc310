"""What an enterprise does about a hazard: it submits, withdraws, asks for an extension; and how that one is answered.

An officer enters the same acts from paper or a call. They count as the enterprise's and say who entered them.
"""

import datetime as dt
import re
from collections.abc import Iterable, Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from facts.attachments import MOST_FILES
from facts.four_eyes import is_named
from facts.models import Attachment
from facts.operations import lock_fact, refuse_stale
from foundation.accounts.access import WrongState, require
from foundation.accounts.actors import Actor
from foundation.accounts.reasons import checked_reason
from foundation.arguments import as_declared
from foundation.contributions.limits import is_anybody_in, refuse_unstorable
from foundation.faults import Faults
from foundation.words import visible
from inspections.access import Permission
from inspections.choices import HazardState
from inspections.deadlines import keep_count, limit_of
from inspections.lives import HAZARD_LIFE
from inspections.models import Hazard, Submission, belonging_to
from inspections.selectors import forget_pressing

DIGEST = re.compile(r"[0-9a-f]{64}")
LONGEST_NAME = 160


# --- submitting -----------------------------------------------------------------------------------------------------


@HAZARD_LIFE.operation("rectify")
def rectify_hazard(
    hazard: Hazard,
    *,
    actor: Actor,
    rectified_on: dt.date | None = None,
    submitted_by: str = "",
    submission: Submission | None = None,
) -> None:
    """Submit a hazard as rectified; this day is later compared with the deadline.

    An enterprise always submits with today's date, so that it cannot claim an earlier one; with a ``submission`` whose
    files had to arrive first, with the day on which it declared them. An officer who records a submission for the
    enterprise names the person there who reported it (``submitted_by``); it counts as the enterprise's.
    """
    if actor.is_police:
        _refuse_officer(actor, hazard, "submitted_by", submitted_by)
    made = submission or Submission(**belonging_to(hazard))
    hazard.submitted_by_id = actor.user_id
    hazard.submitted_by = actor.name[:80] if actor.is_enterprise else submitted_by.strip()
    if actor.is_enterprise:
        hazard.rectified_on = made.counts_on(hazard.version)
    else:
        hazard.rectified_on = rectified_on or timezone.localdate()
    if hazard.refused_on and hazard.rectified_on < hazard.refused_on:
        words = _("The enterprise refused on %(day)s. Choose that day or a later one.")
        raise ValidationError({"rectified_on": words % {"day": hazard.refused_on}})
    refuse_unstorable(hazard)  # the submission names the same person
    made.by, made.by_id, made.entered_by = _author(actor, hazard.submitted_by)
    made.completed_at = timezone.now()
    made.save()
    forget_pressing(hazard.enterprise_id)


@transaction.atomic
@as_declared
def submit_rectification(
    *,
    actor: Actor,
    id: int,
    version: int | None,
    note: str = "",
    put_right_on: dt.date | None = None,
    files: Iterable[Mapping[str, str]] = (),
    **told: Any,
) -> Submission:
    """Submit a hazard as rectified, with words and files, as soon as all of the named files have arrived.

    ``files``: name and digest of each. If one is missing, the hazard stays as it is, and the submission that is returned
    is not complete; sending the same again, or its last file (``complete_submission``), completes it. ``told`` is what
    ``rectify_hazard`` asks besides. Raise as that one, ValidationError at ``put_right_on`` and ``declared``.
    """
    require(actor, Permission.RECTIFY_HAZARDS)
    hazard = lock_fact(actor, Hazard, id)
    refuse_stale(actor, hazard, version)
    faults, named = Faults(), []
    with faults.of():
        note = checked_reason(note)
    with faults.of():
        named = _named_files(files)
    if put_right_on and not hazard.found_on <= put_right_on <= timezone.localdate():
        words = _("Choose a day from %(day)s, when it was found, until today.")
        faults.add(ValidationError({"put_right_on": words % {"day": hazard.found_on.isoformat()}}))
    values = {"note": note, "put_right_on": put_right_on, "files": named, "version": hazard.version}
    by, by_id, entered_by = _author(actor, told.get("submitted_by", ""))
    place = {"enterprise_id": hazard.enterprise_id, "station_id": hazard.station_id, "record_id": hazard.pk}
    before = next((each for each in hazard.submissions if each.is_under_way), None)
    made = before or Submission(**place)
    is_same = before is not None and (before.files, before.by_id) == (named, by_id)
    if not is_same:  # what is sent again counts from when it was sent first
        made.declared_at = timezone.now()
        made.version = hazard.version
    for name, value in (values | {"by": by, "by_id": by_id, "entered_by": entered_by}).items():
        if name != "version":
            setattr(made, name, value)
    if not missing_files(made):
        with faults.of():
            _finish(actor, hazard, made, told)
        faults.refuse()
        return made
    with faults.of():  # what the act would refuse is said at once, not when all has arrived
        _try_out(actor, hazard, made, told)
    faults.refuse()
    made.completed_at = None
    made.save()
    return made


@transaction.atomic
@as_declared
def complete_submission(*, actor: Actor, id: int) -> Submission | None:
    """Complete what the enterprise has submitted, if the last of its files has arrived. Return it; None if it has not.

    None also if the hazard cannot be submitted any more: its page then says what is not complete.
    """
    require(actor, Permission.RECTIFY_HAZARDS)
    hazard = lock_fact(actor, Hazard, id)
    made = next((each for each in hazard.submissions if each.is_under_way), None)
    if made is None or not actor.is_enterprise or made.entered_by or made.version != hazard.version:
        return None  # what has happened since may have answered it: it is for the person to send it again
    if missing_files(made):
        return None
    if HAZARD_LIFE.refusal(HAZARD_LIFE.acts["rectify"], hazard, actor):
        return None
    _finish(actor, hazard, made, {})
    return made


def missing_files(submission: Submission) -> list[str]:
    """Return the names of the files that a submission names and the record does not have."""
    rows = Attachment.objects.filter(
        enterprise_id=submission.enterprise_id, kind="hazard", record_id=submission.record_id, voided_at=None
    )
    there = set(rows.filter(received_sha256__in=submission.digests).values_list("received_sha256", flat=True))
    return [each["name"] for each in submission.files if each["digest"] not in there]


def note_opened(*, actor: Actor, hazard: Hazard) -> None:
    """Record that somebody of the police has opened what was submitted, if nobody has before."""
    if not actor.is_police or hazard.state is not HazardState.SUBMITTED:
        return
    made = next((each for each in hazard.submissions if each.is_in_force), None)
    if made is None or made.opened_at is not None:
        return
    opened = {"opened_at": timezone.now(), "opened_by": actor.name[:80], "opened_by_id": actor.user_id}
    if Submission.objects.filter(pk=made.pk, opened_at=None, withdrawn_at=None).update(**opened):
        vars(made).update(opened)


@HAZARD_LIFE.operation("withdraw")
def withdraw_submission(hazard: Hazard, *, actor: Actor) -> None:
    """Take back a submission of the enterprise's own that nobody of the police has opened or worked with since."""
    made = next((each for each in hazard.submissions if each.is_in_force), None)
    if made is not None:
        rows = Submission.objects.filter(pk=made.pk, opened_at=None)
        if not rows.update(withdrawn_at=timezone.now()):  # an officer was quicker
            raise WrongState(_("An officer has just opened it, so it can no longer be withdrawn."))
    hazard.rectified_on = None
    hazard.submitted_by_id, hazard.submitted_by = 0, ""
    forget_pressing(hazard.enterprise_id)


def _finish(actor: Actor, hazard: Hazard, made: Submission, told: Mapping[str, Any]) -> None:
    rectify_hazard(actor=actor, id=hazard.pk, reason=made.note, submission=made, **told)


class _TriedOut(Exception):
    """Ends an attempt that is to leave nothing."""


def _try_out(actor: Actor, hazard: Hazard, made: Submission, told: Mapping[str, Any]) -> None:
    try:
        with transaction.atomic():
            _finish(actor, hazard, made, told)
            raise _TriedOut
    except _TriedOut:
        if made._state.adding or not Submission.objects.filter(pk=made.pk).exists():
            made.pk, made._state.adding = None, True


def _storable(name: str) -> str:
    """Return a file's name, from a browser, as it is kept: visible characters that the database takes."""
    kept = visible(name).replace("\x00", "").encode(errors="ignore").decode()  # without halves of characters
    return kept.strip()[:LONGEST_NAME]


def _named_files(files: Iterable[Mapping[str, str]]) -> list[dict[str, str]]:
    """Return name and digest of each file once. Raise ValidationError at ``declared`` for what is neither."""
    found: dict[str, str] = {}
    for each in files:
        digest, name = str(each.get("digest", "")), _storable(str(each.get("name", "")))
        if not DIGEST.fullmatch(digest):
            raise ValidationError({"declared": _("A file could not be read. Choose it again.")})
        found.setdefault(digest, name or "–")
    if len(found) > MOST_FILES:
        words = _("The record has %(most)s photos and files. More are not possible.")
        raise ValidationError({"declared": words % {"most": MOST_FILES}})
    return [{"name": name, "digest": digest} for digest, name in found.items()]


# --- extensions -----------------------------------------------------------------------------------------------------


@HAZARD_LIFE.operation("ask_extension")
def ask_extension(
    hazard: Hazard,
    *,
    actor: Actor,
    extension_wanted_on: dt.date,
    extension_asked_on: dt.date | None = None,
    extension_asked_by: str = "",
) -> dt.date:
    """Ask for a later deadline, before the one in force has passed; it moves when an officer grants it (``extend``).

    An enterprise asks today. An officer who enters it names the person who asked (``extension_asked_by``) and the day.
    """
    today, deadline = timezone.localdate(), hazard.deadline_on
    asked_on = today if actor.is_enterprise else extension_asked_on or today
    assert deadline  # else the life refuses
    faults = Faults()
    if actor.is_police:
        with faults.of():
            _refuse_officer(actor, hazard, "extension_asked_by", extension_asked_by)
    if asked_on > deadline:
        words = _("The deadline was %(day)s. An extension must be asked for by then.")
        faults.add(ValidationError({"extension_asked_on": words % {"day": deadline.isoformat()}}))
    if asked_on < hazard.found_on:
        words = _("This date cannot be before the day the hazard was found.")
        faults.add(ValidationError({"extension_asked_on": words}))
    if extension_wanted_on <= deadline:
        words = _("Choose a day after the deadline, %(day)s.")
        faults.add(ValidationError({"extension_wanted_on": words % {"day": deadline.isoformat()}}))
    faults.refuse()
    hazard.extension_asked_on, hazard.extension_wanted_on = asked_on, extension_wanted_on
    hazard.extension_asked_by = actor.name[:80] if actor.is_enterprise else extension_asked_by.strip()
    return asked_on


@HAZARD_LIFE.operation("extend")
def extend_hazard(
    hazard: Hazard, *, actor: Actor, extended_due_on: dt.date, extension_granted_on: dt.date | None = None
) -> dt.date:
    """Grant an extension to a later day, before the deadline in force has passed, or after it if it was asked for before.

    Until it is granted, the hazard is overdue; from that day on it is not. ValidationError otherwise.
    """
    granted_on, asked_on = extension_granted_on or timezone.localdate(), hazard.extension_asked_on
    if asked_on and granted_on < asked_on:
        words = _("It was asked for on %(day)s. Choose that day or a later one.")
        raise ValidationError({"extension_granted_on": words % {"day": asked_on.isoformat()}})
    if hazard.state is HazardState.OVERDUE and extended_due_on < timezone.localdate():
        raise ValidationError({"extended_due_on": _("This day has passed. Choose today or a later one.")})
    limit = limit_of(hazard)
    hazard.extended_due_on, hazard.extension_granted_on = extended_due_on, granted_on
    if limit and (longer := limit.extended(limit.length.number, "")).count().last_on == extended_due_on:
        keep_count(hazard, longer)
    hazard.extension_requested_on = asked_on
    _answered(hazard)
    return granted_on


@HAZARD_LIFE.operation("decline_extension")
def decline_extension(hazard: Hazard, *, actor: Actor, declined_on: dt.date | None = None) -> dt.date:
    """Refuse the extension that was asked for, by default today; the deadline stays."""
    on, asked_on = declined_on or timezone.localdate(), hazard.extension_asked_on
    if asked_on and on < asked_on:
        words = _("It was asked for on %(day)s. Choose that day or a later one.")
        raise ValidationError({"declined_on": words % {"day": asked_on.isoformat()}})
    _answered(hazard)
    return on


def _answered(hazard: Hazard) -> None:
    hazard.extension_asked_on = hazard.extension_wanted_on = None
    hazard.extension_asked_by = ""


def _author(actor: Actor, reported_by: str) -> tuple[str, int, str]:
    """Return who of the enterprise acts: name and id; and the officer who enters it."""
    if actor.is_police:
        return reported_by.strip()[:80], 0, actor.name[:80]
    return actor.name[:80], actor.user_id, ""


def _refuse_officer(actor: Actor, hazard: Hazard, field: str, name: str) -> None:
    """Raise ValidationError if the person who is said to have reported it for the enterprise is an officer."""
    if is_named(actor, name) or is_anybody_in(name, hazard.found_by):
        words = _("Name the person of the enterprise who reported it, not an officer.")
        raise ValidationError({field: words})

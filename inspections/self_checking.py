"""Self-checks by list: a few items of the enterprise's own checklists, answered within a minute."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils.translation import gettext as _

from enterprises.models import Enterprise
from enterprises.selectors import get_enterprise
from facts.attachments import attach
from facts.operations import AlreadyRecorded, recorded_before
from foundation.accounts.access import require
from foundation.accounts.actors import Actor
from foundation.arguments import as_declared
from foundation.faults import Faults
from inspections.access import Permission
from inspections.checklists.answering import LISTS, at_item, refuse_superseded
from inspections.checklists.choosing import lists_for
from inspections.checklists.content import Answered, ListKind, Question, together
from inspections.checklists.publishing import versions_in_force
from inspections.choices import CheckTarget
from inspections.hazard_operations import create_hazard
from inspections.models import SelfCheck, SelfCheckAnswers
from inspections.operations import create_self_check

MOST = 10  # items: what somebody sees on one walk
PROPOSED_DAYS = (
    7  # until a hazard that the enterprise found is to be put right; the person may choose another day
)
# What one sees by walking through, and needs no papers for. Codes are those of checklists and hold over all versions.
SEEN_ON_A_WALK = {
    CheckTarget.GENERAL: (
        "F02",
        "B03",
        "B07",
        "B01",
        "D04",
        "D03",
        "F01",
        "A08",
        "H01",
        "H03",
        "G05",
        "C01",
        "C02",
    ),
    CheckTarget.DEPARTMENT: ("D04", "B09", "C05", "G03", "G05", "H06"),
    CheckTarget.VEHICLE: ("A08", "B03", "F01"),
    CheckTarget.EQUIPMENT: ("B01", "B03", "B04", "B05", "B06", "B07", "B08", "B09", "D03", "H03"),
    CheckTarget.FUNDS: ("C03", "C04", "F05", "B09"),
}


@dataclass(frozen=True)
class ShortList:
    """The items of a self-check, and the versions of the checklists that they are from."""

    lists: tuple[tuple[ListKind, int], ...]
    questions: tuple[Question, ...]


@dataclass(frozen=True)
class Said:
    """The answer to one item; of a failed one place, deadline and photo of the hazard."""

    answer: str = ""
    note: str = ""
    place: str = ""
    due_on: dt.date | None = None
    photo: UploadedFile | None = None


def short_list(actor: Actor, enterprise: Enterprise, target: str) -> ShortList:
    """Return what a self-check of a target asks: of the published checklists of the enterprise what one sees on a walk.

    Of checklists in which the bureau asks nothing of it, the first items, critical ones before others. Two queries.
    """
    versions = versions_in_force(actor, lists_for(enterprise))
    return _short(versions, target)


def _short(versions: Mapping[ListKind, Any], target: str) -> ShortList:
    content = together(version.content for version in versions.values())
    wanted = SEEN_ON_A_WALK.get(CheckTarget(target), ())
    chosen = [content.by_code[code] for code in wanted if code in content.by_code]
    if not chosen:
        chosen = sorted(content.questions, key=lambda each: not each.critical)
    lists = tuple((kind, version.number) for kind, version in versions.items())
    return ShortList(lists, tuple(chosen[:MOST]))


@transaction.atomic
@as_declared
def create_self_check_by_list(
    *,
    actor: Actor,
    enterprise_id: int,
    target: str,
    lists: Sequence[tuple[ListKind, int]],
    said: Mapping[str, Said],
    photo: UploadedFile | None = None,
    **fields: Any,
) -> SelfCheck:
    """Record a self-check by its answers; each failed item becomes a hazard that the enterprise found, with its photo.

    All or nothing. ``fields``: the other fields of a self-check. Raise NotAllowed, Http404, AlreadyRecorded, and ValidationError
    at ``lists`` for a checklist that was replaced meanwhile or too few answers, ``answers-<code>.<field>`` for an item.
    """
    require(actor, Permission.RECORD_SELF_CHECKS)
    if first := recorded_before(actor, SelfCheck, enterprise_id, fields.get("external_key", "")):
        raise AlreadyRecorded(first)
    enterprise = get_enterprise(actor, enterprise_id)
    refuse_superseded(actor, lists)
    asked = short_list(actor, enterprise, target).questions
    faults = Faults()
    left = [each for each in asked if not said.get(each.code, Said()).answer]
    for each in asked:
        answer = said.get(each.code, Said()).answer
        if answer and answer not in each.options:
            words = _("This item is always applicable. Answer passed or failed.")
            faults.add(ValidationError({f"{at_item(each.code)}answer": words}))
    if left:
        words = _("%(number)d items are not answered. Answer each; choose N/A for what you do not have.")
        faults.add(ValidationError({LISTS: words % {"number": len(left)}}))
    known = {each.code for each in asked}
    for code, given in said.items():
        if code not in known and (given.answer or given.note or given.place):
            words = _("%(code)s is not asked by these checklists.") % {"code": code}
            faults.add(ValidationError({LISTS: words}))
    check = None
    with faults.of():
        check = create_self_check(
            actor=actor,
            enterprise_id=enterprise_id,
            target=target,
            findings=findings_in_words(asked, said),
            **fields,
        )
    made: dict[str, int] = {}
    for each in asked:
        given = said.get(each.code, Said())
        if given.answer != Answered.FAIL or check is None:
            continue
        with faults.of(prefix=at_item(each.code)):
            hazard = create_hazard(
                actor=actor,
                enterprise_id=enterprise_id,
                item=each.hazard_words,
                item_code=each.code,
                place=given.place,
                description=given.note,
                found_on=check.checked_on,
                due_on=given.due_on or check.checked_on + dt.timedelta(days=PROPOSED_DAYS),
            )
            made[each.code] = hazard.pk
            if given.photo:
                _attach(actor, hazard, given.photo, "photo")
    if photo and check:
        with faults.of():
            _attach(actor, check, photo, "photo")
    faults.refuse()
    assert check is not None
    SelfCheckAnswers.objects.create(
        enterprise_id=check.enterprise_id,
        station_id=check.station_id,
        record_id=check.pk,
        lists=[{"kind": kind, "number": number} for kind, number in lists],
        answers=[
            {
                "asked": asdict(each),
                "answer": said[each.code].answer,
                "note": said[each.code].note,
                "hazard": made.get(each.code, 0),
            }
            for each in asked
        ],
    )
    return check


def findings_in_words(asked: Sequence[Question], said: Mapping[str, Said]) -> str:
    """Return what was found as the record's text, in the words of who checked: how many passed, and what failed."""
    answers = [said.get(each.code, Said()).answer for each in asked]
    words = _("By list: %(passed)d passed, %(failed)d failed, %(rest)d not applicable.") % {
        "passed": answers.count(Answered.PASS),
        "failed": answers.count(Answered.FAIL),
        "rest": answers.count(Answered.NOT_APPLICABLE),
    }
    failed = [
        each.hazard_words for each, answer in zip(asked, answers, strict=True) if answer == Answered.FAIL
    ]
    return "\n".join([words, *failed])


def _attach(actor: Actor, fact: Any, photo: UploadedFile, field: str) -> None:
    """Add a photo to a record. What is wrong with it is said at ``field``."""
    permission = Permission.RECORD_SELF_CHECKS if isinstance(fact, SelfCheck) else Permission.RECORD_HAZARDS
    try:
        attach(
            actor=actor,
            permission=permission,
            model=type(fact),
            id=fact.pk,
            name=photo.name or "",
            data=photo.read(),
        )
    except ValidationError as error:
        raise ValidationError({field: error.messages}) from error


def answers_of_self_check(actor: Actor, check: SelfCheck) -> list[dict[str, Any]]:
    """Return the answers of a self-check by list, each with its ``question``; none of another. One query."""
    rows = SelfCheckAnswers.objects.filter(
        station_id__in=actor.stations, enterprise_id=check.enterprise_id, record_id=check.pk
    )
    found = rows.first()
    return [
        {**each, "question": Question(**each["asked"]), "label": Answered(each["answer"]).label}
        for each in (found.answers if found else ())
    ]

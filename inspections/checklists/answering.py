"""What an inspection answers by its checklists: judged before it is recorded, and kept with it as it was worded."""

import datetime as dt
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import OuterRef, QuerySet, Subquery
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from enterprises.models import Enterprise
from enterprises.selectors import list_officers
from enterprises.selectors import visible as visible_enterprises
from facts.selectors import visible as visible_facts
from foundation.accounts.actors import Actor
from foundation.accounts.models import User
from foundation.database.once import asked_once
from foundation.faults import Faults
from foundation.identifiers import person_key
from foundation.texts import kept as checked
from foundation.words import LONGEST_REASON, listed, visible
from inspections.checklists.content import Answered, Content, ListKind, Question, Section, together
from inspections.checklists.publishing import versions_in_force, versions_of
from inspections.choices import Conclusion
from inspections.items import items_in_force, with_items
from inspections.models import CheckedItem, CheckRecord, Hazard, Inspection

SHOWN = 3  # critical items that a refusal names
LONGEST_CAMERA = 40  # characters
FEWEST_OFFICERS = 2  # Administrative Penalty Law, Art. 42
UNASKED = (
    "已不再检查的项目",
    "No longer asked",
)  # the section of items that were answered on a version before
LISTS, OFFICERS, LEFT, CONCLUDED = "lists", "officers", "left_reason", "concluded_reason"


@dataclass(frozen=True)
class Given:
    """The answer to one item; what follows the note is said of the hazard of a failed one."""

    answer: str = ""
    note: str = ""
    place: str = ""
    due_on: dt.date | None = None
    due_reason: str = ""
    major: bool = False
    on_the_spot: bool = False

    @property
    def says_something(self) -> bool:
        """Whether it must not get lost when its item is no longer asked: a failed item, or a note."""
        return self.answer == Answered.FAIL or bool(self.note.strip())


CLOSE, SEND_BACK, STILL = "close", "send_back", "still"  # what a visit does with a hazard of before
REMAINS = frozenset({SEND_BACK, STILL})  # it is still to be rectified


@dataclass(frozen=True)
class SeenAgain:
    """A hazard of before that the visit saw: ``act`` is *close*, *send_back*, or *still* for one that nobody has submitted."""

    hazard_id: int
    act: str
    reason: str = ""


@dataclass(frozen=True)
class CheckSheet:
    """What officers answered at an enterprise. ``lists``: kind and version of each checklist, as it was shown.

    ``conclusion`` is empty if it is the one that follows from the findings. ``officers`` are ids. ``former``: versions on
    which answering began, and that were replaced meanwhile. ``begun_at``: when answering began, by the clock of the phone.
    ``camera_at``: when the recording of the body camera began.
    """

    lists: Sequence[tuple[ListKind, int]]
    answers: Mapping[str, Given]
    officers: Sequence[int] = ()
    certificate_shown: bool = False
    camera: str = ""
    camera_at: dt.time | None = None
    conclusion: str = ""
    concluded_reason: str = ""
    left_reason: str = ""
    again: Sequence[SeenAgain] = ()
    former: Sequence[tuple[ListKind, int]] = ()
    begun_at: dt.datetime | None = None


@dataclass
class Judged:
    """A sheet whose rules were judged: the fields of its inspection, and the hazards by the code of the item."""

    content: Content
    fields: dict[str, Any]
    officers: list[dict[str, Any]] = field(default_factory=list)
    hazards: dict[str, dict[str, Any]] = field(default_factory=dict)


def at_item(code: str) -> str:
    """Return the beginning of the names of faults at an item."""
    return f"answers-{code}."


def refuse_superseded(actor: Actor, lists: Iterable[tuple[ListKind, int]]) -> Content:
    """Return what these versions ask together. Raise ValidationError at ``lists`` if one of them is no longer in force."""
    wanted = dict(lists)
    if not wanted.keys() <= set(ListKind):
        raise ValidationError({LISTS: _("Choose at least one checklist.")})
    found = versions_in_force(actor, wanted)
    for kind, number in wanted.items():
        version = found[kind]
        if version.number != number:
            words = _(
                "The checklist “%(list)s” was replaced by version %(number)d while you answered. Your answers are kept"
                " where the same is still asked. Look through them and send again."
            )
            raise ValidationError({LISTS: words % {"list": kind.label, "number": version.number}})
    if not wanted:
        raise ValidationError({LISTS: _("Choose at least one checklist.")})
    return together(version.content for version in found.values())


def with_unasked(
    actor: Actor, content: Content, former: Iterable[tuple[ListKind, int]], answers: Mapping[str, Given]
) -> Content:
    """Return what is asked, and in a last section what only ``former`` versions asked, if its answer says something.

    So a failed item still becomes a hazard after a new version has left it out.
    """
    wanted = {code for code, given in answers.items() if given.says_something} - content.by_code.keys()
    if not wanted:
        return content
    numbers: dict[ListKind, set[int]] = {}
    for kind, number in former:
        numbers.setdefault(kind, set()).add(number)
    found = {
        each.code: replace(each, critical=False, may_skip=True)
        for kind in numbers
        for version in reversed(versions_of(actor, kind))
        if version.number in numbers[kind]
        for each in version.content.questions
        if each.code in wanted
    }
    if not found:
        return content
    last = Content((Section(*UNASKED, questions=tuple(found.values())),))
    return Content(content.sections + with_items(last, items_in_force(actor).by_code).sections)


def reworded(actor: Actor, content: Content, lists: Iterable[tuple[ListKind, int]]) -> list[Question]:
    """Return what these versions asked in other words under the same code. One query for each checklist."""
    before = {
        each.code: each.ask
        for kind, number in lists
        for version in versions_of(actor, kind)
        if version.number == number
        for each in version.content.questions
    }
    return [each for each in content.questions if before.get(each.code, each.ask) != each.ask]


def judge(actor: Actor, enterprise_id: int, sheet: CheckSheet, faults: Faults) -> Judged:
    """Return the inspection that a sheet is, and its hazards. What its rules refuse is added to ``faults``.

    Raise ValidationError at once for a superseded checklist. Hazards themselves are judged where they are recorded.
    """
    content = with_unasked(actor, refuse_superseded(actor, sheet.lists), sheet.former, sheet.answers)
    _check_texts(sheet, content, faults)
    hazards: dict[str, dict[str, Any]] = {}
    left: list[Question] = []
    for question in content.questions:
        given = sheet.answers.get(question.code, Given())
        if given.answer and given.answer not in question.options:
            words = _("This item is always applicable. Answer passed or failed.")
            faults.add(ValidationError({f"{at_item(question.code)}answer": words}))
        elif given.answer == Answered.FAIL:
            hazards[question.code] = {
                "item": question.hazard_words,
                "item_code": question.code,
                "place": given.place,
                "description": given.note,
                "due_on": given.due_on,
                "due_reason": given.due_reason,
                "major": given.major,
                "on_the_spot": given.on_the_spot,
            }
        elif not given.answer and question.critical:
            left.append(question)
    if not any(given.answer for given in sheet.answers.values()):
        faults.add(ValidationError({LISTS: _("Answer at least one item.")}))
    elif left and not visible(sheet.left_reason).strip():
        words = ngettext(
            "%(number)d critical item is not answered: %(items)s. Answer it, or say why it was left out.",
            "%(number)d critical items are not answered: %(items)s. Answer them, or say why they were left out.",
            len(left),
        )
        named = listed([*(f"{each.code} {each.words}" for each in left[:SHOWN]), *["…"][: len(left) > SHOWN]])
        faults.add(ValidationError({LEFT: words % {"number": len(left), "items": named}}))
    remains = any(each.act in REMAINS for each in sheet.again)
    found = conclusion_of(hazards.values(), is_whole=not left, remains=remains)
    if sheet.conclusion and sheet.conclusion != found and not visible(sheet.concluded_reason).strip():
        words = _("From the findings follows “%(conclusion)s”. Say why you conclude something else.")
        label = Conclusion(found).label if found else _("no conclusion")
        faults.add(ValidationError({CONCLUDED: words % {"conclusion": label}}))
    judged = Judged(content, {"conclusion": sheet.conclusion or found}, hazards=hazards)
    with faults.of():
        people = officers_who_inspect(actor, enterprise_id, sheet.officers)
        judged.officers = as_kept(people)
        judged.fields["inspectors"] = "、".join(told_apart(people))
    return judged


def _check_texts(sheet: CheckSheet, content: Content, faults: Faults) -> None:
    """Add to ``faults`` what no form of the checklist sends: texts that cannot be kept, answers to what nobody asked."""
    for name, text, most in (
        ("camera", sheet.camera, LONGEST_CAMERA),
        (LEFT, sheet.left_reason, LONGEST_REASON),
        (CONCLUDED, sheet.concluded_reason, LONGEST_REASON),
    ):
        with faults.of():
            checked(text, name, most, words=name != "camera")
    for code, given in sheet.answers.items():
        with faults.of():
            checked(given.note, f"{at_item(code)}note", LONGEST_REASON)
        if given.says_something and code not in content.by_code:
            words = _("%(code)s is not asked by these checklists.") % {"code": code}
            faults.add(ValidationError({LISTS: words}))
    if any(each.act not in (CLOSE, *REMAINS) for each in sheet.again):
        faults.add(
            ValidationError(
                {LISTS: _("A hazard that you saw again is closed, sent back or still not put right.")}
            )
        )


def conclusion_of(hazards: Iterable[Mapping[str, Any]], *, is_whole: bool, remains: bool = False) -> str:
    """Return the conclusion that follows from what was found: a major hazard, others, none; "" if it is not known.

    A hazard of before that is sent back or still there (``remains``) is to be rectified like one that was found. Without any,
    or with all put right on the spot, it is qualified, unless critical items were left out.
    """
    found = list(hazards)
    if any(each["major"] for each in found):
        return Conclusion.UNQUALIFIED
    if remains or any(not each["on_the_spot"] for each in found):
        return Conclusion.RECTIFY
    return Conclusion.QUALIFIED if is_whole else ""


@asked_once
def eligible_officers(actor: Actor, enterprise_id: int) -> list[User]:
    """Return who may be named as having inspected: officers and chiefs of the station of the enterprise. Two queries."""
    station_id = visible_enterprises(actor).values_list("station_id", flat=True).get(pk=enterprise_id)
    return list(officers_at(actor, station_id))


def officers_at(actor: Actor, station_id: int | None) -> QuerySet[User]:
    """Return the officers and chiefs of one of the actor's stations."""
    return list_officers(actor, station_id).defer("password")


def officers_who_inspect(actor: Actor, enterprise_id: int, ids: Sequence[int]) -> list[User]:
    """Return the officers with these ids. Raise ValidationError unless two of them have a police number.

    Whoever has none in Anqi counts as an auxiliary 辅警, who may come along but not inspect alone.
    """
    here = {each.pk: each for each in eligible_officers(actor, enterprise_id)}
    chosen = [here[each] for each in dict.fromkeys(ids) if each in here]
    if len(chosen) < len(set(ids)):
        raise ValidationError({OFFICERS: _("Choose officers of the station.")})
    if len(chosen) < FEWEST_OFFICERS:
        raise ValidationError({OFFICERS: _("At least two officers inspect. Choose who was there.")})
    without = [str(each) for each in chosen if not each.police_number]
    if len(chosen) - len(without) < FEWEST_OFFICERS:
        words = _(
            "At least two police officers inspect; auxiliaries only come along. No police number is entered for"
            " %(names)s. Choose another officer, or have the number entered under People first."
        )
        raise ValidationError({OFFICERS: words % {"names": listed(without)}})
    return chosen


def told_apart(people: Sequence[User]) -> list[str]:
    """Return the names of officers, those of one name each with the police number: 王刚（041201）. Auxiliaries have none."""
    namesakes = Counter(person_key(str(each)) for each in people)
    return [
        f"{each}（{each.police_number}）"
        if each.police_number and namesakes[person_key(str(each))] > 1
        else str(each)
        for each in people
    ]


def as_kept(people: Sequence[User]) -> list[dict[str, Any]]:
    """Return officers as a CheckRecord keeps who inspected."""
    return [
        {"id": each.pk, "name": name, "police_number": each.police_number}
        for each, name in zip(people, told_apart(people), strict=True)
    ]


def summed_up(questions: Collection[Question], answers: Mapping[str, str]) -> dict[str, Any]:
    """Return what the answers come to, by the fields of a CheckRecord. What was not applicable or left open counts nowhere."""
    passed, failed = (
        [each for each in questions if answers.get(each.code) == answer]
        for answer in (Answered.PASS, Answered.FAIL)
    )
    return {
        "passed": [each.code for each in passed],
        "failed": [each.code for each in failed],
        "weight_passed": sum(each.weight for each in passed),
        "weight_asked": sum(each.weight for each in (*passed, *failed)),
        "critical_failed": sum(each.critical for each in failed),
    }


def keep(inspection: Inspection, sheet: CheckSheet, judged: Judged, hazards: Mapping[str, Hazard]) -> None:
    """Write how an inspection was made and all its answers, also those left open. Two statements."""
    of = {
        "inspection": inspection,
        "enterprise_id": inspection.enterprise_id,
        "station_id": inspection.station_id,
    }
    CheckRecord.objects.create(
        **of,
        lists=[{"kind": kind, "number": number} for kind, number in sheet.lists],
        officers=judged.officers,
        certificate_shown=sheet.certificate_shown,
        camera=visible(sheet.camera).strip(),
        camera_at=sheet.camera_at,
        begun_at=sheet.begun_at,
        left_reason=visible(sheet.left_reason).strip(),
        concluded_reason=visible(sheet.concluded_reason).strip() if sheet.conclusion else "",
        **summed_up(judged.content.questions, {code: each.answer for code, each in sheet.answers.items()}),
    )
    asked = [(section, each) for section in judged.content.sections for each in section.questions]
    rows = []
    for place, (section, question) in enumerate(asked):
        given = sheet.answers.get(question.code, Given())
        hazard = hazards.get(question.code)
        rows.append(
            CheckedItem(
                **of,
                place=place,
                section=section.name,
                section_en=section.name_en,
                code=question.code,
                asked=asdict(question),
                answer=given.answer,
                note=visible(given.note).strip(),
                hazard_id=hazard.pk if hazard else None,
            )
        )
    CheckedItem.objects.bulk_create(rows)


# --- reads ------------------------------------------------------------------------------------------------------------


def record_of(actor: Actor, inspection: Inspection) -> CheckRecord | None:
    """Return how an inspection was made; None for one without a checklist. One query."""
    return CheckRecord.objects.filter(station_id__in=actor.stations, inspection=inspection).first()


def answers_of(actor: Actor, inspection: Inspection) -> list[CheckedItem]:
    """Return the answers of an inspection in the order of its checklist. One query."""
    return list(CheckedItem.objects.filter(station_id__in=actor.stations, inspection=inspection))


def answers_given(actor: Actor) -> QuerySet[CheckedItem]:
    """Return what inspections that count answered, the latest recorded first, in the order of their checklists.

    Each has ``officers``, the list of who inspected, as in its CheckRecord.
    """
    record = CheckRecord.objects.filter(enterprise=OuterRef("enterprise"), inspection=OuterRef("inspection"))
    rows = CheckedItem.objects.filter(station_id__in=actor.stations, inspection__voided_at=None).exclude(
        answer=""
    )
    rows = rows.annotate(officers=Subquery(record.values("officers")[:1]))
    return rows.select_related("inspection", "enterprise").order_by("-inspection_id", "place")


def police_numbers_of(row: Any) -> str:
    """Return the police numbers of who inspected, of a row of ``answers_given``."""
    return "、".join(each["police_number"] for each in row.officers or () if each["police_number"])


def still_open(actor: Actor, enterprise_id: int) -> QuerySet[Hazard]:
    """Return the hazards of an enterprise that are not closed, longest ago first, with their inspections."""
    rows = visible_facts(actor, Hazard, enterprise_id=enterprise_id).filter(closed_on=None)
    return rows.select_related("inspection").order_by("found_on", "pk")


@asked_once
def open_at(actor: Actor, enterprise_id: int) -> list[Hazard]:
    """Return the rows of ``still_open``. One query."""
    return list(still_open(actor, enterprise_id))


def open_from_before(actor: Actor, enterprise: Enterprise) -> list[Hazard]:
    """Return the hazards of an enterprise that are not closed, longest ago first. One query."""
    return open_at(actor, enterprise.pk)

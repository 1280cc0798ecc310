"""The summary of an inspection that both sides see and sign, and the bytes whose digest stands on the record.

A summary is a dictionary of texts, whole numbers, truth values, lists and dictionaries. ``null`` and floats do not occur,
so that every language writes the same bytes. Texts are those of the checklist in Chinese, whatever language the page has.

========== =========================================================================================================
key        value
========== =========================================================================================================
v          1
enterprise ``{"id", "name"}``
kind       code of the kind of inspection
day        ISO day
officers   ``[{"id", "name", "police_number"}]``; an id of 0 for one without an account
lists      ``[{"kind", "number"}]`` in the order in which they were asked
answers    ``[{"code", "ask", "answer", "note"}]``, every item in the order of the checklist; "" if left open
failed     ``[{"code", "hazard", "note", "place", "major", "on_the_spot", "due_on"}]`` in the same order
again      ``[{"hazard_id", "act", "reason"}]``: hazards of before that were seen again, by id; the act is *close*,
           *send_back* or *still*
conclusion code of the conclusion, "" without one
shown      whether the certificates were shown
camera     number of the body camera, and a blank and ``HH:MM`` when its recording began, if that is known
note       the note about the visit; "" without a checklist, because such notes are internal to the police
========== =========================================================================================================

Canonical bytes: JSON with keys sorted by their code points, no blank after ``,`` and ``:``, no escapes but those that
JSON demands, in UTF-8. In JavaScript that is ``JSON.stringify`` of an object whose keys were sorted at every depth.
"""

import datetime as dt
import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from enterprises.models import Enterprise
from foundation.accounts.actors import Actor
from foundation.contributions.limits import names_in
from foundation.words import visible
from inspections.checklists.answering import CheckSheet, Given, Judged, answers_of, record_of
from inspections.checklists.content import Answered, Question
from inspections.models import CheckedItem, CheckRecord, Hazard, Inspection
from inspections.models.checklist import camera_words
from inspections.selectors import hazards_of

VERSION = 1


def canonical(summary: Mapping[str, Any]) -> bytes:
    """Return the bytes of a summary that are signed. Raise ValidationError for what is no summary."""
    _refuse_unwritable(summary)
    text = json.dumps(summary, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False)
    try:
        return text.encode()
    except UnicodeEncodeError as error:  # half of a surrogate pair
        raise ValidationError(_("The summary contains signs that are no text.")) from error


def sha256_of(summary: Mapping[str, Any]) -> str:
    """Return the SHA-256 of the canonical bytes, in hexadecimals. Raise as canonical."""
    return hashlib.sha256(canonical(summary)).hexdigest()


def _refuse_unwritable(value: Any, depth: int = 0) -> None:
    is_deep = depth > 6
    if isinstance(value, Mapping) and not is_deep:
        if not all(isinstance(name, str) for name in value):
            raise ValidationError(_("The summary is not readable."))
        value = list(value.values())
    if isinstance(value, list | tuple) and not is_deep:
        for each in value:
            _refuse_unwritable(each, depth + 1)
    elif not isinstance(value, str | bool | int) or (isinstance(value, str) and "\0" in value):
        raise ValidationError(_("The summary is not readable."))


def summary_of_sheet(
    enterprise: Enterprise, fields: Mapping[str, Any], sheet: CheckSheet, judged: Judged
) -> dict[str, Any]:
    """Return the summary of an inspection that is being recorded by its checklists."""
    asked = judged.content.questions
    return _summary(
        enterprise=enterprise,
        kind=fields["kind"],
        day=fields["inspected_on"],
        officers=judged.officers,
        lists=[{"kind": str(kind), "number": number} for kind, number in sheet.lists],
        answers=[(each, sheet.answers.get(each.code, Given())) for each in asked],
        failed=[
            _failed(
                each.code, each.hazard, given.note, given.place, given.major, given.on_the_spot, given.due_on
            )
            for each in asked
            if (given := sheet.answers.get(each.code, Given())).answer == Answered.FAIL
        ],
        again=[
            {"hazard_id": each.hazard_id, "act": each.act, "reason": each.reason}
            for each in sorted(sheet.again, key=lambda each: each.hazard_id)
        ],
        conclusion=judged.fields["conclusion"],
        shown=sheet.certificate_shown,
        camera=camera_words(sheet.camera, sheet.camera_at),
        note=fields.get("note", ""),
    )


def summary_of(actor: Actor, inspection: Inspection) -> dict[str, Any]:
    """Return the summary of a recorded inspection as it is now. Four queries.

    It has no hazards that were seen again: those have their own papers.
    """
    return summary_with(
        inspection,
        record_of(actor, inspection),
        answers_of(actor, inspection),
        hazards_of(actor, inspection),
    )


def summary_with(
    inspection: Inspection,
    record: CheckRecord | None,
    items: Sequence[CheckedItem],
    hazards: Sequence[Hazard],
) -> dict[str, Any]:
    """Return the same of what was read already. No query."""
    place_of = {each.hazard_id: each.place for each in items if each.hazard_id}
    hazard_words = {each.hazard_id: each.question.hazard for each in items if each.hazard_id}
    ordered = sorted(hazards, key=lambda each: (place_of.get(each.pk, len(items)), each.pk))
    return _summary(
        enterprise=inspection.enterprise,
        kind=inspection.kind,
        day=inspection.inspected_on,
        officers=officers_of(inspection, record.officers if record else ()),
        lists=[dict(each) for each in record.lists] if record else [],
        answers=[(each.question, Given(each.answer, each.note)) for each in items],
        failed=[
            _failed(
                each.item_code,
                hazard_words.get(each.pk, each.item),
                each.description,
                each.place,
                each.was_major_on(inspection.inspected_on),
                each.on_the_spot,
                each.deadline_on,
            )
            for each in ordered
        ],
        again=[],
        conclusion=inspection.conclusion,
        shown=bool(record and record.certificate_shown),
        camera=record.camera_words if record else "",
        note=inspection.note if record else "",
    )


def officers_of(inspection: Inspection, recorded: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Return the officers of an inspection: as its checklist names them, then who stands in its inspectors besides."""
    named = list(names_in(inspection.inspectors))
    found = [dict(each) for each in recorded if each["name"] in named]
    known = {each["name"] for each in found}
    return found + [{"id": 0, "name": name, "police_number": ""} for name in named if name not in known]


def differing(shown: Mapping[str, Any], found: Mapping[str, Any]) -> list[str]:
    """Return the keys in which two summaries say something different, in their order.

    The names of the enterprise and of officers may be worded otherwise; who they are may not. What was shown has no other
    keys, and neither have its parts.
    """
    return [
        key
        for key in {**found, **shown}
        if _substance(key, shown.get(key)) != _substance(key, found.get(key))
    ]


def corrected_since(signed: Mapping[str, Any], now: Mapping[str, Any]) -> list[str]:
    """Return the keys in which an inspection says something else now than when its summary was signed.

    Deadlines move by later acts, and what was seen again is on record elsewhere; neither is a correction. Nor are invisible
    characters, which a phone with an earlier version signed and no record keeps.
    """

    def without_days(summary: Mapping[str, Any]) -> dict[str, Any]:
        failed = [{name: each[name] for name in each if name != "due_on"} for each in summary["failed"]]
        return {**summary, "failed": failed, "again": []}

    return differing(_legible(without_days(signed)), _legible(without_days(now)))


def _legible(value: Any) -> Any:
    """Return a part of a summary with its texts as they are kept."""
    if isinstance(value, Mapping):
        return {name: _legible(each) for name, each in value.items()}
    if isinstance(value, list):
        return [_legible(each) for each in value]
    return visible(value).strip() if isinstance(value, str) else value


def _substance(key: str, value: Any) -> Any:
    try:
        if key == "enterprise" and _is_named(value, {"id", "name"}):
            return value["id"]
        if key == "officers" and all(_is_named(each, {"id", "name", "police_number"}) for each in value):
            return sorted(str(each["id"] or each["name"]) for each in value)
    except TypeError:  # what a device sent that is none of ours
        return None
    return value


def _is_named(value: Any, keys: set[str]) -> bool:
    """Whether this is somebody or something by these keys: a whole number as ``id``, texts otherwise."""
    return (
        isinstance(value, Mapping)
        and value.keys() == keys
        and all(type(each) is (int if name == "id" else str) for name, each in value.items())
    )


def _failed(
    code: str, hazard: str, note: str, place: str, major: bool, on_the_spot: bool, due_on: dt.date | None
) -> dict[str, Any]:
    return {
        "code": code,
        "hazard": hazard,
        "note": note,
        "place": place,
        "major": bool(major),
        "on_the_spot": bool(on_the_spot),
        "due_on": due_on.isoformat() if due_on else "",
    }


def _summary(
    *,
    enterprise: Enterprise,
    kind: str,
    day: dt.date,
    officers: Sequence[Mapping[str, Any]],
    lists: list[dict[str, Any]],
    answers: Iterable[tuple[Question, Given]],
    failed: list[dict[str, Any]],
    again: list[dict[str, Any]],
    conclusion: str,
    shown: bool,
    camera: str,
    note: str,
) -> dict[str, Any]:
    return {
        "v": VERSION,
        "enterprise": {"id": enterprise.pk, "name": enterprise.name},
        "kind": str(kind),
        "day": day.isoformat(),
        "officers": [
            {"id": each["id"], "name": each["name"], "police_number": each["police_number"] or ""}
            for each in officers
        ],
        "lists": lists,
        "answers": [
            {"code": question.code, "ask": question.ask, "answer": str(given.answer), "note": given.note}
            for question, given in answers
        ],
        "failed": failed,
        "again": again,
        "conclusion": str(conclusion),
        "shown": bool(shown),
        "camera": camera,
        "note": note,
    }

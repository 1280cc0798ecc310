"""What is sent, as data: the JSON schema of each message and an example of it.

The API's description (``webhooks``) and the catalogue of events read them; tests hold them against what is written.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

from deliveries.choices import SNAPSHOT, EventKind
from deliveries.operations.testing import TYPE as TEST
from enterprises.choices import Colour
from foundation.words import Words
from ratings.choices import EvaluationKind

CAUSES = (EvaluationKind.REGULAR, SNAPSHOT, EvaluationKind.CORRECTION, EvaluationKind.INTERIM)
LOSSES = ("lost", "no_evidence")
INT, TEXT, NUMBER = {"type": "integer"}, {"type": "string"}, {"type": "number"}


def _object(about: Words, **members: Any) -> dict[str, Any]:
    return {
        "type": "object",
        "description": about,
        "required": list(members),
        "properties": members,
    }


def _perhaps(schema: dict[str, Any], **members: Any) -> dict[str, Any]:
    """Return an object that may have more members, after those that it always has."""
    return {**schema, "properties": {**schema["properties"], **members}}


def _told(schema: Mapping[str, Any], about: Words) -> dict[str, Any]:
    return {**schema, "description": about}


def _or_null(schema: Mapping[str, Any], about: Words) -> dict[str, Any]:
    return {"anyOf": [dict(schema), {"type": "null"}], "description": about}


def _one_of(*values: str) -> dict[str, Any]:
    return {"type": "string", "enum": [str(value) for value in values]}


def _ref(name: str) -> dict[str, Any]:
    return {"$ref": f"{PLACE}{name}"}


PLACE = "#/components/schemas/"
COLOUR = _one_of(*Colour.values)
STATION = _object(_("The police station that has custody."), code=TEXT, name=TEXT)
BUREAU = _object(_("The bureau that sends."), code=TEXT, name=TEXT)
STANDARD = _object(
    _("The standard by which was rated; the catalogue of codes explains its codes."), code=TEXT, version=INT
)
REASON = _object(
    _("A criterion that lost points."),
    criterion=_told(TEXT, _("Its code in the standard.")),
    reason=_told(_one_of(*LOSSES), _("`no_evidence`: lost because nothing was recorded.")),
    points_lost=_told(NUMBER, _("How many points it lost.")),
)
REPLACED = _object(
    _("What a revision replaces."),
    colour=COLOUR,
    score=_or_null(NUMBER, _("null if it was grey.")),
    revision=INT,
)
RATING = _object(
    _("The rating of one enterprise in a quarter."),
    enterprise=_told(INT, _("Its id, the same in all messages and in the API.")),
    name=TEXT,
    credit_code=_told(TEXT, _("Unified social credit code; may be empty.")),
    site=_told(TEXT, _("Tells sites of one enterprise apart; mostly empty.")),
    industry=_told(TEXT, _("Code of GB/T 4754.")),
    station=_ref("MessageStation"),
    colour=_told(COLOUR, _("`grey`: not rated.")),
    previous_colour=_or_null(COLOUR, _("That of the quarter before; null if there was none.")),
    score=_or_null(NUMBER, _("0 to 100, and a bonus; null if grey.")),
    groups={
        "type": "object",
        "description": _(
            "The share of its points that each group reached, 0 to 1; null if nothing was applicable."
        ),
        "additionalProperties": {"type": ["number", "null"]},
    },
    reasons={"type": "array", "description": _("What lost points."), "items": _ref("LostPoints")},
    decided_by=_told(TEXT, _("Code of what decided the colour; empty: the score did.")),
    flags={"type": "array", "description": _("Codes of all that limited the colour."), "items": TEXT},
    revision=_told(INT, _("Increases with each revision of the quarter; keep the highest.")),
    replaces=_or_null(_ref("ReplacedRating"), _("What it supersedes; null in a publication.")),
)
NUMBERED = {
    "subscription": _told(INT, _("The id of the subscription.")),
    "sequence": _told(INT, _("The number of the message in the subscription: from 1, without gaps.")),
}
DATA = _perhaps(
    _object(
        _("What the ratings have in common, and the ratings."),
        bureau=_ref("MessageBureau"),
        period=_told(TEXT, _("The quarter, as 2026Q3.")),
        period_start=_told({"type": "string", "format": "date"}, _("Its first day.")),
        period_end=_told({"type": "string", "format": "date"}, _("Its last day.")),
        effective_on=_told({"type": "string", "format": "date"}, _("The day from which the colours count.")),
        evaluation=_told(INT, _("The id of the run.")),
        cause=_told(
            _one_of(*CAUSES),
            _(
                "`regular`: the evaluation of a quarter. `snapshot`: today's state, the first message of a subscription. "
                "`correction`, `interim` (a veto between two quarters): revisions."
            ),
        ),
        standard=_ref("MessageStandard"),
        group_codes={
            "type": "array",
            "description": _("The groups of the standard, in order."),
            "items": TEXT,
        },
        **NUMBERED,
        part=_told(INT, _("Which part of the publication this is, from 1.")),
        parts=_told(INT, _("How many parts it has, of at most 500 ratings.")),
        ratings={"type": "array", "items": _ref("MessageRating")},
    ),
    sandbox=_told(
        {"type": "boolean"}, _("Present and true if all of it is invented: a bureau of demo data.")
    ),
)
TEST_DATA = _object(
    _("A test event has no number and no ratings."),
    bureau=_ref("MessageBureau"),
    subscription=NUMBERED["subscription"],
    sequence={"type": "null"},
    test={"type": "boolean", "const": True},
    ratings={"type": "array", "maxItems": 0, "items": _ref("MessageRating")},
)
PARTS: Mapping[str, Mapping[str, Any]] = {
    "MessageStation": STATION,
    "MessageBureau": BUREAU,
    "MessageStandard": STANDARD,
    "LostPoints": REASON,
    "ReplacedRating": REPLACED,
    "MessageRating": RATING,
    "RatingsData": DATA,
    "TestData": TEST_DATA,
}
MOMENT = _told({"type": "string", "format": "date-time"}, _("When it was written."))


def _message(about: Words, kind: str, data: Mapping[str, Any]) -> dict[str, Any]:
    return _object(about, type={"type": "string", "const": str(kind)}, timestamp=MOMENT, data=dict(data))


@dataclass(frozen=True)
class Sent:
    """One kind of message: its ``type``, its name in the API's description, when it is sent, its schema, an example."""

    type: str
    name: str
    when: Words
    schema: Mapping[str, Any]
    example: Mapping[str, Any]


_RATED = {
    "enterprise": 7,
    "name": "和顺建筑劳务有限公司",
    "credit_code": "91510100MA6BQ2XU0A",
    "site": "",
    "industry": "E50",
    "station": {"code": "s1", "name": "开发区派出所"},
    "colour": "red",
    "previous_colour": "green",
    "score": 61.5,
    "groups": {"A": 0.71, "B": 0.38, "C": None},
    "reasons": [{"criterion": "B2", "reason": "lost", "points_lost": 3.5}],
    "decided_by": "F2",
    "flags": ["F2"],
    "revision": 1,
    "replaces": None,
}
_TOLD = {
    "bureau": {"code": "b1", "name": "开发区分局"},
    "period": "2026Q3",
    "period_start": "2026-07-01",
    "period_end": "2026-09-30",
    "effective_on": "2026-10-04",
    "evaluation": 12,
    "cause": "regular",
    "standard": {"code": "default", "version": 1},
    "group_codes": ["A", "B", "C"],
    "subscription": 3,
    "sequence": 41,
    "part": 1,
    "parts": 1,
    "ratings": [_RATED],
}
_REVISED = {
    **_RATED,
    "colour": "yellow",
    "score": 72.0,
    "decided_by": "",
    "flags": [],
    "revision": 2,
    "replaces": {"colour": "red", "score": 61.5, "revision": 1},
}
_SENT_AT = "2026-10-04T00:30:12+00:00"
SENT = (
    Sent(
        EventKind.PUBLISHED,
        "RatingsPublished",
        _("When a quarter is published, and once when a subscription begins (cause `snapshot`)."),
        _message(_("Ratings of a quarter, as published."), EventKind.PUBLISHED, _ref("RatingsData")),
        {"type": "rating.published", "timestamp": _SENT_AT, "data": _TOLD},
    ),
    Sent(
        EventKind.REVISED,
        "RatingsRevised",
        _("When a correction or a veto between two quarters changes ratings that were published."),
        _message(_("Ratings that replace those of before."), EventKind.REVISED, _ref("RatingsData")),
        {
            "type": "rating.revised",
            "timestamp": _SENT_AT,
            "data": {**_TOLD, "cause": "correction", "sequence": 42, "evaluation": 13, "ratings": [_REVISED]},
        },
    ),
    Sent(
        TEST,
        "TestMessage",
        _("When the department asks for one. Answer it 2xx and store nothing."),
        _message(_("A test event."), TEST, _ref("TestData")),
        {
            "type": TEST,
            "timestamp": _SENT_AT,
            "data": {
                "bureau": {"code": "b1", "name": "开发区分局"},
                "subscription": 3,
                "sequence": None,
                "test": True,
                "ratings": [],
            },
        },
    ),
)


@dataclass(frozen=True)
class Member:
    """A member of a message for the catalogue: its place, its type, its meaning."""

    path: str
    type: str
    about: Words

    @property
    def words(self) -> str:
        """The meaning as a page shows it, without the marks of code."""
        return str(self.about).replace("`", "")


def members(schema: Mapping[str, Any], prefix: str = "") -> list[Member]:
    """Return the members of an object, those of objects in it after it, in the order in which they are sent."""
    found = []
    for name, part in schema.get("properties", {}).items():
        inner, kind = _followed(part), _type_of(part)
        listed = inner.get("type") == "array"
        about = part.get("description") or inner.get("description") or ""
        if listed:
            inner = _followed(inner["items"])
        found.append(Member(prefix + name, kind, about))
        found += members(inner, f"{prefix}{name}{'[]' if listed else ''}.")
    return found


def _followed(part: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return the schema that a part refers to, also if it may be null."""
    if "anyOf" in part:
        part = part["anyOf"][0]
    return PARTS[part["$ref"].removeprefix(PLACE)] if "$ref" in part else part


def _type_of(part: Mapping[str, Any]) -> str:
    if "$ref" in part:
        return "object"
    if "anyOf" in part:
        return " | ".join(_type_of(each) for each in part["anyOf"])
    if "enum" in part:
        return " | ".join(part["enum"])
    if isinstance(part.get("const"), str):
        return part["const"]
    kind = part.get("type", "")
    return str(part.get("format", kind))

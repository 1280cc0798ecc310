"""Messages in readable form: the codes of the payload in words."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _

from deliveries.choices import NOTHING
from deliveries.wording import industry_words
from enterprises.choices import Colour, rank_of
from foundation.identifiers import compact
from foundation.searching import SHORTEST_CODE, searchable
from foundation.ui.templatetags.anqi import num
from foundation.words import listed
from ratings.standards.rulebook import Rulebook

# Order of the colours after those that fell. Grey is in between, because it says nothing yet.
UNANSWERED = "none"  # the progress of what nobody has answered yet
ORDER = {"red": 0, "yellow": 1, "grey": 2, "green": 3}


@dataclass(frozen=True)
class Share:
    """A group's share of its points in percent; None if no criterion applied."""

    code: str
    label: str
    percent: float | None


@dataclass(frozen=True)
class Reason:
    """A criterion that lost points; ``lost`` is None in messages that do not say how many."""

    code: str
    label: str
    no_evidence: bool
    lost: float | None = None

    @property
    def words(self) -> str:
        """The criterion in words; its code only if the standard cannot be read."""
        return self.label or self.code


@dataclass(frozen=True)
class RatingLine:
    """One rating of a message. ``reasons`` are by points lost, most first; ``progress`` is set by the page."""

    enterprise: int
    name: str
    credit_code: str
    site: str
    station: str
    industry: str
    colour: str
    before: str
    score: float | None
    shares: list[Share]
    reasons: list[Reason]
    decided: str
    flags: list[str]
    revision: int
    replaces: dict[str, Any] | None
    way: int  # 1 better, -1 worse, 0 neither; a revision is compared with the rating it replaces
    place: int
    progress: str = ""

    @property
    def last(self) -> str:
        """The colour that this one is compared with: of the quarter before, or the one that a revision replaces."""
        return self.replaces["colour"] if self.replaces else self.before

    @property
    def step(self) -> str:
        """The transition, such as ``green>red``; ``none`` without a colour before."""
        return f"{self.last or NOTHING}>{self.colour}"

    @property
    def summary(self) -> str:
        """What changed and why, in one line: what decided the colour, then the criteria that lost most."""
        most = [
            f"{each.words} −{num(each.lost, 1)}" if each.lost else each.words for each in self.reasons[:2]
        ]
        if len(self.reasons) > len(most):
            most.append(_("%(count)d more") % {"count": len(self.reasons) - len(most)})
        return (
            _("%(decided)s: %(lost)s") % {"decided": self.decided, "lost": listed(most)}
            if most
            else self.decided
        )

    @property
    def search_text(self) -> str:
        return searchable(f"{self.name} {compact(self.credit_code)} {self.site} {self.station}")


@dataclass(frozen=True)
class Message:
    """The fields common to all ratings of a message, and the ratings, worst first."""

    standard: str
    effective_on: str
    period_start: str
    period_end: str
    groups: list[tuple[str, str]]
    sandbox: bool  # whether the data are invented
    readable: bool  # whether the standard could be read for its labels
    ratings: list[RatingLine] = field(default_factory=list)


def read_message(payload: dict[str, Any], book: Rulebook | None) -> Message:
    """Return a payload in words. Codes remain codes if there is no rulebook."""
    data = payload.get("data") or {}
    names = {group.code: str(group) for group in book.groups} if book else {}
    groups = [(code, names.get(code, code)) for code in data.get("group_codes") or ()]
    rows = [_rating_line(row, place, groups, book) for place, row in enumerate(data.get("ratings") or ())]
    rows.sort(key=lambda row: (row.way >= 0, ORDER.get(row.colour, 9), row.place))
    standard = data.get("standard") or {}
    return Message(
        standard=" ".join(str(standard[key]) for key in ("code", "version") if key in standard),
        effective_on=data.get("effective_on") or "",
        period_start=data.get("period_start") or "",
        period_end=data.get("period_end") or "",
        groups=groups,
        sandbox=bool(data.get("sandbox")),
        readable=book is not None,
        ratings=rows,
    )


def line_of(row: dict[str, Any], book: Rulebook | None) -> RatingLine:
    """Return one rating in words, from the fields that messages and the API have."""
    groups = [(group.code, str(group)) for group in book.groups] if book else []
    return _rating_line(row, 0, groups, book)


def _rating_line(
    row: dict[str, Any], place: int, groups: list[tuple[str, str]], book: Rulebook | None
) -> RatingLine:
    shares, replaces = row.get("groups") or {}, row.get("replaces")
    before, decided = row.get("previous_colour") or "", row.get("decided_by") or ""
    last = replaces["colour"] if replaces else before
    reasons = [_reason(each, book) for each in row.get("reasons") or ()]
    return RatingLine(
        enterprise=row.get("enterprise") or 0,
        name=row.get("name", ""),
        credit_code=row.get("credit_code") or "",
        site=row.get("site") or "",
        station=(row.get("station") or {}).get("name", ""),
        industry=industry_words(row.get("industry") or ""),
        colour=row.get("colour", ""),
        before=before,
        score=row.get("score"),
        shares=[Share(code, label, _percent(shares.get(code))) for code, label in groups],
        reasons=sorted(reasons, key=lambda each: -(each.lost or 0)),
        decided=_words(book, decided),
        flags=[_words(book, code) for code in row.get("flags") or () if code != decided],
        revision=row.get("revision") or 1,
        replaces=replaces,
        way=_way(last, row.get("colour", "")),
        place=place,
    )


def _percent(share: float | None) -> float | None:
    return None if share is None else share * 100


def _reason(reason: dict[str, Any], book: Rulebook | None) -> Reason:
    code = reason.get("criterion", "")
    label = book.label(code) if book else ""
    known = "" if label == code else label
    return Reason(code, known, reason.get("reason") == "no_evidence", reason.get("points_lost"))


def _words(book: Rulebook | None, code: str) -> str:
    """Return the meaning of a deciding code: "one group is below the floor for yellow"; the code without a standard."""
    if not code:
        return _("by its score")
    return book.label(code) if book else code


def _way(before: str, now: str) -> int:
    was, is_now = rank_of(before), rank_of(now)
    if not (was and is_now):
        return 0
    return (is_now > was) - (is_now < was)


WAYS = {"worse": -1, "better": 1}


def narrowed(
    rows: Iterable[RatingLine],
    *,
    q: str = "",
    show: str = "",
    colour: str = "",
    station: str = "",
    progress: str = "",
) -> list[RatingLine]:
    """Return the ratings that match the filters. ``show`` is a way (worse, better), a colour or a transition."""
    text, code = searchable(q), compact(q).lower()
    texts = {text, code} if len(code) >= SHORTEST_CODE else {text}

    def fits(row: RatingLine) -> bool:
        shown = not show or row.way == WAYS.get(show) or show in (row.colour, row.step)
        return (
            shown
            and colour in ("", row.colour)
            and station in ("", row.station)
            and (not progress or row.progress == ("" if progress == UNANSWERED else progress))
            and any(each in row.search_text for each in texts)
        )

    return [row for row in rows if fits(row)]


def counts(rows: Iterable[RatingLine]) -> dict[str, int]:
    """Return the number of ratings of each colour, and how many fell ("worse") or rose ("better")."""
    found = dict.fromkeys([*Colour.values, "worse", "better"], 0)
    for row in rows:
        found[row.colour] = found.get(row.colour, 0) + 1
        if row.way:
            found["worse" if row.way < 0 else "better"] += 1
    return found

"""Writing notifications, in the transaction of what happened."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from functools import reduce
from itertools import groupby
from operator import or_
from typing import Any

from django.conf import settings
from django.db.models import Case, Q, Value, When
from django.utils import timezone, translation
from django.utils.text import Truncator

from foundation.contributions.notifications import Cause, Happening, causes, causes_on
from foundation.inbox.models import Notification
from foundation.inbox.selectors import forget_counts
from foundation.tenancy.scope import NO_STATION, Audience, Scope, station_scope

LONGEST_TEXT = 600  # characters of a reason; the rest is behind the link
NAMED = 3  # records that a notification of many names
MORE = "…"
_together: ContextVar[str] = ContextVar(
    "together", default=""
)  # the key of the act on many that is under way
# what a cause says of a happening, and the key of the act on many within which it happened
_Asked = tuple[Cause, Happening, Sequence[tuple[str, int, Mapping[str, Any]]], str]
_waiting: ContextVar[list[_Asked] | None] = ContextVar("waiting", default=None)
_grants = Notification._meta.get_field("grant").related_model


def notify(
    code: str,
    *,
    to: Q,
    key: str,
    object_id: int = 0,
    values: Mapping[str, Any] | None = None,
    actor: Any = None,
) -> int:
    """Notify the people whose role grants meet ``to`` of a cause, each at most once for this ``key``.

    Revoked grants, disabled people, roles that the cause does not name, and the ``actor`` are left out. A person who is
    concerned in two roles is notified once, in the one held longer; for two enterprises, once for each. It needs no
    scope of its own: rows are written on behalf of the system. Return how many rows it wanted.
    """
    return notify_each(code, to=to, lines=[(key, object_id, values or {})], actor=actor)


def notify_each(
    code: str, *, to: Q, lines: Sequence[tuple[str, int, Mapping[str, Any]]], actor: Any = None
) -> int:
    """Notify the same people of several things: a line each, as key, object id and values of :func:`notify`."""
    return _write(_wanted([_Told(code, to, lines, actor)]))


# one batch after the other for each bureau; whether a batch adds up with what is there
Wanted = dict[int | None, tuple[bool, list[list[Notification]]]]


@dataclass(frozen=True)
class _Told:
    """What the people who meet a condition are notified of: a line each, as key, object id and values.

    ``group`` is the key of the act on many to which it belongs, "" for an act on one.
    """

    code: str
    to: Q
    lines: Sequence[tuple[str, int, Mapping[str, Any]]]
    actor: Any = None
    group: str = field(default_factory=_together.get)

    @property
    def cause(self) -> Cause:
        cause = causes[self.code]
        return causes[cause.together] if cause.together and self.group else cause

    @property
    def concerned(self) -> Q:
        others = ~Q(user_id=self.actor.user_id) if self.actor and self.actor.user_id else Q()
        return Q(self.to, others, role__in=sorted(self.cause.roles))


def _wanted(told: Sequence[_Told]) -> list[Wanted]:
    """Return the notifications, not written. One query, and those that the causes ask to know whom they concern."""
    conditions = list(dict.fromkeys(each.concerned for each in told))
    if not conditions:
        return []
    whole = reduce(or_, conditions)
    rows = _grants._default_manager.filter(whole, revoked_at=None, user__is_active=True)
    meets = {f"meets_{n}": _is_met(each, alone=len(conditions) == 1) for n, each in enumerate(conditions)}
    found = rows.annotate(**meets).order_by("bureau_id", "id")
    grants = list(found.values_list("bureau_id", "id", "user_id", "enterprise_id", *meets))
    wanted = []
    for each in told:
        column = 4 + conditions.index(each.concerned)
        mine = dict.fromkeys(row[:4] for row in grants if row[column])
        wanted.append(_lines_for(each, list(mine)))
    return wanted


def _is_met(condition: Q, *, alone: bool) -> Any:
    """Return whether a row meets one of several conditions; of a single one every row does."""
    return Value(True) if alone else Case(When(condition, then=True), default=False)


def _lines_for(told: _Told, concerned: Sequence[tuple[int | None, int, int, int | None]]) -> Wanted:
    of_many = told.group if causes[told.code].together else ""
    by = {"by": told.actor.name if told.actor and told.actor.user_id else ""}
    found: Wanted = {}
    for bureau_id, rows in groupby(concerned, key=lambda row: row[0]):
        grants = list(rows)
        made = [
            [
                Notification(
                    user_id=user_id,
                    grant_id=grant_id,
                    bureau_id=bureau_id,
                    code=told.cause.code,
                    key=f"{told.cause.code}:{of_many or key}:{enterprise_id or 0}",
                    object_id=0 if of_many else object_id,
                    values={
                        name: _short(value)
                        for name, value in (by | dict(values)).items()
                        if value not in (None, "")
                    },
                )
                for _bureau_id, grant_id, user_id, enterprise_id in grants
            ]
            for key, object_id, values in told.lines
        ]
        found[bureau_id] = (bool(of_many), made)
    return found


def _write(wanted: Iterable[Wanted]) -> int:
    """Write notifications of several causes, those of a bureau in one scope. Return how many rows were wanted."""
    plain: dict[int | None, list[Notification]] = {}
    adding: dict[int | None, list[list[Notification]]] = {}
    for each in wanted:
        for bureau_id, (adds_up, made) in each.items():
            if adds_up:
                adding.setdefault(bureau_id, []).extend(made)
            else:
                plain.setdefault(bureau_id, []).extend(row for rows in made for row in rows)
    number = 0
    grant_ids: set[int] = set()
    for bureau_id in dict.fromkeys([*plain, *adding]):
        batches = adding.get(bureau_id, [])
        at_once = plain.get(bureau_id, [])
        with station_scope(system_scope(bureau_id)):
            for rows in batches:  # rows that add up read what those before them say
                _add_up(rows)
                Notification.objects.bulk_create(rows, ignore_conflicts=True)
            Notification.objects.bulk_create(at_once, ignore_conflicts=True)
        everything = [*at_once, *(row for rows in batches for row in rows)]
        number += len(everything)
        grant_ids |= {row.grant_id for row in everything}
    forget_counts(grant_ids)
    return number


def withdraw(code: str, *, object_id: int, bureau_id: int) -> int:
    """Take notifications of a cause about an object out of every inbox, read or not: what they say is no longer so.

    Return how many there were.
    """
    with station_scope(system_scope(bureau_id)):
        rows = Notification.objects.filter(bureau_id=bureau_id, code=code, object_id=object_id)
        found = dict(rows.values_list("pk", "grant_id"))
        Notification.objects.filter(pk__in=found).delete()
    forget_counts(set(found.values()))
    return len(found)


@contextmanager
def together(key: str) -> Iterator[None]:
    """Within it, causes with words for many (``Cause.together``) notify each person once for this key."""
    token = _together.set(key)
    try:
        yield
    finally:
        _together.reset(token)


def _add_up(rows: Sequence[Notification]) -> None:
    """Count in rows of many what earlier rows of the same key say, and delete those. Needs the system's scope.

    A row is written anew, not changed: only who reads it may do that. It is unread again, because it says more.
    """
    before = {
        each.user_id: each
        for each in Notification.objects.filter(
            user_id__in=[row.user_id for row in rows], key__in={row.key for row in rows}
        )
    }
    for row in rows:
        earlier = before[row.user_id].values if row.user_id in before else {}
        count = int(earlier.get("number", 0)) + int(row.values.get("number", 1))
        names = [_by_language(name) for name in (earlier.get("object"), row.values.get("object")) if name]
        told = {code: _first_of([name[code] for name in names], count) for code, _ in settings.LANGUAGES}
        same = len(set(told.values())) == 1
        row.values = row.values | {"number": count, "object": next(iter(told.values())) if same else told}
    Notification.objects.filter(pk__in=[each.pk for each in before.values()]).delete()


def _first_of(names: Sequence[str], count: int) -> str:
    """Return the first of so many names in one line; each of ``names`` may be such a line itself."""
    told = [name for line in names for name in line.removesuffix(MORE).split("、")]
    return "、".join(told[:NAMED]) + (MORE if count > NAMED else "")


def _by_language(name: str | Mapping[str, str]) -> dict[str, str]:
    """Return a stored name for each language of the site: for one that it lacks, the first it has."""
    if isinstance(name, str):
        return {code: name for code, _language in settings.LANGUAGES}
    return {code: name.get(code, next(iter(name.values()))) for code, _language in settings.LANGUAGES}


def announce(happening: Happening) -> None:
    """Notify everybody whom an act concerns. Called for each entry of the audit log (``auditing.record``)."""
    announce_alike([happening])


def announce_alike(happenings: Sequence[Happening]) -> None:
    """Notify everybody of each of several acts that concern the same people: what one visit recorded at one enterprise.

    Whom they concern is asked once; each person still has a line for each act.
    """
    waiting = _waiting.get()
    asked: list[_Asked] = []
    for cause in causes_on(happenings[0].action) if happenings else ():
        told = [each for each in happenings if cause.who is not None and cause.when(each)]
        if told and cause.who is not None:
            lines = [(_key_of(each), each.target.pk or 0, _values_of(cause, each)) for each in told]
            asked.append((cause, told[0], lines, _together.get()))
    if waiting is not None:
        waiting.extend(asked)
    else:
        _announce(asked)


def _announce(asked: Iterable[_Asked]) -> None:
    told = [
        _Told(cause.code, cause.who(first), lines, first.actor, group)
        for cause, first, lines, group in asked
        if cause.who
    ]
    if told:
        _write(_wanted(told))


@contextmanager
def announced_at_once() -> Iterator[None]:
    """Announce what happens in the block when it ends: who is concerned is asked once. If it raises, nothing is announced.

    What a line says is what was so when it happened; so is whether it belongs to an act on many (:func:`together`).
    """
    if _waiting.get() is not None:
        yield
        return
    waiting: list[_Asked] = []
    token = _waiting.set(waiting)
    try:
        yield
    finally:
        _waiting.reset(token)
    _announce(waiting)


def system_scope(bureau_id: int | None) -> Scope:
    """Return the scope in which notifications of a bureau, or of the platform (None), are written and deleted."""
    return Scope(NO_STATION, bureau=bureau_id or 0, audience=Audience.SYSTEM)


def _key_of(happening: Happening) -> str:
    """Return what tells this act from others of its kind: the version it made, else the moment."""
    version = getattr(happening.target, "version", None)
    made = version if isinstance(version, int) else timezone.now().isoformat()
    return f"{happening.target.pk}:{happening.action}:{made}"


def _values_of(cause: Cause, happening: Happening) -> dict[str, Any]:
    enterprise = getattr(happening.target, "enterprise", None)
    return {
        "object": in_each_language(happening.target),
        "enterprise": str(enterprise or ""),
        "reason": happening.reason,
    } | dict(cause.values(happening))


def in_each_language(target: Any) -> str | dict[str, str]:
    """Return an object's name; by language, if its name has words such as a kind. A notification is in its reader's."""
    names = {}
    for code, _name in settings.LANGUAGES:
        with translation.override(code):
            names[code] = str(target)
    return names if len(set(names.values())) > 1 else str(target)


def _short(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _short(each) for name, each in value.items()}
    return Truncator(value).chars(LONGEST_TEXT) if isinstance(value, str) else value

"""What a record's page shows of its photos and files."""

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from django.utils import timezone

from facts import attachments
from facts.access import Verb, sibling
from facts.doubting import doubt_url
from facts.models import Attachment, Fact
from foundation.accounts.access import allows
from foundation.accounts.actors import Actor
from foundation.words import Words

if TYPE_CHECKING:
    from facts.staff.pages import FactPages


@dataclass(frozen=True)
class Elsewhere:
    """Another record with a picture that looks the same."""

    title: Words
    enterprise: str
    day: dt.date
    url: str


@dataclass(frozen=True)
class Shown:
    """A photo or file as the record's page shows it."""

    attachment: Attachment
    url: str = ""
    small_url: str = ""
    void_url: str = ""
    another_day: dt.date | None = None  # on which the camera says it was taken
    elsewhere: Sequence[Elsewhere] = ()
    doubt_url: str = ""  # where the police say that it looks forged


@dataclass
class Group:
    """Files that stand together: what was found, what was put right, or all."""

    title: Words = ""
    pictures: list[Shown] = field(default_factory=list)
    others: list[Shown] = field(default_factory=list)
    voided: list[Attachment] = field(default_factory=list)

    @property
    def holds_any(self) -> bool:
        return bool(self.pictures or self.others or self.voided)


def files_of(pages: "FactPages", actor: Actor, fact: Fact) -> dict[str, Any]:
    """Return what a record's page shows of its files: groups, and where to add some. Two queries."""
    found = attachments.list_attachments(actor, fact)
    alike = attachments.alike(actor, fact, found)
    titles: dict[str, Words] = dict(Attachment.Shows.choices) if pages.has_before_and_after else {}
    groups = {shows: Group(title) for shows, title in titles.items()} | {"": Group()}
    for each in found:
        group = groups.get(each.shows) or groups[""]
        if each.is_voided:
            group.voided.append(each)
        else:
            (group.pictures if each.is_picture else group.others).append(
                _shown(pages, actor, fact, each, _elsewhere(pages, actor, alike.get(each.pk, ())))
            )
    may_add = not fact.is_voided and allows(actor, sibling(pages.permission, Verb.RECORD))
    return {
        # before and after stand beside each other, also while one of them is missing
        "groups": [each for each in groups.values() if each.holds_any or (each.title and found)],
        "count": sum(not each.is_voided for each in found),
        "add_url": pages.url("add-files", fact.pk) if may_add else "",
    }


def _elsewhere(pages: "FactPages", actor: Actor, alike: Iterable[Attachment]) -> list[Elsewhere]:
    found = []
    for each in alike:
        of = pages.of_kind(each.kind)
        if of and allows(actor, of.permission):
            title, day = of.model._meta.verbose_name or each.kind, timezone.localdate(each.added_at)
            found.append(Elsewhere(title, each.enterprise.name, day, of.url("detail", each.record_id)))
    return found


def _shown(
    pages: "FactPages", actor: Actor, fact: Fact, each: Attachment, elsewhere: Sequence[Elsewhere]
) -> Shown:
    may_void = allows(actor, sibling(pages.permission, Verb.CORRECT)) and not fact.is_voided
    may_void = may_void and not attachments.refusal_to_void(actor, fact, each)
    place = (fact.pk, each.pk)
    return Shown(
        each,
        pages.url("file", *place),
        pages.url("file-small", *place) if each.is_picture else "",
        pages.url("void-file", *place) if may_void else "",
        each.captured_on if each.captured_on not in {None, *_days_of(fact, each)} else None,
        elsewhere,
        doubt_url(actor, fact, sibling(pages.permission, Verb.RECORD), each),
    )


def _days_of(fact: Fact, each: Attachment) -> Iterable[dt.date | None]:
    """Return the days on which such a picture would be taken."""
    if each.shows == Attachment.Shows.PUT_RIGHT:
        return (getattr(fact, fact.reported_day or fact.dated_by), timezone.localdate(each.added_at))
    return (getattr(fact, fact.dated_by),)


def shows_first(actor: Actor, fact: Fact) -> str:
    """Return what new photos of a record most likely show: the enterprise reports what it put right."""
    is_put_right = actor.is_enterprise or (fact.reported_day and getattr(fact, fact.reported_day) is not None)
    return Attachment.Shows.PUT_RIGHT if is_put_right else Attachment.Shows.FOUND

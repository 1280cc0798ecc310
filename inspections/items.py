"""The list of hazard items: what hazards are called, how grave they are by default, how long they may take.

This is the one place that says so of a code. What an inspection asks is in the checklists (:mod:`inspections.checklists`),
whose questions name these codes: publishing a checklist also publishes what it says about the hazards of its items.

The shipped list has the items of all shipped checklists; the first 30 are those of key units 内保(重点)企事业检查单. It gives
neither severity nor days, so its items are ordinary and have the time limit of the bureau; a bureau that wants others
publishes its own version.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from foundation.accounts import auditing
from foundation.accounts.access import StaleRecord, require
from foundation.accounts.actors import Actor
from foundation.accounts.models import Bureau
from foundation.accounts.reasons import required_reason
from foundation.arguments import as_declared
from foundation.contributions.audit import kind_of_model
from foundation.database.once import asked_once
from foundation.faults import Faults
from foundation.identifiers import folded
from foundation.texts import unstorable
from foundation.words import visible
from inspections.access import Permission
from inspections.checklists.content import Content, Question, read_content
from inspections.checklists.shipped import shipped_questions
from inspections.models import Checklist, ItemList

PUBLISH = "publish"
MOST_ITEMS = 300
LONGEST_DAYS = 365
CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9.-]{0,19}")
MAJOR_WORDS = frozenset({"major", "重大", "重大隐患"})
ORDINARY_WORDS = frozenset({"", "ordinary", "一般", "一般隐患"})


@dataclass(frozen=True)
class Item:
    """One item. ``days``: working days from finding; None for the time limit of the bureau. ``name_en``: of the shipped list."""

    code: str
    name: str
    name_en: str = ""
    major: bool = False
    days: int | None = None

    @property
    def words(self) -> str:
        """Its name in the reader's language, as far as the list has it."""
        return self.name_en if self.name_en and (get_language() or "").startswith("en") else self.name

    def as_line(self) -> str:
        """Return it as the form of the list has it."""
        severity = _("major") if self.major else _("ordinary")
        return " | ".join([self.code, self.words, severity, str(self.days or "")]).rstrip(" |")

    def stored(self) -> dict[str, Any]:
        return {
            "code": self.code,
            "name": self.name,
            "name_en": self.name_en,
            "major": self.major,
            "days": self.days,
        }


def item_asked(question: Question) -> Item:
    """Return what a question of a checklist says about its hazard."""
    return Item(question.code, question.hazard, question.hazard_en, question.major, question.days)


def with_items(content: Content, items: Mapping[str, Item]) -> Content:
    """Return the content of a checklist with what items, by code, say about the hazards of its questions."""

    def as_listed(question: Question) -> Question:
        item = items.get(question.code)
        if item is None:
            return question
        return replace(question, hazard=item.name, hazard_en=item.name_en, major=item.major, days=item.days)

    return Content(
        tuple(
            replace(section, questions=tuple(map(as_listed, section.questions)))
            for section in content.sections
        )
    )


SHIPPED = tuple(map(item_asked, shipped_questions().values()))


@dataclass(frozen=True)
class Items:
    """The list in force: its version (1: the shipped list), its items, and who published it."""

    number: int
    items: Sequence[Item]
    published: ItemList | None = None

    @cached_property
    def by_name(self) -> dict[str, Item]:
        return {name: each for each in self.items for name in (each.name_en, each.name) if name}

    @cached_property
    def by_code(self) -> dict[str, Item]:
        return {each.code: each for each in self.items}

    def named(self, text: str) -> Item | None:
        """Return the item that is called so; None for free text."""
        return self.by_name.get(text.strip())


def latest_list(actor: Actor) -> QuerySet[ItemList]:
    """Return the list that the actor's bureau published last, as rows: one or none."""
    return ItemList.objects.filter(bureau_id=actor.bureau_id)[:1]


@asked_once
def rows_in_force(actor: Actor) -> list[ItemList]:
    """Return the rows of ``latest_list``. One query."""
    return list(latest_list(actor))


@asked_once
def items_in_force(actor: Actor) -> Items:
    """Return the list of the actor's bureau. One query."""
    latest = next(iter(rows_in_force(actor)), None)
    if latest is None:
        return Items(1, SHIPPED)
    return Items(latest.number, [Item(**each) for each in latest.items], latest)


@transaction.atomic
@as_declared
def publish_items(*, actor: Actor, number: int | None, lines: str, reason: str) -> ItemList:
    """Publish a new version of the list. Hazards that were recorded keep code and wording.

    ``number``: the version it is made from. Raise NotAllowed, StaleRecord if there is a newer one, ValidationError at
    ``lines`` with the number of each line that is wrong, and at ``reason``.
    """
    require(actor, Permission.CHANGE_HAZARD_ITEMS)
    Bureau.objects.select_for_update(no_key=True).get(pk=actor.bureau_id)
    before = items_in_force(actor)
    if number is not None and number != before.number:
        raise StaleRecord(_("Somebody published another version in the meantime."))
    faults, items = Faults(), []
    with faults.of():
        reason = required_reason(reason)
    with faults.of():
        items = items_of(lines, before)
    faults.refuse()
    return put_in_force(actor, before, items, reason)


def put_in_force(actor: Actor, before: Items, items: Sequence[Item], reason: str) -> ItemList:
    """Write the version of the list that follows ``before``, with its audit entry. The caller holds the bureau's lock.

    Drafts of checklists follow it.
    """
    made = ItemList.objects.create(
        bureau_id=actor.bureau_id,
        number=before.number + 1,
        items=[each.stored() for each in items],
        reason=reason,
        published_by=actor.name[:80],
        published_by_id=actor.user_id,
    )
    codes = {each.code for each in items}
    auditing.record(
        actor=actor,
        action=kind_of_model(ItemList).action(PUBLISH),
        target=made,
        after={"items": len(items), "removed": sorted({each.code for each in before.items} - codes)},
        reason=reason,
    )
    _bring_drafts_along(actor, before, items)
    return made


def _bring_drafts_along(actor: Actor, before: Items, items: Sequence[Item]) -> None:
    """Let drafts of checklists say about a hazard what the list says now: published later, they would change it back.

    What a draft itself says otherwise than the list before stays. A draft that follows is to be tried out again.
    """
    changed = {each.code: each for each in items if before.by_code.get(each.code, each) != each}
    for draft in Checklist.objects.filter(bureau_id=actor.bureau_id, published_at=None):
        content = read_content(draft.sections)
        follows = {
            each.code: changed[each.code]
            for each in content.questions
            if each.code in changed and item_asked(each) == before.by_code[each.code]
        }
        if follows:
            draft.sections, draft.tried_at = with_items(content, follows).stored(), None
            draft.version += 1
            draft.save()


def items_of(lines: str, before: Items) -> list[Item]:
    """Return the items of a text, one a line: code | name | severity | working days. Raise ValidationError at ``lines``."""
    found: dict[str, Item] = {}
    known = {each.code: each for each in before.items}
    wrong: list[str] = []
    names: set[str] = set()
    codes: set[str] = set()
    for number, line in enumerate(visible(lines).splitlines(), start=1):
        if not line.strip():
            continue
        try:
            item = _item_of(line, known)
            own_names = {folded(name) for name in (item.name, item.name_en) if name}
            if folded(item.code) in codes or names & own_names:
                raise ValidationError(_("code or name stand there twice"))
        except ValidationError as error:
            wrong.append(_("Line %(number)d: %(why)s.") % {"number": number, "why": error.message})
            continue
        found[item.code] = item
        codes.add(folded(item.code))
        names |= own_names
    if not found and not wrong:
        wrong = [_("Enter at least one item.")]
    if len(found) > MOST_ITEMS:
        wrong = [_("At most %(most)d items.") % {"most": MOST_ITEMS}]
    if wrong:
        raise ValidationError({"lines": wrong[:10]})
    return list(found.values())


def _item_of(line: str, known: dict[str, Item]) -> Item:
    code, name, severity, days, *more = [*(each.strip() for each in line.split("|")), "", "", ""]
    if any(more) or not CODE.fullmatch(code):
        raise ValidationError(_("a code of letters and digits, a name, the severity, working days"))
    if not 1 <= len(name) <= 120:
        raise ValidationError(_("the name has 1 to 120 characters"))
    if why := unstorable(name):
        raise ValidationError(why.rstrip(".。"))
    if not any(map(str.isalnum, name)):
        raise ValidationError(_("the name has letters or digits"))
    if severity.lower() not in MAJOR_WORDS | ORDINARY_WORDS:
        raise ValidationError(_("the severity is ordinary or major"))
    if days and not (days.isascii() and days.isdigit() and len(days) <= 3 and 1 <= int(days) <= LONGEST_DAYS):
        raise ValidationError(_("the working days are a number from 1 to %(most)d") % {"most": LONGEST_DAYS})
    before = known.get(code)
    same = before is not None and name in (before.name, before.name_en)
    return Item(
        code,
        before.name if before and same else name,
        before.name_en if before and same else "",
        severity.lower() in MAJOR_WORDS,
        int(days) if days else None,
    )

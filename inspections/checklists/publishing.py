"""Versions of checklists: the one in force, the draft that a supervisor changes and tries out, and publishing it."""

from collections.abc import Callable, Container, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from foundation.accounts import auditing
from foundation.accounts.access import StaleRecord, WrongState, require
from foundation.accounts.actors import Actor
from foundation.accounts.models import Bureau
from foundation.accounts.reasons import required_reason
from foundation.arguments import as_declared
from foundation.contributions.audit import kind_of_model
from foundation.database.once import asked_once
from foundation.identifiers import folded
from foundation.texts import unstorable
from foundation.words import visible
from inspections.access import Permission
from inspections.checklists.content import Content, ListKind, Question, Section, read_content
from inspections.checklists.shipped import shipped
from inspections.items import (
    CODE,
    LONGEST_DAYS,
    MOST_ITEMS,
    Item,
    item_asked,
    items_in_force,
    put_in_force,
    with_items,
)
from inspections.models import Checklist

EDIT, TRY, PUBLISH = "edit", "try", "publish"  # verbs of the audit log
SHIPPED_NUMBER = 1
MOST_QUESTIONS = 120
HEAVIEST = 5
NO_DRAFT = gettext_lazy("This checklist has no draft.")
LONGEST_ASK, LONGEST_HAZARD, LONGEST_HELP, LONGEST_SECTION = 160, 120, 600, 60


@dataclass(frozen=True)
class Version:
    """One version of a checklist; ``row`` is None for the shipped one."""

    kind: ListKind
    number: int
    content: Content
    row: Checklist | None = None

    @property
    def is_draft(self) -> bool:
        return self.row is not None and self.row.published_at is None


def _version(row: Checklist) -> Version:
    return Version(ListKind(row.kind), row.number, read_content(row.sections), row)


def _shipped(kind: ListKind) -> Version:
    return Version(kind, SHIPPED_NUMBER, shipped(kind))


def versions_in_force(actor: Actor, kinds: Iterable[ListKind] = tuple(ListKind)) -> dict[ListKind, Version]:
    """Return the version of each checklist that is in force in the actor's bureau. Two queries.

    What its hazards are called, how grave they are and how long they may take is what the list of hazard items says now.
    """
    return dict(_versions_in_force(actor, tuple(kinds)))


def published_last(actor: Actor, wanted: Sequence[ListKind]) -> QuerySet[Checklist]:
    """Return the version of each of these checklists that the actor's bureau published last."""
    rows = Checklist.objects.filter(bureau_id=actor.bureau_id, kind__in=wanted).exclude(published_at=None)
    return rows.order_by("kind", "-number").distinct("kind")


@asked_once
def rows_of_kinds(actor: Actor, wanted: tuple[ListKind, ...]) -> list[Checklist]:
    """Return the rows of ``published_last``. One query."""
    return list(published_last(actor, wanted))


@asked_once
def _versions_in_force(actor: Actor, wanted: tuple[ListKind, ...]) -> dict[ListKind, Version]:
    listed = items_in_force(actor).by_code
    latest = {row.kind: row for row in rows_of_kinds(actor, wanted)}
    found = [_version(latest[kind]) if kind in latest else _shipped(kind) for kind in wanted]
    return {each.kind: replace(each, content=with_items(each.content, listed)) for each in found}


def versions_of(actor: Actor, kind: ListKind) -> list[Version]:
    """Return all versions of a checklist as they were published, latest first; the shipped one is the last. One query."""
    rows = Checklist.objects.filter(bureau_id=actor.bureau_id, kind=kind).exclude(published_at=None)
    return [*map(_version, rows.order_by("-number")), _shipped(kind)]


def drafts(actor: Actor) -> dict[ListKind, Version]:
    """Return the drafts of the actor's bureau. One query."""
    rows = Checklist.objects.filter(bureau_id=actor.bureau_id, published_at=None)
    return {ListKind(row.kind): _version(row) for row in rows}


# --- the draft --------------------------------------------------------------------------------------------------------


def begin_draft(actor: Actor, kind: ListKind) -> Version:
    """Return the draft of a checklist, else what one would begin with: the version in force, not written yet."""
    return drafts(actor).get(kind) or versions_in_force(actor, [kind])[kind]


@transaction.atomic
@as_declared
def change_draft(
    *, actor: Actor, kind: ListKind, version: int, change: Callable[[Content], Content], note: str = ""
) -> Version:
    """Change the draft of a checklist; the first change makes it from the version in force. Nobody answers it yet.

    ``version``: that of the draft as it was shown, 0 if there was none. ``note``: what was changed, for the log. Raise NotAllowed, StaleRecord, ValidationError for what no checklist can be.
    """
    require(actor, Permission.CHANGE_CHECKLISTS)
    Bureau.objects.select_for_update(no_key=True).get(pk=actor.bureau_id)
    before = begin_draft(actor, kind)
    row = before.row if before.is_draft else None
    if version != (row.version if row else 0):
        raise StaleRecord(_("This draft was changed in the meantime, perhaps in another tab."))
    content = check_content(_visible(change(before.content)))
    if row is None:
        row = Checklist(bureau_id=actor.bureau_id, kind=kind, number=before.number + 1, version=0)
    row.sections, row.tried_at = content.stored(), None
    row.version += 1
    row.save()
    auditing.record(
        actor=actor,
        action=kind_of_model(Checklist).action(EDIT),
        target=row,
        after={"number": row.number, "items": len(content.questions), "changed": note},
    )
    return _version(row)


def published_codes(actor: Actor, kind: ListKind) -> frozenset[str]:
    """Return the codes of all items that any version of a checklist has asked, the shipped one among them. One query."""
    return frozenset(code for version in versions_of(actor, kind) for code in version.content.by_code)


def put_question(
    content: Content,
    *,
    question: Question,
    section: str,
    section_en: str = "",
    instead: str = "",
    published: Container[str] = (),
) -> Content:
    """Return the content with a question, at the end of a section. ``instead`` is the code of the one that it replaces.

    In the same section it keeps its place. A section that is not there yet is added. Raise ValidationError for a code that
    is taken, and for another code of an item that was ``published``: its figures and repeats would be cut off.
    """
    if question.code != instead and instead in published:
        words = _(
            "Inspections have been asked %(code)s by this code. Take it out and add another item instead."
        )
        raise ValidationError({"code": words % {"code": instead}})
    if question.code != instead and question.code in content.by_code:
        raise ValidationError({"code": _("Another item of this checklist has this code.")})
    sections, placed = [], False
    for each in content.sections:
        questions = list(each.questions)
        at = next((n for n, one in enumerate(questions) if one.code == instead), None) if instead else None
        if at is not None:
            del questions[at]
        if each.name == section:
            questions.insert(len(questions) if at is None else at, question)
            placed = True
        sections.append(replace(each, questions=tuple(questions)))
    if not placed:
        sections.append(Section(section, section_en, (question,)))
    return Content(tuple(each for each in sections if each.questions))


def without_question(content: Content, code: str) -> Content:
    """Return the content without a question. Hazards and inspections of before keep what it asked."""
    kept = (
        replace(each, questions=tuple(one for one in each.questions if one.code != code))
        for each in content.sections
    )
    return Content(tuple(each for each in kept if each.questions))


def moved(content: Content, code: str, by: int) -> Content:
    """Return the content with a question one place up (-1) or down (1); over the edge of its section into the next one."""
    sections = [list(each.questions) for each in content.sections]
    for number, questions in enumerate(sections):
        at = next((n for n, one in enumerate(questions) if one.code == code), None)
        if at is None:
            continue
        question = questions.pop(at)
        if 0 <= at + by <= len(questions):
            questions.insert(at + by, question)
        elif 0 <= number + by < len(sections):
            other = sections[number + by]
            other.insert(len(other) if by < 0 else 0, question)
        else:
            questions.insert(at, question)
        break
    pairs = zip(content.sections, sections, strict=True)
    made = (replace(each, questions=tuple(questions)) for each, questions in pairs)
    return Content(tuple(each for each in made if each.questions))


def _visible(content: Content) -> Content:
    """Return the content without invisible characters: an item that looks like another one would be another one."""

    def seen(each: Any) -> Any:
        texts = {name: visible(text).strip() for name, text in vars(each).items() if isinstance(text, str)}
        return replace(each, **texts)

    return Content(
        tuple(
            replace(seen(section), questions=tuple(map(seen, section.questions)))
            for section in content.sections
        )
    )


def check_content(content: Content) -> Content:
    """Return a content that a checklist can have. Raise ValidationError that names each item that is wrong."""
    wrong: list[str] = []
    codes: set[str] = set()
    for each in content.questions:
        if each.code in codes:
            wrong.append(_("%(code)s stands there twice.") % {"code": each.code})
        codes.add(each.code)
        wrong += [f"{each.code or '–'}: {why}" for why in faults_of(each).values()]
    names = [folded(section.name) for section in content.sections]
    lengths = [len(section.name) for section in content.sections if not unstorable(section.name)]
    if len({*names} - {""}) < len(names) or len([n for n in lengths if 1 <= n <= LONGEST_SECTION]) < len(
        names
    ):
        wrong.append(
            _("Each section needs a name of its own, of at most %(most)d characters.") % {"most": 60}
        )
    if not 1 <= len(content.questions) <= MOST_QUESTIONS:
        wrong.append(_("A checklist has 1 to %(most)d items.") % {"most": MOST_QUESTIONS})
    if wrong:
        raise ValidationError(wrong[:10])
    return content


def faults_of(question: Question) -> dict[str, str]:
    """Return what is wrong with an item, by field."""
    wrong: dict[str, str] = {}
    if not CODE.fullmatch(question.code):
        wrong["code"] = _("A code has letters, digits, dots and hyphens, at most 20.")
    for name, longest in (("ask", LONGEST_ASK), ("hazard", LONGEST_HAZARD)):
        if not 1 <= len(getattr(question, name)) <= longest:
            wrong[name] = _("Enter 1 to %(most)d characters.") % {"most": longest}
    for name, longest in (
        *(("ask_en", LONGEST_ASK), ("hazard_en", LONGEST_HAZARD)),
        *(("help", LONGEST_HELP), ("help_en", LONGEST_HELP), ("source", LONGEST_ASK)),
    ):
        if len(getattr(question, name)) > longest:
            wrong[name] = _("At most %(most)d characters.") % {"most": longest}
    for name in ("ask", "ask_en", "hazard", "hazard_en", "help", "help_en", "source"):
        if why := unstorable(getattr(question, name)):
            wrong.setdefault(name, why)
    for name in ("ask", "hazard"):
        if not any(map(str.isalnum, getattr(question, name))):
            wrong.setdefault(name, _("Enter words: this text has only signs, or is too short."))
    for name in ("hazard", "hazard_en"):  # a line of the list of hazard items
        text = getattr(question, name)
        if "|" in text or len(f"{text}.".splitlines()) > 1:
            wrong.setdefault(name, _("Write it in one line, without “|”."))
    if not isinstance(question.weight, int) or not 1 <= question.weight <= HEAVIEST:
        wrong["weight"] = _("The weight is a number from 1 to %(most)d.") % {"most": HEAVIEST}
    if question.days is not None and not 1 <= question.days <= LONGEST_DAYS:
        wrong["days"] = _("The working days are a number from 1 to %(most)d.") % {"most": LONGEST_DAYS}
    return wrong


@transaction.atomic
@as_declared
def note_tried(*, actor: Actor, kind: ListKind, version: int) -> None:
    """Note that the draft was tried out as it is. Raise NotAllowed, StaleRecord, WrongState without a draft."""
    require(actor, Permission.CHANGE_CHECKLISTS)
    row = _locked_draft(actor, kind, version)
    row.tried_at = timezone.now()
    row.save(update_fields=["tried_at"])
    auditing.record(
        actor=actor, action=kind_of_model(Checklist).action(TRY), target=row, after={"number": row.number}
    )


def _locked_draft(actor: Actor, kind: ListKind, version: int) -> Checklist:
    Bureau.objects.select_for_update(no_key=True).get(pk=actor.bureau_id)
    row = Checklist.objects.filter(bureau_id=actor.bureau_id, kind=kind, published_at=None).first()
    if row is None:
        raise WrongState(str(NO_DRAFT))
    if version != row.version:
        raise StaleRecord(_("This draft was changed in the meantime, perhaps in another tab."))
    return row


@transaction.atomic
@as_declared
def publish_checklist(*, actor: Actor, kind: ListKind, version: int, reason: str) -> Version:
    """Put the draft in force. Inspections of before keep what they asked; answers to the version before are refused.

    What it says about the hazards of its items becomes the next version of the list of hazard items. Raise NotAllowed,
    StaleRecord, WrongState without a draft, for one that differs in nothing, and for one that was not tried out.
    """
    require(actor, Permission.CHANGE_CHECKLISTS)
    reason = required_reason(reason)
    row = _locked_draft(actor, kind, version)
    content, before = read_content(row.sections), versions_in_force(actor, [kind])[kind]
    items = items_in_force(actor)
    merged = _merged(items.items, content)
    if content == before.content and merged == list(items.items):
        raise WrongState(_("The draft is the same as the version in force."))
    if row.tried_at is None:
        raise WrongState(
            _("Try the draft out first: answer it once as on the phone. Nothing is recorded by that.")
        )
    row.published_at, row.reason = timezone.now(), reason
    row.published_by, row.published_by_id = actor.name[:80], actor.user_id
    row.save()
    if merged != list(items.items):
        put_in_force(actor, items, merged, reason)
    new, old = content.by_code, before.content.by_code
    changes: dict[str, Any] = {
        "number": row.number,
        "items": len(new),
        "added": sorted(new.keys() - old.keys()),
        "removed": sorted(old.keys() - new.keys()),
    }
    auditing.record(
        actor=actor, action=kind_of_model(Checklist).action(PUBLISH), target=row, after=changes, reason=reason
    )
    return _version(row)


def _merged(items: Iterable[Item], content: Content) -> list[Item]:
    """Return the list of hazard items with what a checklist says about the hazards of its codes."""
    asked = {each.code: item_asked(each) for each in content.questions}
    merged = [asked.pop(item.code, item) for item in items]
    merged += asked.values()
    if len(merged) > MOST_ITEMS:
        words = _(
            "The list of hazard items would have %(number)d items; it can have %(most)d. Shorten it first."
        )
        raise WrongState(words % {"number": len(merged), "most": MOST_ITEMS})
    names = [name for item in merged for name in {item.name, item.name_en} - {""}]
    if len(names) > len(set(names)):
        twice = sorted({name for name in names if names.count(name) > 1})
        raise WrongState(
            _("Two items have hazards of the same name: %(names)s.") % {"names": ", ".join(twice[:3])}
        )
    return merged


# --- differences ------------------------------------------------------------------------------------------------------


def differences(old: Content, new: Content) -> list[str]:
    """Return in words what one version has that another had not, in the order of the checklist."""
    before, after = old.by_code, new.by_code
    where = (
        {one.code: each for each in content.sections for one in each.questions} for content in (old, new)
    )
    was_in, is_in = where
    found = []
    for code, question in after.items():
        if code not in before:
            words = _("Added: %(code)s %(ask)s (%(section)s)")
            found.append(words % {"code": code, "ask": question.words, "section": is_in[code].words})
            continue
        changed = _changed(before[code], question)
        if (was_in[code].name, was_in[code].name_en) != (is_in[code].name, is_in[code].name_en):
            changed.append(_("moved to %(section)s") % {"section": is_in[code].words})
        if changed:
            words = _("Changed: %(code)s %(ask)s: %(what)s")
            found.append(words % {"code": code, "ask": question.words, "what": "; ".join(changed)})
    found += [
        _("Removed: %(code)s %(ask)s") % {"code": code, "ask": before[code].words}
        for code in before
        if code not in after
    ]
    kept = ([code for code in content if code in before and code in after] for content in (before, after))
    if len({tuple(each) for each in kept}) > 1:
        found.append(_("The order has changed."))
    return found


def _changed(old: Question, new: Question) -> list[str]:
    def said(words: str, name: str) -> list[str]:
        before, after = getattr(old, name), getattr(new, name)
        return [words % {"before": before or "–", "after": after or "–"}] if before != after else []

    # both languages, whatever the reader's: who reads one of them publishes both
    found = said(_("asked in Chinese “%(before)s” before, now “%(after)s”"), "ask")
    found += said(_("asked in English “%(before)s” before, now “%(after)s”"), "ask_en")
    if old.ask != new.ask and new.ask_en and old.ask_en == new.ask_en:
        found.append(_("the question in English is unchanged"))
    found += said(_("hazard in Chinese “%(before)s” before, now “%(after)s”"), "hazard")
    found += said(_("hazard in English “%(before)s” before, now “%(after)s”"), "hazard_en")
    if (old.help, old.help_en, old.source) != (new.help, new.help_en, new.source):
        found.append(_("other help or source"))
    found += said(_("weight %(before)s before, now %(after)s"), "weight")
    if old.critical != new.critical:
        found.append(_("now critical") if new.critical else _("no longer critical"))
    if old.may_skip != new.may_skip:
        found.append(_("may now be not applicable") if new.may_skip else _("now always applicable"))
    if old.major != new.major:
        found.append(_("now a major hazard") if new.major else _("now an ordinary hazard"))
    return found + said(_("working days %(before)s before, now %(after)s"), "days")

"""What the rows of a list of answers do: each is the answer that an inspection, recorded before, gave to one item."""

import datetime as dt
from collections.abc import Callable, Collection, Hashable, Mapping, Sequence
from dataclasses import asdict
from typing import Any, NamedTuple

from django.utils.translation import gettext as _

from enterprises.selectors import list_officers
from facts.operations import lock_fact
from facts.selectors import visible
from foundation.accounts import auditing
from foundation.accounts.access import WrongState, require
from foundation.accounts.actors import Actor
from foundation.accounts.models import User
from foundation.contributions.audit import kind_of_model
from foundation.contributions.limits import names_in
from foundation.contributions.sheets import Standing, Unfit
from foundation.identifiers import compact, person_key
from foundation.tenancy.scope import station_scope
from foundation.words import listed
from foundation.words import visible as legible
from inspections.access import Permission
from inspections.checklists.answering import FEWEST_OFFICERS, as_kept, told_apart
from inspections.checklists.choosing import lists_for
from inspections.checklists.content import Answered, ListKind, Question, Section
from inspections.checklists.correcting import correct_answer, get_item, sum_up
from inspections.checklists.publishing import versions_in_force, versions_of
from inspections.models import CheckedItem, CheckRecord, Hazard, Inspection, Signing

ACT = "answer_by_sheet"
PLACES = 200  # of each checklist among the answers of an inspection: MOST_QUESTIONS, and some
Visit = tuple[int, dt.date]  # enterprise and day
Items = dict[str, tuple[int, Section, Question]]  # by code, with the place in the checklist


class Asked(NamedTuple):
    """An item as a checklist asks it, and its place among the answers of an inspection."""

    kind: ListKind
    number: int
    place: int
    section: Section
    question: Question


class Answers:
    """Adds answers to inspections that are recorded. What is answered otherwise is corrected only if that is chosen.

    An inspection that was made by a checklist here has an answer to each of its items, so nothing is added to it.
    """

    def __init__(self, actor: Actor) -> None:
        require(actor, Permission.RECORD_INSPECTIONS)
        self.actor = actor
        self._in_force = versions_in_force(actor)
        self._officers = {each.police_number: each for each in list_officers(actor) if each.police_number}
        self._asks: dict[tuple[ListKind, int], Items] = {}  # by checklist and version
        self._visits: dict[Visit, list[Inspection]] = {}
        self._answers: dict[int, dict[str, CheckedItem]] = {}
        self._records: dict[int, CheckRecord] = {}
        self._settled: set[int] = set()  # inspections that were signed
        self._hazards: dict[tuple[int, str], int] = {}

    def identity(self, values: Mapping[str, Any]) -> Hashable:
        return (*_visit(values), compact(values["code"]))

    def lock_people(self, rows: Sequence[Mapping[str, Any]]) -> None:
        """Lock nobody: an answer changes no person."""

    def look_up(self, rows: Sequence[Mapping[str, Any]]) -> None:
        ids, days = {row["enterprise_id"] for row in rows}, {row["inspected_on"] for row in rows}
        self._visits, self._answers, self._records = {}, {}, {}
        visits = visible(self.actor, Inspection).filter(enterprise_id__in=ids, inspected_on__in=days)
        found = {each.pk: each for each in visits.select_related("enterprise").order_by("pk")}
        for each in found.values():
            self._visits.setdefault((each.enterprise_id, each.inspected_on), []).append(each)
        of = {"station_id__in": self.actor.stations, "enterprise_id__in": ids, "inspection_id__in": found}
        for item in CheckedItem.objects.filter(**of):
            self._answers.setdefault(item.inspection_id, {})[item.code] = item
        self._records = {each.inspection_id: each for each in CheckRecord.objects.filter(**of)}
        self._settled = set(Signing.objects.filter(**of).values_list("inspection_id", flat=True))
        hazards = Hazard.objects.filter(**of, voided_at=None).exclude(item_code="").order_by("-pk")
        self._hazards = {(each.inspection_id or 0, each.item_code): each.pk for each in hazards}

    def standing(self, values: Mapping[str, Any]) -> Standing:
        inspection, code = self._inspection(values), compact(values["code"])
        people = self._people(inspection, values)
        here = self._answers.get(inspection.pk, {}).get(code)
        if here is None:
            if inspection.pk in self._settled:
                raise _signed(inspection)
            self._asked(inspection, values)
            return Standing()
        told = {"answer": (here.answer, values["answer"]), "note": (here.note, _note(values))}
        if people:
            told["officers"] = ("", values["officers"])
        return Standing(here.pk, {name: pair for name, pair in told.items() if pair[0] != pair[1]})

    def act(self, values: Mapping[str, Any], fields: Collection[str] | None) -> tuple[int, dict[str, Any]]:
        seen, code = self._inspection(values), compact(values["code"])
        if fields is not None:
            # somebody may have corrected it since it was looked up
            item = get_item(self.actor, self._locked(seen), code)
            if not {"answer", "note"}.isdisjoint(fields):
                item = correct_answer(
                    actor=self.actor,
                    id=seen.pk,
                    version=None,
                    code=code,
                    answer=values["answer"] if "answer" in fields else item.answer,
                    note=_note(values) if "note" in fields else item.note,
                    reason=_("From a sheet"),
                )
                self._answers[seen.pk][code] = item
            if "officers" in fields:
                self._name_officers(self._unsigned(seen), values)
            return item.pk, {}
        inspection = self._unsigned(seen)
        asked = self._asked(inspection, values)
        self._record(inspection, values, asked)
        of = {
            "inspection": inspection,
            "enterprise_id": inspection.enterprise_id,
            "station_id": inspection.station_id,
        }
        item = CheckedItem.objects.create(
            **of,
            place=asked.place,
            section=asked.section.name,
            section_en=asked.section.name_en,
            code=code,
            asked=asdict(asked.question),
            answer=values["answer"],
            note=_note(values),
            hazard_id=self._hazards.get((inspection.pk, code)) if values["answer"] == Answered.FAIL else None,
        )
        self._answers.setdefault(inspection.pk, {})[code] = item
        sum_up(self.actor, inspection)
        self._changed(inspection, {"code": code, "answer": item.answer, "said": item.note})
        return item.pk, {}

    def _locked(self, seen: Inspection) -> Inspection:
        """Return the inspection, locked. Raise Unfit for one that was voided since it was looked up."""
        inspection = lock_fact(self.actor, Inspection, seen.pk)
        if inspection.is_voided:
            raise Unfit("no_inspection_of_day", "inspected_on", value=inspection.inspected_on.isoformat())
        return inspection

    def _unsigned(self, seen: Inspection) -> Inspection:
        """Return the inspection, locked. Raise Unfit for one that was voided or signed."""
        inspection = self._locked(seen)
        if Signing.objects.filter(station_id__in=self.actor.stations, inspection=inspection).exists():
            raise _signed(inspection)
        return inspection

    def _changed(self, inspection: Inspection, after: dict[str, Any]) -> None:
        inspection.version += 1
        inspection.save(update_fields=["version", "changed_at"])
        auditing.record(
            actor=self.actor, action=kind_of_model(Inspection).action(ACT), target=inspection, after=after
        )

    def in_the_way(self, pk: int, before: Mapping[str, Any]) -> str:
        raise WrongState(_("Answers of an inspection stay; each is corrected on its page."))

    def take_back(self, pk: int, before: Mapping[str, Any], reason: str) -> None:
        raise NotImplementedError  # in_the_way has refused

    # --- what a row names ---------------------------------------------------------------------------------------------

    def _inspection(self, values: Mapping[str, Any]) -> Inspection:
        found = self._visits.get(_visit(values), [])
        if len(found) != 1:
            code = "several_inspections" if found else "no_inspection_of_day"
            raise Unfit(code, "inspected_on", value=values["inspected_on"].isoformat())
        return found[0]

    def _asked(self, inspection: Inspection, values: Mapping[str, Any]) -> Asked:
        """Return the item of a row, as the checklists of the inspection ask it. Raise Unfit.

        Of an inspection whose answers come in by sheets, all checklists in force may be: the first that asks an item counts, those
        that are proposed for the enterprise before the others, in whatever order the rows come.
        """
        code, record = compact(values["code"]), self._records.get(inspection.pk)
        recorded = {ListKind(each["kind"]): each["number"] for each in record.lists} if record else {}
        kinds = dict.fromkeys([*lists_for(inspection.enterprise), *ListKind])
        for rank, kind in enumerate(kinds):
            if record and not record.by_sheet and kind not in recorded:
                continue
            number = recorded.get(kind, self._in_force[kind].number)
            if found := self._items(kind, number).get(code):
                place, section, question = found
                if values["answer"] not in question.options:
                    raise Unfit("always_applicable", "answer", value=code)
                return Asked(kind, number, rank * PLACES + place, section, question)
        raise Unfit("not_asked" if record else "no_such_item", "code", value=code)

    def _items(self, kind: ListKind, number: int) -> Items:
        """Return what a version of a checklist asks. One query for each checklist of which one is no longer in force."""
        if (kind, number) not in self._asks:
            versions = versions_of(self.actor, kind) if number != self._in_force[kind].number else []
            for each in (self._in_force[kind], *versions):
                asked = [(section, one) for section in each.content.sections for one in section.questions]
                self._asks[kind, each.number] = {
                    one.code: (place, section, one) for place, (section, one) in enumerate(asked)
                }
        return self._asks.get((kind, number), {})

    def _people(self, inspection: Inspection, values: Mapping[str, Any]) -> list[User]:
        """Return the officers whose police numbers a row has, none if it has none or those that are here. Raise Unfit."""
        text, record = values.get("officers") or "", self._records.get(inspection.pk)
        here = record.officers if record else []
        if not text or {*map(compact, names_in(text))} == {each["police_number"] for each in here} - {""}:
            return []
        people = officers_numbered(self._officers, text, "officers")
        if len(people) < FEWEST_OFFICERS:
            raise Unfit("one_officer", "officers", value=text)
        named = [each["name"] for each in here] or names_in(inspection.inspectors)
        if here or (named and {*map(person_key, named)} != {person_key(str(each)) for each in people}):
            raise Unfit("other_officers", "officers", value=listed(told_apart(people)), here=listed(named))
        return people

    def _record(self, inspection: Inspection, values: Mapping[str, Any], asked: Asked) -> None:
        """Write how the inspection was made with its first answer, and what further rows add: checklists and officers."""
        people, made_by = self._people(inspection, values), {"kind": asked.kind, "number": asked.number}
        record = self._records.get(inspection.pk)
        if record is None:
            self._records[inspection.pk] = CheckRecord.objects.create(
                inspection=inspection,
                enterprise_id=inspection.enterprise_id,
                station_id=inspection.station_id,
                lists=[made_by],
                officers=as_kept(people),
                by_sheet=True,
            )
            return
        if people:
            record.officers = as_kept(people)
        if made_by not in record.lists:
            order = [*dict.fromkeys([*lists_for(inspection.enterprise), *ListKind])]
            record.lists = sorted(
                [*record.lists, made_by], key=lambda each: order.index(ListKind(each["kind"]))
            )
        record.save(update_fields=["lists", "officers"])

    def _name_officers(self, inspection: Inspection, values: Mapping[str, Any]) -> None:
        """Enter who inspected, of an inspection whose answers came in without."""
        record, people = self._records[inspection.pk], self._people(inspection, values)
        if people:  # an earlier row has not named them
            record.officers = as_kept(people)
            record.save(update_fields=["officers"])
            self._changed(inspection, {"officers": listed(told_apart(people))})


def inspectors_of(actor: Actor) -> Callable[[str], str]:
    """Return the function that turns police numbers into the names of officers, and leaves names as they are.

    A number that nobody has stays too, and is remarked as no name: of a register of years ago every row is taken.
    """
    known: dict[str, User] = {}

    def names(text: str) -> str:
        if not any(map(str.isdecimal, map(compact, names_in(text)))):
            return text
        if not known:
            with station_scope(actor.scope()):
                known.update({each.police_number: each for each in list_officers(actor)})
        given = list(
            dict.fromkeys(compact(each) if compact(each) in known else each for each in names_in(text))
        )
        officers = [known[each] for each in given if each in known]
        names = dict(zip((each.police_number for each in officers), told_apart(officers), strict=True))
        return "、".join(dict.fromkeys(names.get(each, each) for each in given)) if names else text

    return names


def officers_numbered(known: Mapping[str, User], text: str, field: str) -> list[User]:
    """Return the officers with the police numbers of a text, separated as names are. Raise Unfit for one that nobody has."""
    numbers = list(dict.fromkeys(compact(each) for each in names_in(text)))
    for each in numbers:
        if each not in known:
            raise Unfit("no_such_number", field, value=each)
    return [known[each] for each in numbers]


def _signed(inspection: Inspection) -> Unfit:
    return Unfit("is_signed", "inspected_on", value=inspection.inspected_on.isoformat())


def _visit(values: Mapping[str, Any]) -> Visit:
    return values["enterprise_id"], values["inspected_on"]


def _note(values: Mapping[str, Any]) -> str:
    return legible(values.get("note") or "").strip()

"""What the rows of a list of answers do: each is the answer that an inspection, recorded before, gave to one item."""

import datetime as dt
from collections.abc import Callable, Collection, Hashable, Mapping, Sequence
from dataclasses import asdict
from typing import Any

from django.utils.translation import gettext as _

from enterprises.models import Enterprise
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
from foundation.identifiers import compact
from foundation.tenancy.scope import station_scope
from foundation.words import listed
from foundation.words import visible as legible
from inspections.access import Permission
from inspections.checklists.answering import FEWEST_OFFICERS, summed_up
from inspections.checklists.choosing import lists_for
from inspections.checklists.content import Answered, Content, ListKind, Question, Section
from inspections.checklists.correcting import correct_answer
from inspections.checklists.publishing import Version, versions_in_force, versions_of
from inspections.models import CheckedItem, CheckRecord, Hazard, Inspection, Signing

ACT = "answer_by_sheet"
Visit = tuple[int, dt.date]  # enterprise and day


class Answers:
    """Adds answers to inspections that are recorded. What is answered otherwise is corrected only if that is chosen.

    An inspection that was made by a checklist here has an answer to each of its items, so nothing is added to it.
    """

    def __init__(self, actor: Actor) -> None:
        require(actor, Permission.RECORD_INSPECTIONS)
        self.actor = actor
        self._in_force = versions_in_force(actor)
        self._officers = {each.police_number: each for each in list_officers(actor) if each.police_number}
        self._former: dict[tuple[ListKind, int], Content] = {}  # versions that were replaced
        self._visits: dict[Visit, list[Inspection]] = {}
        self._answers: dict[int, dict[str, CheckedItem]] = {}
        self._records: dict[int, CheckRecord] = {}
        self._settled: set[int] = set()  # inspections that were signed
        self._hazards: dict[tuple[int, str], int] = {}
        self._codes: dict[Visit, list[str]] = {}

    def identity(self, values: Mapping[str, Any]) -> Hashable:
        return (*_visit(values), compact(values["code"]))

    def look_up(self, rows: Sequence[Mapping[str, Any]]) -> None:
        ids, days = {row["enterprise_id"] for row in rows}, {row["inspected_on"] for row in rows}
        self._visits, self._answers, self._records, self._codes = {}, {}, {}, {}
        for row in rows:
            self._codes.setdefault(_visit(row), []).append(compact(row["code"]))
        visits = visible(self.actor, Inspection).filter(enterprise_id__in=ids, inspected_on__in=days)
        found = {each.pk: each for each in visits.order_by("pk")}
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
        here = self._answers.get(inspection.pk, {}).get(code)
        if here is None:
            if inspection.pk in self._settled:
                raise Unfit("is_signed", "inspected_on", value=inspection.inspected_on.isoformat())
            self._question(inspection, values)
            self._people(inspection, values)
            return Standing()
        told = {"answer": (here.answer, values["answer"]), "note": (here.note, _note(values))}
        return Standing(here.pk, {name: pair for name, pair in told.items() if pair[0] != pair[1]})

    def act(self, values: Mapping[str, Any], fields: Collection[str] | None) -> tuple[int, dict[str, Any]]:
        seen, code = self._inspection(values), compact(values["code"])
        if fields is not None:
            here = self._answers[seen.pk][code]
            item = correct_answer(
                actor=self.actor,
                id=seen.pk,
                version=None,
                code=code,
                answer=values["answer"] if "answer" in fields else here.answer,
                note=_note(values) if "note" in fields else here.note,
                reason=_("From a sheet"),
            )
            self._answers[seen.pk][code] = item
            return item.pk, {}
        inspection = lock_fact(self.actor, Inspection, seen.pk)
        if Signing.objects.filter(station_id__in=self.actor.stations, inspection=inspection).exists():
            raise Unfit("is_signed", "inspected_on", value=inspection.inspected_on.isoformat())
        section, question = self._question(inspection, values)
        record = self._record(inspection, values)
        of = {
            "inspection": inspection,
            "enterprise_id": inspection.enterprise_id,
            "station_id": inspection.station_id,
        }
        answers = self._answers.setdefault(inspection.pk, {})
        item = CheckedItem.objects.create(
            **of,
            place=len(answers),
            section=section.name,
            section_en=section.name_en,
            code=code,
            asked=asdict(question),
            answer=values["answer"],
            note=_note(values),
            hazard_id=self._hazards.get((inspection.pk, code)) if values["answer"] == Answered.FAIL else None,
        )
        answers[code] = item
        said = {each.code: each.answer for each in answers.values()}
        CheckRecord.objects.filter(pk=record.pk).update(
            **summed_up([each.question for each in answers.values()], said)
        )
        inspection.version += 1
        inspection.save(update_fields=["version", "changed_at"])
        auditing.record(
            actor=self.actor,
            action=kind_of_model(Inspection).action(ACT),
            target=inspection,
            after={"code": code, "answer": item.answer, "said": item.note},
        )
        return item.pk, {}

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

    def _question(self, inspection: Inspection, values: Mapping[str, Any]) -> tuple[Section, Question]:
        """Return the section and the item of a row, as the checklists of the inspection ask it. Raise Unfit."""
        code, record = compact(values["code"]), self._records.get(inspection.pk)
        lists = [(ListKind(each["kind"]), each["number"]) for each in record.lists] if record else []
        in_force = [each.content for each in self._in_force.values()]
        for content in [self._content(*each) for each in lists] if record else in_force:
            for section in content.sections:
                for question in section.questions:
                    if question.code == code:
                        if values["answer"] not in question.options:
                            raise Unfit("always_applicable", "answer", value=code)
                        return section, question
        raise Unfit("not_asked" if record else "no_such_item", "code", value=code)

    def _content(self, kind: ListKind, number: int) -> Content:
        """Return what a version of a checklist asks. One query for each that is no longer in force."""
        if number == self._in_force[kind].number:
            return self._in_force[kind].content
        if (kind, number) not in self._former:
            self._former |= {(kind, each.number): each.content for each in versions_of(self.actor, kind)}
        return self._former.get((kind, number), Content(()))

    def _people(self, inspection: Inspection, values: Mapping[str, Any]) -> list[User]:
        """Return the officers whose police numbers a row has, none if it has none. Raise Unfit."""
        people = officers_numbered(self._officers, values.get("officers") or "", "officers")
        if not people:
            return []
        if len(people) < FEWEST_OFFICERS:
            raise Unfit("one_officer", "officers", value=values["officers"])
        named = {*names_in(inspection.inspectors)}
        if named and named != {str(each) for each in people}:
            raise Unfit("other_officers", "officers", value=listed(map(str, people)), here=listed(named))
        return people

    def _record(self, inspection: Inspection, values: Mapping[str, Any]) -> CheckRecord:
        """Return how the inspection was made, written with its first answer: the checklists that ask what the sheet answers."""
        if known := self._records.get(inspection.pk):
            return known
        people = self._people(inspection, values)
        made = CheckRecord.objects.create(
            inspection=inspection,
            enterprise_id=inspection.enterprise_id,
            station_id=inspection.station_id,
            lists=[
                {"kind": each.kind, "number": each.number}
                for each in self._covering(inspection.enterprise, self._codes[_visit(values)])
            ],
            officers=[
                {"id": each.pk, "name": str(each), "police_number": each.police_number} for each in people
            ],
        )
        self._records[inspection.pk] = made
        return made

    def _covering(self, enterprise: Enterprise, codes: Sequence[str]) -> list[Version]:
        """Return the checklists that ask these items, those that are proposed for the enterprise first."""
        left, found = set(codes), []
        for kind in dict.fromkeys([*lists_for(enterprise), *ListKind]):
            if mine := left & self._in_force[kind].content.by_code.keys():
                found.append(self._in_force[kind])
                left -= mine
        return found


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
        found = {str(known.get(compact(each), each)): each for each in names_in(text)}
        return text if found.keys() == {*found.values()} else "、".join(found)

    return names


def officers_numbered(known: Mapping[str, User], text: str, field: str) -> list[User]:
    """Return the officers with the police numbers of a text, separated as names are. Raise Unfit for one that nobody has."""
    numbers = list(dict.fromkeys(compact(each) for each in names_in(text)))
    for each in numbers:
        if each not in known:
            raise Unfit("no_such_number", field, value=each)
    return [known[each] for each in numbers]


def _visit(values: Mapping[str, Any]) -> Visit:
    return values["enterprise_id"], values["inspected_on"]


def _note(values: Mapping[str, Any]) -> str:
    return legible(values.get("note") or "").strip()

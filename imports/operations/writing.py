"""Writing the records of one file, a few thousand at a time.

Each chunk looks up by key the records it refers to and those that exist already. A record's id tells whether an earlier
chunk of the same run wrote it. Between two chunks are kept the ids of records that rows stand for and, of each record
that differs, what differs: only the last row tells whether it is updated. By then somebody may have saved it.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from typing import Any, NamedTuple

from django.db import models
from django.db.models import Max
from django.utils import timezone
from django.utils.functional import lazy

from enterprises.models import Enterprise
from enterprises.operations import edit_enterprise, register_many
from enterprises.operations.register import after_records, first_record_before, locked
from facts.access import Permission
from facts.models import Fact
from facts.operations import correct_fact, create_many, lock_fact
from foundation.accounts import auditing
from foundation.contributions.sheets import targets
from foundation.tenancy.scope import station_scope
from foundation.words import Words
from imports import cells
from imports.choices import AuditAction, Outcome
from imports.keys import Spelled, Spelling
from imports.operations.organisations import Stations
from imports.operations.tally import Tally
from imports.profile import FileSpec, Record
from imports.remarks import REPEATED, Refused, Remark, Report, in_each_language, shown, warning
from imports.rows import Draft
from imports.targets import fact_model, is_enterprise

Kept = Enterprise | Fact  # an existing record
Known = Mapping[int, Kept]  # the record that each draft stands for, by the draft's id()


class Differing(NamedTuple):
    """A row of the file whose record has other values, as far as ``finish`` needs it."""

    draft: Draft  # without values and instance
    pk: int
    version: int  # of the record when it was compared
    values: dict[str, Any]  # those of the file that differ
    remarks: list[Remark]


class Writer:
    """Writes the drafts of one file. Needs an open transaction; opens the scope of all stations of the bureau."""

    def __init__(
        self,
        *,
        spec: FileSpec,
        stations: Stations,
        tallies: dict[int, Tally],
        report: Report,
        update: bool,
        every_row: bool,
        spelling: Spelling,
    ) -> None:
        self.spelling = spelling
        self.here: dict[
            int, set[int]
        ] = {}  # ids of records that an earlier row of the file stands for, by kind
        self.differing: dict[tuple[int, int], Differing] = {}
        self.changed_groups: set[tuple[Any, ...]] = set()
        self.spec, self.stations, self.tallies, self.report = spec, stations, tallies, report
        self.update, self.every_row = update, every_row
        self.bureau_id = stations.bureau.pk
        self.last_ids: dict[type[models.Model], int] = {}
        with station_scope(stations.actor.scope()):
            for record in (spec.record, *spec.also):
                last = record.target.model._default_manager.aggregate(last=Max("id"))["last"]
                self.last_ids[record.target.model] = last or 0

    def write(self, drafts: list[Draft]) -> None:
        """Write a chunk: insert new records; report existing ones that differ, or update them."""
        if not drafts:
            return
        record = self.spec.record
        drafts = self._without_faults(drafts)
        if is_enterprise(record.target):
            assert self.spec.station is not None
            self.stations.create_missing(
                (draft.station for draft in drafts if draft.station), self.spec.station
            )
        with station_scope(self.stations.actor.scope()):
            if is_enterprise(record.target):
                drafts = self._write(record, drafts, self._known_enterprises(drafts))
            else:
                drafts = self._write(record, drafts, self._known(record, self._placed(drafts)))
            for other in self.spec.also:
                found = [each for draft in drafts for each in draft.also if each.record is other]
                self.tallies[id(other)].rows += len(found)
                if found:
                    self._write(other, found, self._known(other, self._placed(found)))

    # --- enterprise and references ----------------------------------------------------------------------------------

    def _without_faults(self, drafts: list[Draft]) -> list[Draft]:
        """Refuse drafts with faults and report all of them; return the others."""
        faulty = [draft for draft in drafts if draft.faults]
        if faulty and not is_enterprise(self.spec.record.target):
            with station_scope(self.stations.actor.scope()):
                known = self._enterprises([draft.enterprise for draft in faulty])
            for draft in faulty:
                if draft.enterprise.text:
                    self._check_enterprise(draft, known)
        for draft in faulty:
            self._refuse(draft, *draft.faults)
        return [draft for draft in drafts if not draft.faults]

    def _placed(self, drafts: list[Draft]) -> list[Draft]:
        """Return the drafts whose enterprise exists, with enterprise, station and references set."""
        known = self._enterprises([draft.enterprise for draft in drafts])
        placed = []
        for draft in drafts:
            found = self._check_enterprise(draft, known)
            if found is None:
                self._refuse(draft, *draft.faults)
                continue
            draft.values["enterprise_id"], draft.values["station_id"] = found
            placed.append(draft)
        self._find_references(placed)
        return placed

    def _check_enterprise(
        self, draft: Draft, known: dict[str, list[tuple[int, int]]]
    ) -> tuple[int, int] | None:
        """Return the enterprise of a draft and its station; add a fault if there is none, or several."""
        found = known.get(draft.enterprise.raw) or known.get(draft.enterprise.text, [])
        if len(found) == 1:
            return found[0]
        column = self.spec.enterprise[0] if self.spec.enterprise else self.spec.record.key.columns[0]
        code = "several_enterprises" if found else "no_enterprise"
        draft.faults.append(Refused(code, column, value=draft.enterprise.raw).remark)
        return None

    def _enterprises(self, names: list[Spelled]) -> dict[str, list[tuple[int, int]]]:
        field = "credit_code" if self.spec.enterprise_by == "credit_code" else "external_id"
        keys = {text for name in names for text in (name.text, name.raw)}
        rows = (
            Enterprise.objects.filter(bureau_id=self.bureau_id, **{f"{field}__in": keys - {""}})
            .exclude(**{field: ""})  # lets the planner use the partial unique index
            .values_list(field, "id", "station_id")
        )
        found: dict[str, list[tuple[int, int]]] = {}
        for key, number, station in rows:
            found.setdefault(key, []).append((number, station))
        return found

    def _find_references(self, drafts: list[Draft]) -> None:
        """Set the foreign keys of drafts that refer to records of another kind."""
        for record in {id(draft.record): draft.record for draft in drafts if draft.reference.text}.values():
            target, target_of = targets[record.target.reference], record.target
            mine = [draft for draft in drafts if draft.record is record and draft.reference.text]
            known = self._look_up(mine, fact_model(target), lambda draft: draft.reference)
            for draft in mine:
                row = known.get(id(draft))
                draft.values[f"{target.code}_id"] = row.pk if row else None
                if row is not None and target_of.contradiction:
                    self._contradiction(draft, target_of.contradiction(draft.values, row))
                if row is None:
                    draft.remarks.append(
                        warning(
                            "no_reference",
                            self.spec.inspection[0],
                            kind=target.code,
                            value=draft.reference.text,
                        )
                    )

    @staticmethod
    def _contradiction(draft: Draft, found: tuple[str, Words] | None) -> None:
        if found is not None:
            name, words = found
            how = draft.record.fields.get(name)
            column = how.columns[0] if how and how.columns else draft.record.key.columns[0]
            draft.remarks.append(warning("contradicts", column, why=in_each_language(lambda: words)))

    # --- existing records -------------------------------------------------------------------------------------------

    def _look_up(
        self, drafts: list[Draft], model: type[Fact], name_of: Callable[[Draft], Spelled]
    ) -> dict[int, Kept]:
        """Return the facts with these keys, by the id() of the draft.

        A key in the spelling of the file comes first, then as it is stored today, then as an earlier version stored
        another spelling of its days.
        """

        def find(wanted: list[tuple[Draft, list[str]]]) -> None:
            rows = model._default_manager.filter(
                enterprise_id__in={draft.values["enterprise_id"] for draft, _keys in wanted},
                external_key__in={key for _draft, keys in wanted for key in keys},
            ).exclude(external_key="")
            there = {(row.enterprise_id, row.external_key): row for row in rows}
            for draft, keys in wanted:
                for key in keys:
                    row = there.get((draft.values["enterprise_id"], key))
                    if row is not None:
                        found.setdefault(id(draft), row)

        found: dict[int, Kept] = {}
        find([(draft, [name_of(draft).raw, name_of(draft).text]) for draft in drafts])
        others = [
            (draft, keys)
            for draft in drafts
            if id(draft) not in found and (keys := name_of(draft).earlier(self.spelling.earlier_formats))
        ]
        if others:
            find(others)
        return found

    def _known_enterprises(self, drafts: list[Draft]) -> tuple[list[Draft], Known]:
        for draft in drafts:
            draft.values["station_id"] = self.stations.find(draft.station or "").pk
        rows = Enterprise.objects.filter(
            bureau_id=self.bureau_id,
            external_id__in={
                key
                for draft in drafts
                for key in (
                    draft.key,
                    draft.spelled.raw,
                    *draft.spelled.earlier(self.spelling.earlier_formats),
                )
            },
        ).exclude(external_id="")
        there = {row.external_id: row for row in rows}
        known: dict[int, Kept] = {}
        for draft in drafts:
            names = (draft.spelled.raw, draft.key, *draft.spelled.earlier(self.spelling.earlier_formats))
            row = next((there[name] for name in names if name in there), None)
            if row is not None:
                known[id(draft)] = row
        return self._with_free_codes(drafts, known), known

    def _with_free_codes(self, drafts: list[Draft], known: Known) -> list[Draft]:
        """Refuse drafts whose credit code is taken, in the register or by an earlier row; return the others."""
        codes = {draft.values["credit_code"] for draft in drafts if draft.values.get("credit_code")}
        if not codes:
            return drafts
        taken: dict[tuple[Any, Any], str] = {
            (row.credit_code, row.site): row.external_id or f"#{row.pk}"
            for row in Enterprise.objects.filter(bureau_id=self.bureau_id, credit_code__in=codes)
        }
        free = []
        for draft in drafts:
            code = (draft.values.get("credit_code"), draft.values.get("site", ""))
            row = known.get(id(draft))
            mine = (row.external_id if isinstance(row, Enterprise) else "") or draft.key
            owner = taken.setdefault(code, mine) if code[0] else mine
            if owner == mine:
                free.append(draft)
            else:
                self._refuse(draft, Refused("code_taken", "credit_code", value=code[0]).remark)
        return free

    def _known(self, record: Record, drafts: list[Draft]) -> tuple[list[Draft], Known]:
        return drafts, self._look_up(drafts, fact_model(record.target), lambda draft: draft.spelled)

    # --- writing ----------------------------------------------------------------------------------------------------

    def _write(
        self, record: Record, drafts: list[Draft], looked_up: tuple[list[Draft], Known]
    ) -> list[Draft]:
        """Insert new records and compare the others. Returns the drafts whose record exists now."""
        placed, known = looked_up
        seen = self.here.setdefault(id(record), set())
        new: dict[Any, Draft] = {}
        here = []
        for draft in placed:
            place = draft.values.get("enterprise_id")
            row = known.get(id(draft))
            if (place, draft.key) in new or (row and row.pk > self.last_ids[record.target.model]):
                self._repeated(draft)
            elif row is not None:
                here.append(draft)
                self._compare(draft, row, seen)
            elif (id(record), place, draft.group) in self.changed_groups:
                column = record.key.columns[0]
                self._refuse(draft, Refused("shifted", column, value=draft.group.partition("|")[2]).remark)
            else:
                here.append(draft)
                new[place, draft.key] = draft
                self._count(draft, Outcome.WARNED if draft.remarks else Outcome.TAKEN)
        self._insert(record, list(new.values()))
        if record.target.written and new:
            record.target.written(
                self.stations.actor, {draft.values["enterprise_id"] for draft in new.values()}
            )
        return here

    def finish(self) -> None:
        """Report the records that differ, or update them, when all rows of the file are known.

        Of several rows with one key, one that equals the record settles that nothing changes, wherever it stands. A
        record that somebody saved after its row was compared is not overwritten: it is reported.
        """
        written: dict[int, tuple[Record, set[int]]] = {}
        with station_scope(self.stations.actor.scope()):
            for draft, pk, version, values, remarks in self.differing.values():
                row = self._locked(draft.record, pk) if self.update else None
                if row is None or row.version != version:
                    self._count(draft, Outcome.DIFFERS, *map(_as_differing, remarks))
                    continue
                if isinstance(row, Enterprise) and (
                    first := first_record_before(row, values.get("registered_on"))
                ):
                    self._contradiction(draft, ("registered_on", lazy(after_records, str)(first)))
                self._count(draft, Outcome.UPDATED, *remarks)
                self._update(draft.record, row, values)
                if isinstance(row, Fact):
                    _record, touched = written.setdefault(id(draft.record), (draft.record, set()))
                    touched.add(row.enterprise_id)
            for record, touched in written.values():
                if record.target.written:
                    record.target.written(self.stations.actor, touched)
        self.differing.clear()

    def _locked(self, record: Record, pk: int) -> Kept:
        """Lock an existing record and return it as it is now."""
        actor = self.stations.actor
        if is_enterprise(record.target):
            return locked(actor, pk)
        return lock_fact(actor, fact_model(record.target), pk)

    def _insert(self, record: Record, drafts: list[Draft]) -> None:
        if not drafts:
            return
        actor = self.stations.actor
        if is_enterprise(record.target):
            register_many(actor, [{"external_id": draft.key, **draft.values} for draft in drafts])
            return
        facts = []
        for draft in drafts:
            assert draft.instance is not None  # only drafts of enterprises have none
            pointer = f"{record.target.reference}_id"
            for name in ("enterprise_id", "station_id", pointer):
                if name in draft.values:
                    setattr(draft.instance, name, draft.values[name])
            facts.append(draft.instance)
        create_many(
            actor=actor,
            model=fact_model(record.target),
            rows=facts,
            reason=self.spec.label,
        )

    def _compare(self, draft: Draft, row: Kept, seen: set[int]) -> None:
        """Compare a draft with the existing record; one that differs waits for ``finish``."""
        place = (id(draft.record), row.pk)
        if row.pk in seen and place not in self.differing:
            self._repeated(draft)
            return
        first = row.pk not in seen
        seen.add(row.pk)
        if getattr(row, "voided_at", None) is not None:
            self._count(draft, Outcome.ALREADY, Remark("voided", Outcome.ALREADY, "", {}))
            return
        there = self._difference(draft, row)
        remarks = []
        if is_enterprise(draft.record.target) and row.station_id != draft.values["station_id"]:
            # custody changes by a hand-over with day and reason, not by an import
            columns = self.spec.station.columns if self.spec.station else ()
            column = columns[0] if columns else ""
            remarks.append(Remark("other_station", Outcome.WARNED, column, shown({"value": draft.station})))
        if not there:
            if not first:
                self._repeated(self.differing.pop(place).draft)
            self._count(draft, Outcome.ALREADY, *remarks)
        elif first:
            outcome = Outcome.UPDATED if self.update else Outcome.DIFFERS
            for name, value in there.items():
                told = {"here": cells.as_text(getattr(row, name)), "there": cells.as_text(value)}
                remarks.append(Remark(str(outcome), outcome, name, shown(told)))
            slim = replace(draft, values={}, instance=None, also=[])
            self.differing[place] = Differing(slim, row.pk, row.version, there, remarks)
            if draft.group:
                enterprise = row.enterprise_id if isinstance(row, Fact) else None
                self.changed_groups.add((id(draft.record), enterprise, draft.group))
        else:
            self._repeated(draft)

    def _difference(self, draft: Draft, row: Kept) -> dict[str, Any]:
        """Return the values of a draft that differ from the record by more than the spelling of days and numbers."""
        found = {}
        for name, there in draft.values.items():
            here = getattr(row, name)
            if name in ("station_id", "enterprise_id") or name in draft.unread or here == there:
                continue
            if name == "source_values":
                kept = {key: here.get(key, "") for key in draft.unread & there.keys() if here}
                there = there | kept
                if (here or {}).keys() == there.keys() and all(
                    self.spelling.same(key, str(here[key]), there[key]) for key in there
                ):
                    continue
            found[name] = there
        return found

    def _update(self, record: Record, row: Kept, values: dict[str, Any]) -> None:
        """Correct one record by the operation of every correction; few rows differ."""
        actor = self.stations.actor
        if not isinstance(row, Enterprise):
            correct_fact(
                actor=actor,
                permission=Permission.IMPORT_FACTS,
                model=fact_model(record.target),
                id=row.pk,
                version=row.version,
                reason=f"Imported again: {self.spec.label}",  # a phrase of audit.py
                values=values,
            )
            return
        kept = values.pop("source_values", None)
        if values:
            edit_enterprise(actor=actor, enterprise_id=row.pk, version=row.version, imported=True, **values)
        if kept is not None:  # a field of no form
            Enterprise.objects.filter(pk=row.pk).update(source_values=kept, changed_at=timezone.now())
            before, after = {"source_values": row.source_values}, {"source_values": kept}
            auditing.record(
                actor=actor, action=AuditAction.UPDATE_ENTERPRISE, target=row, before=before, after=after
            )

    # --- counting and reporting -------------------------------------------------------------------------------------

    def _repeated(self, draft: Draft) -> None:
        tally = self.tallies[id(draft.record)]
        if self.spec.repeats == "first" and draft.record is self.spec.record:
            tally.skipped[REPEATED] += 1
            return
        column = draft.record.key.columns[0]
        self._refuse(draft, Refused("repeated_key", column, value=draft.key).remark)

    def _refuse(self, draft: Draft, *remarks: Remark) -> None:
        self.tallies[id(draft.record)].refused += 1
        self.report.add(self.spec.label, draft.row, remarks)

    def _count(self, draft: Draft, outcome: Outcome, *more: Remark) -> None:
        tally = self.tallies[id(draft.record)]
        match outcome:
            case Outcome.WARNED:
                tally.taken += 1
                tally.warned += 1
            case Outcome.TAKEN:
                tally.taken += 1
            case Outcome.ALREADY:
                tally.already += 1
            case Outcome.DIFFERS:
                tally.differs += 1
            case Outcome.UPDATED:
                tally.updated += 1
        new = outcome in (Outcome.TAKEN, Outcome.WARNED, Outcome.UPDATED)
        remarks: Iterable[Remark] = [
            *(each for each in draft.remarks if new or each.code == "error_cell"),
            *more,
        ]
        if remarks:
            self.report.add(self.spec.label, draft.row, remarks)
        elif self.every_row and draft.record is self.spec.record:
            self.report.line(self.spec.label, draft.row, Remark(str(outcome), outcome))


def _as_differing(remark: Remark) -> Remark:
    """Return the remark on a value of a record that is not updated."""
    if remark.outcome != Outcome.UPDATED:
        return remark
    return replace(remark, code=str(Outcome.DIFFERS), outcome=Outcome.DIFFERS)

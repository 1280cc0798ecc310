"""Writing the records of one file, a few thousand at a time.

Each chunk looks up by key the records it refers to and those that exist already. A record's id tells whether an earlier
chunk of the same run wrote it. Between two chunks are kept the ids of records that rows stand for and, of each record
that differs, what differs: only the last row tells whether it is updated. By then somebody may have saved it.
"""

from collections.abc import Iterable, Mapping
from copy import copy
from dataclasses import replace
from typing import Any, NamedTuple

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Max
from django.utils.functional import lazy

from enterprises.models import Enterprise
from enterprises.operations import register_many
from enterprises.operations.register import after_records, first_record_before, lock_in_order, locked
from facts.batches import create_many
from facts.models import Fact
from facts.operations import lock_fact
from foundation.accounts.actors import Actor
from foundation.contributions.sheets import targets
from foundation.tenancy.scope import station_scope
from foundation.ui.tables import text_of
from foundation.words import Words
from imports import cells
from imports.choices import Choice, Outcome
from imports.keys import Spelling
from imports.models import ImportedRecord
from imports.operations.four_eyes import column_of, decided_about_own, decided_at_first
from imports.operations.matching import UNDECIDED, Decision, Kept, Matching, Standing
from imports.operations.organisations import Stations
from imports.operations.tally import Tally
from imports.operations.updating import remembered, update_record
from imports.profile import FileSpec, Record
from imports.remarks import REPEATED, Refused, Remark, Report, in_each_language, shown, warning
from imports.rows import Draft
from imports.targets import fact_model, is_enterprise


class Differing(NamedTuple):
    """A row of the file whose record has other values, as far as ``finish`` needs it."""

    draft: Draft  # without values and instance
    pk: int
    enterprise_id: int
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
        choices: Mapping[int, Decision] | None = None,
        run_id: int = 0,
        file_number: int = 0,
        person: Actor | None = None,
    ) -> None:
        """``choices``: what a person decided about rows, by number, with the twin.

        ``person``: who takes the sheet over; nobody is known of an import by the command. ``run_id`` and ``file_number``: the import, and which of its files, that each written record comes from; no
        import in a dry run.
        """
        self.spelling = spelling
        self.choices = {} if choices is None else choices
        self.run_id, self.file_number, self.person = run_id, file_number, person
        self.here: dict[
            int, set[int]
        ] = {}  # ids of records that an earlier row of the file stands for, by kind
        self.differing: dict[tuple[int, int], Differing] = {}
        self.changed_groups: set[tuple[Any, ...]] = set()
        self.touched: dict[int, tuple[Record, set[int]]] = {}  # enterprises with new records, by kind
        self.spec, self.stations, self.tallies, self.report = spec, stations, tallies, report
        self.update, self.every_row = update, every_row
        self.bureau_id = stations.bureau.pk
        self.last_ids: dict[type[models.Model], int] = {}
        with station_scope(stations.actor.scope()):
            for record in (spec.record, *spec.also):
                last = record.target.model._default_manager.aggregate(last=Max("id"))["last"]
                self.last_ids[record.target.model] = last or 0
        self.matching = Matching(
            spec=spec,
            stations=stations,
            spelling=spelling,
            last_ids=self.last_ids,
            choices=self.choices,
            refuse=self._refuse,
        )

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
                drafts = self._write(record, *self.matching.register(drafts))
            else:
                drafts = self._write(record, *self._known(record, drafts))
            for other in self.spec.also:
                found = [each for draft in drafts for each in draft.also if each.record is other]
                self.tallies[id(other)].rows += len(found)
                if found:
                    self._write(other, *self._known(other, found))

    # --- enterprise and references ----------------------------------------------------------------------------------

    def _without_faults(self, drafts: list[Draft]) -> list[Draft]:
        """Refuse drafts with faults and report all of them; return the others."""
        faulty = [draft for draft in drafts if draft.faults]
        if faulty and not is_enterprise(self.spec.record.target):
            with station_scope(self.stations.actor.scope()):
                known = self.matching.enterprises([draft.enterprise for draft in faulty])
            for draft in faulty:
                if draft.enterprise.text:
                    self.matching.check_enterprise(draft, known)
        for draft in faulty:
            self._refuse(draft, *draft.faults)
        return [draft for draft in drafts if not draft.faults]

    def _placed(self, drafts: list[Draft]) -> list[Draft]:
        """Return the drafts whose enterprise exists, with enterprise, station and references set."""
        placed = self.matching.place(drafts)
        self._find_references(placed)
        return placed

    def _find_references(self, drafts: list[Draft]) -> None:
        """Set the foreign keys of drafts that refer to records of another kind."""
        for record in {id(draft.record): draft.record for draft in drafts if draft.reference.text}.values():
            target, target_of = targets[record.target.reference], record.target
            mine = [draft for draft in drafts if draft.record is record and draft.reference.text]
            known = self.matching.facts(mine, fact_model(target), lambda draft: draft.reference)
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

    def _contradiction(self, draft: Draft, found: tuple[str, Words] | None) -> None:
        if found is not None:
            name, words = found
            how = draft.record.fields.get(name)
            columns = (*(how.columns if how else ()), *draft.record.key.columns, *self.spec.inspection, name)
            column = columns[0]
            draft.remarks.append(warning("contradicts", column, why=in_each_language(lambda: words)))

    # --- writing ----------------------------------------------------------------------------------------------------

    def _known(self, record: Record, drafts: list[Draft]) -> tuple[list[Draft], Standing]:
        placed = self._placed(drafts)
        return placed, self.matching.facts_of(record, placed)

    def _write(self, record: Record, placed: list[Draft], known: Standing) -> list[Draft]:
        """Insert new records and compare the others. Returns the drafts whose record exists now."""
        seen = self.here.setdefault(id(record), set())
        new: dict[Any, Draft] = {}
        here = []
        for draft in placed:
            place = draft.values.get("enterprise_id")
            row = known.get(id(draft))
            key = draft.key or draft.row
            if (place, key) in new or (row and row.pk > self.last_ids[record.target.model]):
                self._repeated(draft)
            elif row is not None:
                here.append(draft)
                self._compare(draft, row, seen)
            elif (id(record), place, draft.group) in self.changed_groups:
                column = record.key.columns[0]
                self._refuse(draft, Refused("shifted", column, value=draft.group.partition("|")[2]).remark)
            elif self.person and (faults := decided_at_first(draft, self.person)):
                self._refuse(draft, *faults)
            else:
                here.append(draft)
                new[place, key] = draft
                self._count(draft, Outcome.WARNED if draft.remarks else Outcome.TAKEN)
        self._insert(record, list(new.values()))
        if not is_enterprise(record.target):
            self._touch(record, (draft.values["enterprise_id"] for draft in new.values()))
        return here

    def _touch(self, record: Record, enterprise_ids: Iterable[int]) -> None:
        """Take note of enterprises of which ``finish`` tells the app of the records."""
        _record, touched = self.touched.setdefault(id(record), (record, set()))
        touched.update(enterprise_ids)

    def finish(self) -> None:
        """Report the records that differ, or update them, when all rows of the file are known.

        Of several rows with one key, one that equals the record settles that nothing changes, wherever it stands. A
        record that somebody saved after its row was compared is not overwritten: it is reported.

        Only now are enterprises locked, in the order of all who lock several: until here, and in a check that may take
        minutes, people go on recording at them.
        """
        with station_scope(self.stations.actor.scope()):
            lock_in_order(
                {each.enterprise_id for each in self.differing.values() if self._updates(each.draft)}.union(
                    *(touched for record, touched in self.touched.values() if record.target.written)
                )
            )
            for draft, pk, _enterprise, version, values, remarks in self.differing.values():
                row = self._locked(draft.record, pk) if self._updates(draft) else None
                values = {name: value for name, value in values.items() if name not in self._stays(draft)}
                # somebody may have become a party since it was compared
                if row is not None and draft.record.target.adapt:
                    values = draft.record.target.adapt(self.stations.actor, row, values)
                if row is None or row.version != version or not values:
                    self._count(draft, Outcome.DIFFERS, *map(_as_differing, remarks), of=pk)
                    continue
                if isinstance(row, Enterprise) and (
                    first := first_record_before(row, values.get("registered_on"))
                ):
                    self._contradiction(draft, ("registered_on", lazy(after_records, str)(first)))
                self._count(draft, Outcome.UPDATED, *remarks, of=pk)
                before = remembered(row, values)
                reason = f"Imported again: {self.spec.label}"  # a phrase of audit.py
                now = update_record(self.stations.actor, row, values, reason=reason)
                self.report.updated(draft.row, before, now)
                self._keep_sources(draft.record, [(draft, row)], is_new=False)
                if isinstance(row, Fact):
                    self._touch(draft.record, [row.enterprise_id])
            for record, touched in self.touched.values():
                if record.target.written and touched:
                    record.target.written(self.stations.actor, touched)
        self.differing.clear()
        self.touched.clear()

    def _updates(self, draft: Draft) -> bool:
        """Return whether the record is to be updated: all are, or a person chose it."""
        return self.update or self.choices.get(draft.row, UNDECIDED).choice in (Choice.UPDATE, Choice.IS_SAME)

    def _stays(self, draft: Draft) -> frozenset[str]:
        """Return the fields that a person leaves as they are, although the row has other values."""
        return self.choices.get(draft.row, UNDECIDED).stays

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
            made = register_many(actor, [{"external_id": draft.key, **draft.values} for draft in drafts])
            self._keep_sources(record, zip(drafts, made, strict=True))
            return
        facts = []
        for draft in drafts:
            assert draft.instance is not None  # only drafts of enterprises have none
            pointer = f"{record.target.reference}_id"
            for name in ("enterprise_id", "station_id", pointer):
                if name in draft.values:
                    setattr(draft.instance, name, draft.values[name])
            if self.person:
                draft.instance.recorded_by_id = self.person.user_id
            facts.append(draft.instance)
        written = create_many(
            actor=actor,
            model=fact_model(record.target),
            rows=facts,
            reason=self.spec.label,
        )
        self._keep_sources(record, zip(drafts, written, strict=True))

    def _keep_sources(
        self, record: Record, written: Iterable[tuple[Draft, Kept]], *, is_new: bool = True
    ) -> None:
        """Store which row each record came from."""
        if self.run_id:
            ImportedRecord.objects.bulk_create(
                ImportedRecord(
                    bureau_id=self.bureau_id,
                    run_id=self.run_id,
                    kind=record.target.code,
                    object_id=row.pk,
                    file=self.file_number,
                    row=draft.row,
                    is_new=is_new,
                )
                for draft, row in written
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
            self._count(draft, Outcome.ALREADY, Remark("voided", Outcome.ALREADY, "", {}), of=row.pk)
            return
        there = self._difference(draft, row)
        if there and draft.record.target.adapt:  # before anything of it is told
            there = draft.record.target.adapt(self.stations.actor, row, there)
        if draft.number and (faults := self._faults(draft, row, there)):
            self._refuse(draft, *faults)
            return
        if (
            self.person
            and isinstance(row, Fact)
            and (faults := decided_about_own(draft, self.person, row, there))
        ):
            self._refuse(draft, *faults)
            return
        remarks = []
        if is_enterprise(draft.record.target) and row.station_id != draft.values["station_id"]:
            # custody changes by a hand-over with day and reason, not by an import
            columns = self.spec.station.columns if self.spec.station else ()
            column = columns[0] if columns else ""
            remarks.append(Remark("other_station", Outcome.WARNED, column, shown({"value": draft.station})))
        if not there:
            if not first:
                self._repeated(self.differing.pop(place).draft)
            self._count(draft, Outcome.ALREADY, *remarks, of=row.pk)
        elif first:
            for name, value in there.items():
                is_updated = self._updates(draft) and name not in self._stays(draft)
                outcome = Outcome.UPDATED if is_updated else Outcome.DIFFERS
                told = {"here": cells.as_text(getattr(row, name)), "there": cells.as_text(value)}
                remarks.append(Remark(str(outcome), outcome, name, shown(told)))
            slim = replace(draft, values={}, instance=None, also=[], said={})
            enterprise = row.enterprise_id if isinstance(row, Fact) else None
            self.differing[place] = Differing(slim, row.pk, enterprise or row.pk, row.version, there, remarks)
            if draft.group:
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
            if _is_shown(draft, row, name):
                continue
            if name == "source_values":
                if isinstance(row, Fact) and not here:
                    continue  # recorded here, or brought by a version that kept no columns of its kind
                kept = {key: here.get(key, "") for key in draft.unread & there.keys() if here}
                there = there | kept
                if (here or {}).keys() == there.keys() and all(
                    self.spelling.same(key, str(here[key]), there[key]) for key in there
                ):
                    continue
            found[name] = there
        return found

    @staticmethod
    def _faults(draft: Draft, row: Kept, values: dict[str, Any]) -> list[Remark]:
        """Return why a record cannot become what the row of a list that was taken away makes of it."""
        found = [
            each
            for name, faults in draft.faulty.items()
            if not _is_shown(draft, row, name)
            for each in faults
        ]
        if found or not values or not isinstance(row, Fact):
            return found
        becomes = copy(row)
        for name, value in values.items():
            setattr(becomes, name, value)
        try:
            becomes.clean()
        except ValidationError as error:
            of = draft.record.target.code
            for name, messages in error.message_dict.items():
                column = column_of(draft.record, name)
                value = cells.as_text(values.get(name))
                found.append(
                    Refused("invalid", column, value=value, field=name, of=of, why=messages[0]).remark
                )
        return found

    # --- counting and reporting -------------------------------------------------------------------------------------

    def _repeated(self, draft: Draft) -> None:
        tally = self.tallies[id(draft.record)]
        if self.spec.repeats == "first" and draft.record is self.spec.record:
            tally.skipped[REPEATED] += 1
            return
        columns = draft.record.key.columns
        value = draft.key or draft.values.get("credit_code") or draft.values.get("name", "")
        self._refuse(draft, Refused("repeated_key", columns[0] if columns else "", value=value).remark)

    def _refuse(self, draft: Draft, *remarks: Remark) -> None:
        """Report a row that is not written, because it cannot be or because a person has to decide."""
        tally = self.tallies[id(draft.record)]
        outcome = Outcome.DOUBTFUL if remarks[0].outcome == Outcome.DOUBTFUL else Outcome.REFUSED
        if outcome == Outcome.DOUBTFUL:
            tally.doubtful += 1
        else:
            tally.refused += 1
        self.report.add(self.spec.label, draft.row, remarks)
        self.report.settle(draft.row, outcome, remarks, int(remarks[0].values.get("twin", 0)))

    def _count(self, draft: Draft, outcome: Outcome, *more: Remark, of: int = 0) -> None:
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
        remarks = list(remarks)
        if draft.record is self.spec.record:
            self.report.settle(draft.row, outcome, remarks, of)
        if remarks:
            self.report.add(self.spec.label, draft.row, remarks)
        elif self.every_row and draft.record is self.spec.record:
            self.report.line(self.spec.label, draft.row, Remark(str(outcome), outcome))


def _is_shown(draft: Draft, row: Kept, name: str) -> bool:
    """Return whether a cell of a list that was taken away shows what the record has, however that is read."""
    said, here = draft.said.get(name), getattr(row, name, None)
    if said is None or not isinstance(here, str):
        return False
    return said == here or " ".join(said.split()) == text_of(here)


def _as_differing(remark: Remark) -> Remark:
    """Return the remark on a value of a record that is not updated."""
    if remark.outcome != Outcome.UPDATED:
        return remark
    return replace(remark, code=str(Outcome.DIFFERS), outcome=Outcome.DIFFERS)

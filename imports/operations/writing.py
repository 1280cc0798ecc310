"""Writing the records of one file, a few thousand at a time.

Nothing is kept between two chunks: each looks up by key the records it refers to and those that exist already, so
memory use does not grow with the file. A record's id tells whether an earlier chunk of the same run wrote it.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from django.db import models
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext as _

from enterprises.models import Enterprise
from enterprises.operations import edit_enterprise, register_many
from facts.access import Permission
from facts.models import Fact
from facts.operations import correct_fact, create_many
from foundation.accounts import auditing
from foundation.contributions.sheets import targets
from foundation.tenancy.scope import station_scope
from imports import cells
from imports.choices import AuditAction, Outcome
from imports.operations.organisations import Stations
from imports.operations.tally import Tally
from imports.profile import FileSpec, Record
from imports.remarks import Refused, Remark, Report, shown, warning
from imports.rows import Draft
from imports.targets import fact_model, is_enterprise

Kept = Enterprise | Fact  # an existing record
REPEATED = "repeats an earlier row"


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
    ) -> None:
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

    def _placed(self, drafts: list[Draft]) -> list[Draft]:
        """Return the drafts whose enterprise exists, with enterprise, station and references set."""
        column = self.spec.enterprise[0] if self.spec.enterprise else self.spec.record.key.columns[0]
        known = self._enterprises({draft.enterprise for draft in drafts})
        placed = []
        for draft in drafts:
            found = known.get(draft.enterprise, [])
            if len(found) != 1:
                code = "several_enterprises" if found else "no_enterprise"
                self._refuse(draft, Refused(code, column, value=draft.enterprise).remark)
                continue
            draft.values["enterprise_id"], draft.values["station_id"] = found[0]
            placed.append(draft)
        self._find_references(placed)
        return placed

    def _enterprises(self, keys: set[str]) -> dict[str, list[tuple[int, int]]]:
        field = "credit_code" if self.spec.enterprise_by == "credit_code" else "external_id"
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
        for record in {id(draft.record): draft.record for draft in drafts if draft.reference}.values():
            target = targets[record.target.reference]
            mine = [draft for draft in drafts if draft.record is record and draft.reference]
            rows = (
                fact_model(target)
                ._default_manager.filter(
                    enterprise_id__in={draft.values["enterprise_id"] for draft in mine},
                    external_key__in={draft.reference for draft in mine},
                )
                .exclude(external_key="")
                .values_list("enterprise_id", "external_key", "pk")
            )
            known = {(enterprise, key): number for enterprise, key, number in rows}
            for draft in mine:
                number = known.get((draft.values["enterprise_id"], draft.reference))
                draft.values[f"{target.code}_id"] = number
                if number is None:
                    draft.remarks.append(
                        warning(
                            "no_reference", self.spec.inspection[0], kind=target.code, value=draft.reference
                        )
                    )

    # --- existing records -------------------------------------------------------------------------------------------

    def _known_enterprises(self, drafts: list[Draft]) -> tuple[list[Draft], Mapping[Any, Kept]]:
        for draft in drafts:
            draft.values["station_id"] = self.stations.find(draft.station or "").pk
        rows = Enterprise.objects.filter(
            bureau_id=self.bureau_id, external_id__in={draft.key for draft in drafts}
        ).exclude(external_id="")
        known = {row.external_id: row for row in rows}
        return self._with_free_codes(drafts, known), known

    def _with_free_codes(self, drafts: list[Draft], known: dict[str, Enterprise]) -> list[Draft]:
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
            owner = taken.setdefault(code, draft.key) if code[0] else draft.key
            if owner == draft.key:
                free.append(draft)
            else:
                self._refuse(draft, Refused("code_taken", "credit_code", value=code[0]).remark)
        return free

    def _known(self, record: Record, drafts: list[Draft]) -> tuple[list[Draft], Mapping[Any, Kept]]:
        rows = (
            fact_model(record.target)
            ._default_manager.filter(
                enterprise_id__in={draft.values["enterprise_id"] for draft in drafts},
                external_key__in={draft.key for draft in drafts},
            )
            .exclude(external_key="")
        )
        return drafts, {(row.enterprise_id, row.external_key): row for row in rows}

    # --- writing ----------------------------------------------------------------------------------------------------

    def _write(
        self, record: Record, drafts: list[Draft], looked_up: tuple[list[Draft], Mapping[Any, Kept]]
    ) -> list[Draft]:
        """Insert new records and update existing ones. Returns the drafts whose record exists now."""
        placed, known = looked_up
        new: dict[Any, Draft] = {}
        changed: list[tuple[Kept, dict[str, Any]]] = []
        here = []
        for draft in placed:
            key = draft.key if is_enterprise(record.target) else (draft.values["enterprise_id"], draft.key)
            row = known.get(key)
            if key in new or (row is not None and row.pk > self.last_ids[record.target.model]):
                self._repeated(draft)
                continue
            here.append(draft)
            if row is None:
                new[key] = draft
                self._count(draft, Outcome.WARNED if draft.remarks else Outcome.TAKEN)
            elif difference := self._compare(draft, row):
                changed.append((row, difference))
        self._insert(record, list(new.values()))
        for row, difference in changed:
            self._update(record, row, difference)
        if record.target.written and (new or changed):
            touched = {draft.values["enterprise_id"] for draft in new.values()}
            record.target.written(
                self.stations.actor,
                touched | {row.enterprise_id for row, _difference in changed if isinstance(row, Fact)},
            )
        return here

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

    def _compare(self, draft: Draft, row: Kept) -> dict[str, Any] | None:
        """Compare a draft with the existing record. Returns the values to write if the profile updates records."""
        if getattr(row, "voided_at", None) is not None:
            self._count(draft, Outcome.ALREADY, Remark("voided", Outcome.ALREADY, "", {}))
            return None
        there = {
            name: value for name, value in draft.values.items() if name not in ("station_id", "enterprise_id")
        }
        before = {name: getattr(row, name) for name, value in there.items() if getattr(row, name) != value}
        remarks = []
        if is_enterprise(draft.record.target) and row.station_id != draft.values["station_id"]:
            # custody changes by a hand-over with day and reason, not by an import
            columns = self.spec.station.columns if self.spec.station else ()
            column = columns[0] if columns else ""
            remarks.append(Remark("other_station", Outcome.WARNED, column, shown({"value": draft.station})))
        if not before:
            self._count(draft, Outcome.ALREADY, *remarks)
            return None
        outcome = Outcome.UPDATED if self.update else Outcome.DIFFERS
        for name, here in before.items():
            values = shown({"here": cells.as_text(here), "there": cells.as_text(there[name])})
            remarks.append(Remark(str(outcome), outcome, name, values))
        self._count(draft, outcome, *remarks)
        return {name: there[name] for name in before} if self.update else None

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
                reason=_("Imported again: %(file)s") % {"file": self.spec.label},
                values=values,
            )
            return
        kept = values.pop("source_values", None)
        if values:
            edit_enterprise(actor=actor, enterprise_id=row.pk, version=row.version, **values)
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

    def _refuse(self, draft: Draft, remark: Remark) -> None:
        self.tallies[id(draft.record)].refused += 1
        self.report.add(self.spec.label, draft.row, [remark])

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
        new = outcome in (Outcome.TAKEN, Outcome.WARNED)
        remarks: Iterable[Remark] = [*(draft.remarks if new else ()), *more]
        if remarks:
            self.report.add(self.spec.label, draft.row, remarks)
        elif self.every_row and draft.record is self.spec.record:
            self.report.line(self.spec.label, draft.row, Remark(str(outcome), outcome))

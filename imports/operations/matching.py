"""Finding the enterprise that a row is about, and the record here that it stands for."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from typing import Any, NamedTuple, Protocol

from django.db.models import Q

from enterprises.models import Enterprise
from facts.models import Fact
from foundation.contributions.sheets import number_of
from foundation.identifiers import folded, readable
from foundation.tenancy.scope import station_scope
from imports.choices import Choice
from imports.keys import Spelled, Spelling, name_spellings
from imports.models import ImportedRecord
from imports.operations.four_eyes import column_of
from imports.operations.organisations import Stations
from imports.profile import FileSpec, Record
from imports.remarks import Refused, Remark, doubt
from imports.rows import Draft
from imports.targets import fact_model
from imports.twins import Found, Known, Twins

Kept = Enterprise | Fact  # an existing record
Standing = Mapping[int, Kept]  # the record that each draft stands for, by the draft's id()


class Decision(NamedTuple):
    """What a person decided about a row: a Choice, the twin that it is about, the fields that stay as they are."""

    choice: str = ""
    twin: int = 0
    stays: frozenset[str] = frozenset()


UNDECIDED = Decision()
_BY = {"key": "external_id", "credit_code": "credit_code", "name": "name"}


class Refuse(Protocol):
    """Refuses a draft for these reasons, and reports them."""

    def __call__(self, draft: Draft, /, *remarks: Remark) -> None: ...


class Matching:
    """What the drafts of one file stand for. Needs a scope, but for what is looked up in the whole bureau."""

    def __init__(
        self,
        *,
        spec: FileSpec,
        stations: Stations,
        spelling: Spelling,
        last_ids: Mapping[type[Any], int],
        choices: Mapping[int, Decision],
        refuse: Refuse,
    ) -> None:
        self.spec, self.stations, self.spelling = spec, stations, spelling
        self.last_ids, self.choices, self.refuse = last_ids, choices, refuse
        self.bureau_id = stations.bureau.pk
        self._alike: Counter[tuple[Any, ...]] = Counter()  # rows so far without a key, by what they say
        self._numbered: dict[int, Kept] = {}  # the records of the drafts that have a number of ours
        self._twins: dict[int, Twins] = {}  # by station

    # --- the enterprise that a fact is about --------------------------------------------------------------------------

    def place(self, drafts: list[Draft]) -> list[Draft]:
        """Set enterprise and station of the drafts, refuse those whose enterprise is not found, return the others."""
        self._numbered = self._with_number(drafts)
        known = self.enterprises([draft.enterprise for draft in drafts])
        placed = []
        for draft in drafts:
            if draft.number:
                row = self._numbered.get(id(draft))
                if isinstance(row, Fact) and self._is_about(draft, row):
                    draft.values |= {"enterprise_id": row.enterprise_id, "station_id": row.station_id}
                    placed.append(draft)
                continue
            found = self.check_enterprise(draft, known)
            if found is None:
                self.refuse(draft, *draft.faults)
                continue
            draft.values["enterprise_id"], draft.values["station_id"] = found
            placed.append(draft)
        return placed

    def _with_number(self, drafts: list[Draft]) -> dict[int, Kept]:
        """Return the records with the numbers of the drafts, by the draft's id(); refuse those without one here."""
        numbered = [draft for draft in drafts if draft.number]
        if not numbered:
            return {}
        model = self.spec.record.target.model
        own = Q(bureau_id=self.bureau_id) if model is Enterprise else Q(enterprise__bureau_id=self.bureau_id)
        rows = model._default_manager.filter(own, pk__in={draft.number for draft in numbered})
        if model is not Enterprise:
            rows = rows.select_related("enterprise")
        there: dict[int, Any] = {row.pk: row for row in rows}
        for draft in numbered:
            if draft.number not in there:
                column = self.spec.record_number[0]
                value = number_of(self.spec.record.target, draft.number)
                self.refuse(draft, Refused("no_such_record", column, value=value).remark)
        return {id(draft): there[draft.number] for draft in numbered if draft.number in there}

    def _is_about(self, draft: Draft, row: Fact) -> bool:
        """Return whether a draft names the enterprise of its record, or none; refuse it if not."""
        of = row.enterprise
        here = {"key": of.external_id, "credit_code": of.credit_code, "name": of.name}[
            self.spec.enterprise_by
        ]
        if not draft.enterprise.text or folded(draft.enterprise.text) == folded(here):
            return True
        column = self.spec.enterprise[0]
        self.refuse(draft, Refused("other_enterprise", column, here=here, value=draft.enterprise.text).remark)
        return False

    def check_enterprise(
        self, draft: Draft, known: Mapping[str, list[tuple[int, int]]]
    ) -> tuple[int, int] | None:
        """Return the enterprise of a draft and its station; add a fault if there is none, or several."""
        found = known.get(draft.enterprise.raw) or known.get(draft.enterprise.text, [])
        if len(found) == 1:
            return found[0]
        columns = self.spec.enterprise or self.spec.record.key.columns
        code = "several_enterprises" if found else "no_enterprise"
        draft.faults.append(Refused(code, columns[0] if columns else "", value=draft.enterprise.raw).remark)
        return None

    def enterprises(self, names: list[Spelled]) -> dict[str, list[tuple[int, int]]]:
        """Return the enterprises with these codes, numbers or names, as (id, station)."""
        field = _BY[self.spec.enterprise_by]
        keys = {text for name in names for text in (name.text, name.raw)}
        by_name = field == "name"
        if by_name:
            keys = {text for key in keys for text in name_spellings(key)}
        rows = (
            Enterprise.objects.filter(bureau_id=self.bureau_id, **{f"{field}__in": keys - {""}})
            .exclude(**{field: ""})  # lets the planner use the partial unique index
            .values_list(field, "id", "station_id")
        )
        found: dict[str, list[tuple[int, int]]] = {}
        for key, number, station in rows:
            found.setdefault(readable(key) if by_name else key, []).append((number, station))
        return found

    # --- facts that are here already ----------------------------------------------------------------------------------

    def facts(
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
        with_key = [draft for draft in drafts if name_of(draft).text]
        find([(draft, [name_of(draft).raw, name_of(draft).text]) for draft in with_key])
        others = [
            (draft, keys)
            for draft in with_key
            if id(draft) not in found and (keys := name_of(draft).earlier(self.spelling.earlier_formats))
        ]
        if others:
            find(others)
        return found

    def facts_of(self, record: Record, drafts: list[Draft]) -> dict[int, Kept]:
        """Return the facts that the drafts stand for: by key, or else those that say the same of the enterprise."""
        model = fact_model(record.target)
        found = self.facts(drafts, model, lambda draft: draft.spelled) | self._numbered
        without = [draft for draft in drafts if not draft.key and not draft.number]
        names = [name for name in record.target.alike if name in record.fields]
        if not without or not names:
            return found
        said = {id(draft): tuple(draft.values.get(name) for name in names) for draft in without}
        there = self._there(model, record, without, names)
        for draft in without:
            alike = (id(record), draft.values["enterprise_id"], *said[id(draft)])
            rows = there.get(alike[1:], [])
            if self._alike[alike] < len(rows):
                found[id(draft)] = rows[self._alike[alike]]
            self._alike[alike] += 1
        return found

    def _there(
        self, model: type[Fact], record: Record, drafts: list[Draft], names: list[str]
    ) -> dict[tuple[Any, ...], list[Fact]]:
        """Return the facts of before this import, but for undone ones, by enterprise and what they say."""
        day = model.dated_by
        rows = model._default_manager.filter(
            enterprise_id__in={draft.values["enterprise_id"] for draft in drafts},
            pk__lte=self.last_ids[model],
            **{f"{day}__in": {draft.values[day] for draft in drafts if draft.values.get(day)}},
        ).order_by("id")
        voided = [row.pk for row in rows if row.voided_at is not None]
        undone = set()
        if voided:
            undone = set(
                ImportedRecord.objects.filter(kind=record.target.code, object_id__in=voided, is_new=True)
                .exclude(undone_at=None)
                .values_list("object_id", flat=True)
            )
        found: dict[tuple[Any, ...], list[Fact]] = {}
        for row in rows:
            if row.pk not in undone:
                said = tuple(getattr(row, name) for name in names)
                found.setdefault((row.enterprise_id, *said), []).append(row)
        return found

    # --- enterprises that are here already ----------------------------------------------------------------------------

    def register(self, drafts: list[Draft]) -> tuple[list[Draft], Standing]:
        """Return the drafts that may be written, and the enterprises that they stand for. Refuse the others.

        An enterprise is known by its number in the source, or else by its credit code. A row with neither is doubtful
        if the register has the same name, until a person decides.
        """
        numbered = self._with_number(drafts)
        drafts = [draft for draft in drafts if not draft.number or id(draft) in numbered]
        drafts = self._at_known_stations(drafts)
        formats = self.spelling.earlier_formats
        names = {
            id(draft): (draft.spelled.raw, draft.key, *draft.spelled.earlier(formats))
            for draft in drafts
            if draft.key
        }
        there = {row.external_id: row for row in self._having("external_id", _all(names.values()))}
        known: dict[int, Kept] = dict(numbered)
        for draft in drafts:
            if id(draft) in known:
                continue
            row = next((there[name] for name in names.get(id(draft), ()) if name in there), None)
            if row is not None:
                known[id(draft)] = row
        drafts = self._with_free_codes(drafts, known)
        drafts = self._without_clashes(drafts, known)
        return self._without_twins(drafts, known), known

    def _having(self, field: str, values: Iterable[str]) -> Iterable[Enterprise]:
        wanted = set(values) - {""}
        if not wanted:
            return ()
        return Enterprise.objects.filter(bureau_id=self.bureau_id, **{f"{field}__in": wanted}).exclude(
            **{field: ""}
        )

    def _at_known_stations(self, drafts: list[Draft]) -> list[Draft]:
        """Set the station of the drafts; refuse those that name one that the importing person does not keep."""
        kept = []
        for draft in drafts:
            station = self.stations.find(draft.station or "")
            if station is None:
                columns = self.spec.station.columns if self.spec.station else ()
                where = columns[0] if columns else ""
                self.refuse(draft, Refused("no_such_station", where, value=draft.station).remark)
            else:
                draft.values["station_id"] = station.pk
                kept.append(draft)
        return kept

    def _with_free_codes(self, drafts: list[Draft], known: dict[int, Kept]) -> list[Draft]:
        """Refuse drafts whose credit code is taken, in the register or by an earlier row; return the others.

        A draft without a number stands for the enterprise with its code.
        """
        codes = {draft.values["credit_code"] for draft in drafts if draft.values.get("credit_code")}
        if not codes:
            return drafts
        rows = {
            (row.credit_code, row.site): row
            for row in Enterprise.objects.filter(bureau_id=self.bureau_id, credit_code__in=codes)
        }
        taken: dict[tuple[Any, Any], str] = {
            code: row.external_id or f"#{row.pk}" for code, row in rows.items()
        }
        free = []
        rows_of: dict[tuple[Any, Any], int] = {}  # the first of the file with a code, of those that are new
        for draft in drafts:
            code = (draft.values.get("credit_code"), draft.values.get("site", ""))
            if code[0] and not draft.key and not draft.number and code in rows:
                known[id(draft)] = rows[code]
                free.append(draft)
                continue
            row = known.get(id(draft))
            number = f"#{row.pk}" if isinstance(row, Enterprise) else f"row {draft.row}"
            mine = (row.external_id if isinstance(row, Enterprise) else "") or draft.key or number
            owner = taken.setdefault(code, mine) if code[0] else mine
            if owner == mine:
                free.append(draft)
                if code not in rows:
                    rows_of.setdefault(code, draft.row)
            elif code in rows_of:
                column = column_of(draft.record, "credit_code")
                self.refuse(draft, Refused("code_in_file", column, value=code[0], row=rows_of[code]).remark)
            else:
                self.refuse(draft, Refused("code_taken", "credit_code", value=code[0]).remark)
        return free

    def _without_clashes(self, drafts: list[Draft], known: Standing) -> list[Draft]:
        """Refuse new enterprises whose number or code is on the register of another station, which the scope hides."""
        if self.stations.are_all:
            return drafts
        new = [draft for draft in drafts if id(draft) not in known]
        numbers = {draft.key for draft in new} - {""}
        codes = {draft.values.get("credit_code") or "" for draft in new} - {""}
        with station_scope(self.stations.whole_bureau.scope()):
            of_others = {row.external_id for row in self._having("external_id", numbers)}
            codes_of_others = {(row.credit_code, row.site) for row in self._having("credit_code", codes)}
        free = []
        for draft in drafts:
            code = (draft.values.get("credit_code"), draft.values.get("site", ""))
            if id(draft) in known or (draft.key not in of_others and code not in codes_of_others):
                free.append(draft)
            else:
                column, value = ("", draft.key) if draft.key in of_others else ("credit_code", code[0])
                self.refuse(draft, Refused("elsewhere", column, value=value).remark)
        return free

    def _without_twins(self, drafts: list[Draft], known: dict[int, Kept]) -> list[Draft]:
        """Take drafts that only a person can tell from an enterprise here out, unless one has."""
        unsure = [draft for draft in drafts if id(draft) not in known and not draft.key]
        if not unsure:
            return drafts
        likely = {draft.row: self._twins_of(draft) for draft in unsure}
        same = Enterprise.objects.in_bulk(
            {
                twin
                for draft in unsure
                for choice, twin, _stays in [self.choices.get(draft.row, UNDECIDED)]
                if choice == Choice.IS_SAME and twin in {each.known.pk for each in likely[draft.row]}
            }
        )
        out: set[int] = set()
        for draft in unsure:
            choice, twin_id, _stays = self.choices.get(draft.row, UNDECIDED)
            if choice == Choice.IS_SAME and twin_id in same:
                known[id(draft)] = same[twin_id]
                continue
            # rows of this chunk may be twins, too
            found = None if choice == Choice.IS_OTHER else next(iter(self._twins_of(draft)), None)
            if found is not None:
                self.refuse(draft, _doubt(draft, found))
                out.add(id(draft))
            else:
                self._twins_at(draft.values["station_id"]).add(_as_known(draft))
        return [draft for draft in drafts if id(draft) not in out]

    def _twins_of(self, draft: Draft) -> list[Found]:
        """Return the enterprises that a draft may be, the likeliest first.

        Two with different credit codes are two. If only one of them has a code, the address has to be like, too, and
        so it has if both are rows of the file.
        """
        values = draft.values
        code, address = values.get("credit_code") or "", values.get("address") or ""
        found = self._twins_at(values["station_id"]).find(values["name"], address)
        return [
            each
            for each in found
            if (not code or not each.known.code)
            and (each.is_like_place or not (code or each.known.row) or not (address or each.known.address))
        ]

    def _twins_at(self, station_id: int) -> Twins:
        """Return the enterprises of a station, and those of the rows so far that are new there."""
        if station_id not in self._twins:
            rows = Enterprise.objects.filter(station_id=station_id, pk__lte=self.last_ids[Enterprise])
            fields = rows.order_by("pk").values_list("pk", "name", "address", "credit_code")
            self._twins[station_id] = Twins(
                Known(pk, 0, name, address, code)
                for pk, name, address, code in fields.iterator(chunk_size=10_000)
            )
        return self._twins[station_id]


def _as_known(draft: Draft) -> Known:
    values = draft.values
    code, address = values.get("credit_code") or "", values.get("address") or ""
    return Known(0, draft.row, values["name"], address, code)


def _doubt(draft: Draft, found: Found) -> Remark:
    """Return the remark that a draft is perhaps here already, or in an earlier row."""
    twin = found.known
    if twin.row:
        code = "twin_in_file" if found.is_same_name else "near_in_file"
        return doubt(code, "name", value=twin.row, here=twin.name)
    code = "twin" if found.is_same_name else "near_twin"
    return doubt(code, "name", value=draft.values["name"], here=twin.name, twin=twin.pk)


def _all(groups: Iterable[Iterable[str]]) -> set[str]:
    return {each for group in groups for each in group}

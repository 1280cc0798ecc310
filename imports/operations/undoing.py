"""Undoing an import as a whole, while nothing builds on it."""

from collections import Counter, defaultdict
from collections.abc import Iterator
from typing import Any, NamedTuple

from django.db import transaction
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from enterprises.models import Enterprise
from enterprises.operations import take_back
from enterprises.operations.register import lock_in_order
from facts.batches import void_many
from facts.models import Fact
from foundation.accounts import access, auditing
from foundation.accounts.access import WrongState
from foundation.accounts.actors import Actor
from foundation.accounts.models import Bureau
from foundation.contributions.sheets import Target, targets
from foundation.tenancy.scope import station_scope
from foundation.words import labelled, listed
from imports.access import Permission
from imports.choices import AuditAction
from imports.models import Import, ImportedRecord, Upload, UploadRow
from imports.operations.building import PART, built_on
from imports.operations.organisations import OwnStations
from imports.operations.run import lock_imports
from imports.operations.updating import restored, update_record
from imports.targets import fact_model, is_enterprise
from ratings.choices import OFFICIAL, EvaluationState
from ratings.models import Evaluation, Rating

MOST_NAMED = 10  # records that stand in the way
UNFINISHED = (EvaluationState.OPEN, EvaluationState.RATING, EvaluationState.PUBLISHING)


class BuiltOn(WrongState):
    """Something builds on what the import wrote; ``obstacles`` name it, at most ten."""

    def __init__(self, obstacles: list[str], count: int) -> None:
        self.obstacles, self.count = obstacles, count
        named = pgettext("list", "; ").join(obstacles)
        words = ngettext(
            "The import stays, because something builds on %(count)d record: %(named)s.",
            "The import stays, because something builds on %(count)d records: %(named)s.",
            count,
        )
        super().__init__(words % {"count": count, "named": named})


@transaction.atomic
def undo(*, actor: Actor, run_id: int) -> int:
    """Take everything back that an import wrote; return how many records.

    Updated records say again what they said before. New facts are voided, new enterprises leave the register as if they
    had never been on it; their keys are free again.
    Raise BuiltOn, naming what stands in the way: somebody corrected, decided, rated or added to a record. DoesNotExist
    for an import that the actor does not answer for, WrongState if it is undone already, or if it updated records and
    nobody knows any more what these said before, or while a quarter is rated.
    """
    access.require(actor, Permission.TAKE_OVER_SHEETS)
    run = _run_of(actor, run_id)
    bureau = Bureau.objects.get(pk=run.bureau_id)
    lock_imports(bureau)
    stations = OwnStations(bureau, actor.station_id or None)
    system = stations.actor
    with station_scope(system.scope()):
        records = list(ImportedRecord.objects.filter(run_id=run.pk, undone_at=None).order_by("id"))
        if not records:
            raise WrongState(_("Nothing of this import is left to undo."))
    reason = _("Import undone: %(file)s") % {"file": run}
    if targets[records[0].kind].acts is not None:  # all rows of a sheet are of one kind
        _take_acts_back(actor, records, run, reason)
    else:
        _take_records_back(system, records, run, reason)
    with station_scope(system.scope()):
        ImportedRecord.objects.filter(run_id=run.pk, undone_at=None).update(undone_at=timezone.now())
    auditing.record(
        actor=actor,
        action=AuditAction.UNDO,
        target=run,
        after={"undone": len(records)},
        place=(actor.bureau_id, actor.station_id),
    )
    return len(records)


def _take_records_back(system: Actor, records: list[ImportedRecord], run: Import, reason: str) -> None:
    """Void facts, take enterprises back, and restore what was updated. Raise BuiltOn, WrongState."""
    with station_scope(system.scope()):
        unfinished = Evaluation.objects.filter(kind__in=OFFICIAL, state__in=UNFINISHED)
        if unfinished.filter(bureau_id=run.bureau_id).exists():
            raise WrongState(
                _("A quarter is being rated, perhaps with these records. Undo it when that is published.")
            )
        _lock(records)
        updates = _updates_of(run, [record for record in records if not record.is_new])
        by_kind: dict[str, list[int]] = defaultdict(list)
        for record in records:
            if record.is_new:
                by_kind[record.kind].append(record.object_id)
        obstacles = [each for kind, ids in by_kind.items() for each in _obstacles(targets[kind], ids, run)]
        obstacles += _changed_since(updates, run)
        if obstacles:
            raise BuiltOn(obstacles[:MOST_NAMED], len(obstacles))
        touched: dict[str, set[int]] = defaultdict(set)
        for kind, row, values, _version in updates:
            update_record(system, row, restored(row, values), reason=reason)
            if isinstance(row, Fact):
                touched[kind].add(row.enterprise_id)
        for kind, ids in by_kind.items():
            target = targets[kind]
            if is_enterprise(target):
                take_back(actor=system, enterprise_ids=ids)
            else:
                touched[kind] |= void_many(actor=system, model=fact_model(target), ids=ids, reason=reason)
        for kind, enterprises in touched.items():
            if (written := targets[kind].written) is not None:
                written(system, enterprises)


def _take_acts_back(actor: Actor, records: list[ImportedRecord], run: Import, reason: str) -> None:
    """Undo acts by the operations of the pages, in the name of who undoes them. Raise BuiltOn, WrongState, NotAllowed."""
    with station_scope(actor.scope()):
        make = targets[records[0].kind].acts
        assert make is not None
        acts = make(actor)
        before = {row: each["values"] for row, each in _befores(run, records).items()}
        found = [acts.in_the_way(each.object_id, before.get(each.row, {})) for each in records]
        if obstacles := [each for each in found if each]:
            raise BuiltOn(obstacles[:MOST_NAMED], len(obstacles))
        if any(not each.is_new and each.row not in before for each in records):
            raise WrongState(_not_kept())
        # in the order in which others lock several
        for each in sorted(records, key=lambda each: each.object_id):
            acts.take_back(each.object_id, before.get(each.row, {}), reason)


def _run_of(actor: Actor, run_id: int) -> Import:
    """Return the import: a supervisor answers for all of the bureau, a chief for those of the own sheets."""
    runs = Import.objects.filter(bureau_id=actor.bureau_id, dry_run=False)
    own = Upload.objects.filter(grant_id=actor.grant_id, run_ids__contains=[run_id])
    if actor.station_id and not own.exists():
        raise Import.DoesNotExist
    return runs.get(pk=run_id)


# --- what was updated -------------------------------------------------------------------------------------------------


class Update(NamedTuple):
    """A record that an import updated, locked: what it said before, and its version since."""

    kind: str
    row: Enterprise | Fact
    values: dict[str, Any]
    version: int


def _lock(records: list[ImportedRecord]) -> None:
    """Let nobody change the records until they are taken back: enterprises first, as everywhere.

    Raise WrongState if some are not here any more, because their enterprise was handed over.
    """
    by_kind: dict[str, set[int]] = defaultdict(set)
    for record in records:
        by_kind[record.kind].add(record.object_id)
    enterprises: set[int] = set()
    for kind, kept in by_kind.items():
        if is_enterprise(targets[kind]):
            enterprises |= kept
        else:
            facts = fact_model(targets[kind])._default_manager.filter(pk__in=kept)
            enterprises.update(facts.values_list("enterprise_id", flat=True))
    lock_in_order(enterprises)
    away = 0
    for kind in sorted(by_kind, key=lambda kind: not is_enterprise(targets[kind])):
        model, ids = targets[kind].model, sorted(by_kind[kind])
        for start in range(0, len(ids), PART):
            part = ids[start : start + PART]
            rows = model._default_manager.select_for_update(of=("self",)).filter(pk__in=part).order_by("pk")
            away += len(part) - len(rows.values_list("pk"))
    if away:
        words = ngettext(
            "The import stays, because %(count)d of its records was handed over with its enterprise.",
            "The import stays, because %(count)d of its records were handed over with their enterprise.",
            away,
        )
        raise WrongState(words % {"count": away})


def _updates_of(run: Import, records: list[ImportedRecord]) -> list[Update]:
    """Return what the records of an import said before. Raise WrongState if that is not known any more.

    The rows of the sheet remember it: an import by the command has none, and a sheet may have been deleted since.
    """
    found = []
    for start in range(0, len(records), PART):
        part = records[start : start + PART]
        before = _befores(run, part)
        for each in part:
            if each.row not in before:
                raise WrongState(_not_kept())
            model = targets[each.kind].model
            row: Any = model._default_manager.select_for_update().get(pk=each.object_id)
            found.append(Update(each.kind, row, before[each.row]["values"], before[each.row]["version"]))
    return found


def _befores(run: Import, records: list[ImportedRecord]) -> dict[int, dict[str, Any]]:
    """Return what the rows of an import's sheet remember of before, by the number of the row."""
    rows = UploadRow.objects.filter(
        bureau_id=run.bureau_id,
        upload__run_ids__contains=[run.pk],
        number__in=[each.row for each in records],
    )
    return {row.number: row.before for row in rows if row.before}


def _not_kept() -> str:
    return _(
        "This import updated records, and what these said before is not kept any more. Correct those records one by one."
    )


def _changed_since(updates: list[Update], run: Import) -> Iterator[str]:
    """Return the updated records that somebody changed since, and those that a published rating may have measured."""
    rated = _rated_since({_enterprise_of(each.row) for each in updates}, run)
    for each in updates:
        name = f"{capfirst(str(each.row._meta.verbose_name))} {each.row}"
        if each.row.version != each.version or getattr(each.row, "voided_at", None):
            yield _("%(record)s (changed since)") % {"record": name}
        elif quarter := rated.get(_enterprise_of(each.row)):
            words = _("%(record)s (measured by the published rating of %(quarter)s)")
            yield words % {"record": name, "quarter": quarter}


def _enterprise_of(row: Enterprise | Fact) -> int:
    return row.enterprise_id if isinstance(row, Fact) else row.pk


# --- what stands in the way -------------------------------------------------------------------------------------------


def _obstacles(target: Target, ids: list[int], run: Import) -> Iterator[str]:
    for start in range(0, len(ids), PART):
        part = ids[start : start + PART]
        yield from _of_enterprises(part) if is_enterprise(target) else _of_facts(target, part, run)


def _of_facts(target: Target, ids: list[int], run: Import) -> Iterator[str]:
    """Return the facts that somebody acted on or added to since, and those that a published rating may have measured."""
    model = fact_model(target)
    rows = model._default_manager.filter(pk__in=ids, voided_at=None).select_related("enterprise")
    used = built_on(model, ids)
    rated = _rated_since({row.enterprise_id for row in rows}, run)
    for row in rows:
        name = f"{capfirst(str(model._meta.verbose_name))} {row.enterprise}, {getattr(row, model.dated_by)}"
        if row.version > 1:
            yield _("%(record)s (changed since)") % {"record": name}
        elif row.pk in used:
            yield _with(name, used[row.pk])
        elif row.enterprise_id in rated:
            yield _("%(record)s (measured by the published rating of %(quarter)s)") % {
                "record": name,
                "quarter": rated[row.enterprise_id],
            }


def _rated_since(enterprise_ids: set[int], run: Import) -> dict[int, str]:
    """Return the quarter of a rating that was published after the import, by enterprise."""
    rows = Rating.objects.filter(
        enterprise_id__in=enterprise_ids, trial=False, evaluation__completed_at__gte=run.started_at
    )
    return dict(rows.values_list("enterprise_id", "period_code"))


def _of_enterprises(ids: list[int]) -> Iterator[str]:
    """Return the enterprises that somebody edited, those that something names, and those whose people have a role."""
    used = built_on(Enterprise, ids)
    for row in Enterprise.objects.filter(pk__in=ids).order_by("pk"):
        if row.version > 1:
            yield _("%(record)s (changed since)") % {"record": row.name}
        elif row.pk in used:
            yield _with(row.name, used[row.pk])


def _with(name: str, used: Counter[str]) -> str:
    """Return a record with what builds on it."""
    return labelled(name, listed(labelled(capfirst(word), count) for word, count in used.items()))

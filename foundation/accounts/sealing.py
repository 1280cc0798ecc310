"""Sealing the audit log, and checking that it still is what was sealed.

Each committed entry becomes a link in the chain of its bureau: a digest of the link before and of the entry. A seal closes
all chains that grew; the seals are the chain of the installation. Whoever changes, removes or inserts an entry has to
write every later link and seal anew, which the runtime role cannot, and contradicts the seals in the log stream.

Numbers do not follow the order of commits: an entry with a smaller number may be committed after a greater one was
sealed. So an entry is sealed when every transaction of its time has ended (``pg_snapshot_xmin``), whatever its number.
"""

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import structlog
from django.db import connection
from django.db.models import BooleanField, Exists, Func, Min, OuterRef, QuerySet
from django.utils import timezone

from foundation.accounts.auditing import commitment_in
from foundation.accounts.digests import digest_of_link, digest_of_seal, digest_of_value
from foundation.accounts.models import AuditEntry, AuditLink, AuditSeal, AuditValue
from foundation.database.appending import append
from foundation.tenancy.scope import Audience, Scope, station_scope

logger = structlog.get_logger(__name__)

SEALER = Scope(audience=Audience.SEALER)
AT_ONCE = 20_000  # entries that one seal covers at most
READ_AT_ONCE = 1_000
OVERDUE = dt.timedelta(hours=2)  # beat seals every hour
_LOCK = 4_204_207  # of pg_advisory_xact_lock: two at once would write the same numbers

Head = tuple[int, str]  # number and digest of a chain's last link
NO_HEAD: Head = (0, "")


class Settled(Func):
    """Whether every transaction that could still write an entry of the same time has ended.

    A number beyond the snapshot was given by another server, from which the database was restored.
    """

    template = (
        "(%(expressions)s IS NULL OR %(expressions)s < pg_snapshot_xmin(pg_current_snapshot())"
        " OR %(expressions)s >= pg_snapshot_xmax(pg_current_snapshot())"
        " AND %(expressions)s IS DISTINCT FROM pg_current_xact_id_if_assigned())"
    )
    output_field = BooleanField()


@dataclass(frozen=True)
class Misfit:
    """The first thing in a chain that does not fit. ``entry_id`` is 0 if it is a seal, not an entry."""

    bureau_id: int
    entry_id: int
    what: str

    def __str__(self) -> str:
        chain = f"bureau {self.bureau_id}" if self.bureau_id else "the platform"
        return f"Log of {chain}: {f'entry {self.entry_id} ' if self.entry_id else ''}{self.what}."


def seal_log() -> int:
    """Seal what was committed. Return the number of entries that it covers."""
    total = 0
    while sealed := _seal_some():
        total += sealed
        if sealed < AT_ONCE:
            break
    since = waiting_since()
    if since is not None and is_overdue(since):
        logger.error("audit log not sealed", since=since.isoformat())
    return total


def _seal_some() -> int:
    with station_scope(SEALER):
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])
        entries = list(unsealed()[:AT_ONCE])
        if not entries:
            return 0
        heads = {bureau_id: _head_of(bureau_id) for bureau_id in {entry.bureau_id for entry in entries}}
        links = []
        for entry in entries:
            number, digest = heads[entry.bureau_id]
            heads[entry.bureau_id] = number + 1, digest_of_link(digest, entry)
            number, digest = heads[entry.bureau_id]
            links.append(
                AuditLink(bureau_id=entry.bureau_id, number=number, entry_id=entry.pk, digest=digest)
            )
        AuditLink.objects.bulk_create(links, batch_size=READ_AT_ONCE)
        last = AuditSeal.objects.order_by("-number").first()
        number = last.number + 1 if last else 1
        stored = {str(bureau_id): list(head) for bureau_id, head in sorted(heads.items())}
        digest = digest_of_seal(last.digest if last else "", number, stored)
        append([AuditSeal(number=number, heads=stored, digest=digest)])
        logger.info("audit log sealed", seal=number, digest=digest, entries=len(entries), heads=stored)
        return len(entries)


def waiting() -> int:
    """Return the number of entries that no seal covers yet."""
    with station_scope(SEALER):
        return AuditEntry.objects.filter(~Exists(_links())).count()


def waiting_since() -> dt.datetime | None:
    """Return the moment of the oldest entry that no seal covers yet; None if there is none."""
    with station_scope(SEALER):
        oldest: dt.datetime | None = AuditEntry.objects.filter(~Exists(_links())).aggregate(at=Min("at"))[
            "at"
        ]
        return oldest


def is_overdue(since: dt.datetime | None) -> bool:
    """Return whether an entry of this moment should have been sealed: a transaction is open, or nobody seals."""
    return since is not None and timezone.now() - since > OVERDUE


def unsealed() -> QuerySet[AuditEntry]:
    """Return the entries that can be sealed, in the order of their numbers."""
    return AuditEntry.objects.filter(~Exists(_links()), Settled("transaction")).order_by("pk")


def _links() -> QuerySet[AuditLink]:
    return AuditLink.objects.filter(entry_id=OuterRef("pk"))


def _head_of(bureau_id: int) -> Head:
    last = AuditLink.objects.filter(bureau_id=bureau_id).order_by("-number").first()
    return (last.number, last.digest) if last else NO_HEAD


# --- checking ---------------------------------------------------------------------------------------------------------
def verify_log(known: Mapping[int, str] | None = None) -> list[Misfit]:
    """Check every chain and every seal. Return the first misfit of each chain; the installation's seals come last.

    ``known``: digests of seals by number, as they were written to the log stream.
    """
    with station_scope(SEALER):
        seals = list(AuditSeal.objects.order_by("number"))
        chains = AuditLink.objects.order_by("bureau_id").values_list("bureau_id", flat=True).distinct()
        sealed_in = {int(bureau_id) for seal in seals for bureau_id in seal.heads}
        found = [
            misfit
            for bureau_id in sorted({*chains, *sealed_in})
            if (misfit := next(_misfits_of(bureau_id, seals), None))
        ]
        return [*found, *list(_misfits_of_seals(seals, known or {}))[:1]]


def _misfits_of(bureau_id: int, seals: list[AuditSeal]) -> Iterator[Misfit]:
    closed: dict[int, tuple[int, str]] = {
        seal.heads[str(bureau_id)][0]: (seal.number, seal.heads[str(bureau_id)][1])
        for seal in seals
        if str(bureau_id) in seal.heads
    }
    number, digest = NO_HEAD
    links = AuditLink.objects.filter(bureau_id=bureau_id).order_by("number")
    while page := list(links.filter(number__gt=number)[:READ_AT_ONCE]):
        entries = AuditEntry.objects.in_bulk([link.entry_id for link in page])
        values = _values_of(entries)
        for link in page:
            entry = entries.get(link.entry_id)
            if link.number != number + 1:
                yield Misfit(bureau_id, 0, f"links {number + 1} to {link.number - 1} are missing")
            if entry is None:
                yield Misfit(bureau_id, link.entry_id, "is missing")
            elif digest_of_link(digest, entry) != link.digest:
                yield Misfit(bureau_id, entry.pk, "is not what was sealed")
            else:
                for commitment in _commitments_in(entry):
                    value = values.get(commitment)
                    if value and digest_of_value(value.salt, value.value) != commitment:
                        yield Misfit(
                            bureau_id, entry.pk, "has a personal value that is not the one committed to"
                        )
            number, digest = link.number, link.digest
            seal, head = closed.pop(number, (0, digest))
            if head != digest:
                yield Misfit(bureau_id, link.entry_id, f"is the last of seal {seal}, whose digest is another")
    for last, (seal, _head) in sorted(closed.items()):
        yield Misfit(bureau_id, 0, f"seal {seal} covers {last} entries, of which {last - number} are missing")


def _commitments_in(entry: AuditEntry) -> Iterator[str]:
    for value in (*entry.before.values(), *entry.after.values()):
        if commitment := commitment_in(value):
            yield commitment


def _values_of(entries: Mapping[int, AuditEntry]) -> Mapping[str, AuditValue]:
    wanted = [commitment for entry in entries.values() for commitment in _commitments_in(entry)]
    return AuditValue.objects.in_bulk(wanted) if wanted else {}


def _misfits_of_seals(seals: list[AuditSeal], known: Mapping[int, str]) -> Iterator[Misfit]:
    digest = ""
    for number, seal in enumerate(seals, start=1):
        if seal.number != number:
            yield Misfit(0, 0, f"seal {number} is missing")
            return
        if digest_of_seal(digest, seal.number, seal.heads) != seal.digest:
            yield Misfit(0, 0, f"seal {number} does not continue the seal before it")
        if known.get(number, seal.digest) != seal.digest:
            yield Misfit(0, 0, f"seal {number} has another digest than the one that was noted")
        digest = seal.digest
    if gone := sorted(number for number in known if number > len(seals)):
        yield Misfit(0, 0, f"seal {gone[0]} is missing")

"""Entering the parties of a dispute, one or many, correcting one, and taking one off."""

from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from disputes.access import Permission
from disputes.acting import locked_dispute, record
from disputes.choices import Side
from disputes.models import Dispute, Party, belonging_to
from disputes.models.party import SEALED
from disputes.people import sealed
from disputes.people.entries import Entry, checked, entry_of
from disputes.people.masking import TITLE_FIELDS, names_one_of, names_somebody, refuse_persons
from disputes.people.register import registered_as
from disputes.people.selectors import names_in, parties_of
from disputes.whose import by_whom
from facts.attachments import list_attachments
from foundation.accounts.access import WrongState, require
from foundation.accounts.actors import Actor
from foundation.accounts.reasons import required_reason
from foundation.arguments import as_declared
from foundation.database.sealed import UNREADABLE
from foundation.faults import UNCHANGED, Faults
from foundation.identifiers import folded

ADDED, CORRECTED, VOIDED_ONE, OPENED = "party_added", "party_corrected", "party_voided", "party_opened"
MOST = 500  # parties of a dispute
NOT_REGISTERED = gettext_lazy(
    "No enterprise of the bureau's register has this unified social credit code. Enter the right code first."
)


class WrongRows(ValidationError):
    """Some of many entries are wrong: ``rows`` has the faults of each by its place, nothing of any was kept."""

    def __init__(self, rows: Mapping[int, Mapping[str, list[str]]]) -> None:
        super().__init__(_("Some rows are wrong."))
        self.rows = rows


@transaction.atomic
@as_declared
def add_party(*, actor: Actor, dispute_id: int, **values: Any) -> Party:
    """Enter a party of a dispute (the fields of :class:`disputes.people.entries.Entry`).

    Raise NotAllowed, Http404, WrongState if the dispute is voided or has very many parties, ValidationError by field: also
    if the same person is a party already, on whichever side, or the title of the dispute names them.
    """
    require(actor, Permission.RECORD_DISPUTES)
    dispute = locked_dispute(actor, dispute_id)
    entry = checked(values)
    found = Known(actor, dispute)
    found.refuse(entry)
    return _write(actor, dispute, [entry], found)[0]


@transaction.atomic
@as_declared
def add_parties(
    *, actor: Actor, dispute_id: int, entries: Sequence[Mapping[str, Any]], lines: Sequence[int] = ()
) -> list[Party]:
    """Enter many parties at once, all or none. Raise as :func:`add_party`, and WrongRows with the faults of each.

    ``lines`` are the numbers under which a person sees the entries; 1, 2, 3 … unless given.
    """
    require(actor, Permission.RECORD_DISPUTES)
    dispute = locked_dispute(actor, dispute_id)
    found = Known(actor, dispute)
    good, wrong = _judged(found, entries, lines)
    if wrong:
        raise WrongRows(wrong)
    return _write(actor, dispute, good, found) if good else []


def faults_of(
    actor: Actor, dispute: Dispute, entries: Sequence[Mapping[str, Any]], lines: Sequence[int] = ()
) -> dict[int, dict[str, list[str]]]:
    """Return what :func:`add_parties` would refuse of each entry now, by its place and field."""
    return _judged(Known(actor, dispute), entries, lines)[1]


def already_there(actor: Actor, dispute: Dispute, entries: Sequence[Mapping[str, Any]]) -> set[int]:
    """Return the places of the entries that are parties already, on the side that they name. What is wrong is none."""
    known, found = Known(actor, dispute), set()
    for place, values in enumerate(entries):
        faults = Faults()
        with faults.of():
            if known.has(checked(dict(values))):
                found.add(place)
    return found


def _judged(
    known: "Known", entries: Sequence[Mapping[str, Any]], lines: Sequence[int]
) -> tuple[list[Entry], dict[int, dict[str, list[str]]]]:
    """Return the entries that may be kept, and the faults of the others by their place."""
    good, wrong = [], {}
    for place, values in enumerate(entries):
        faults = Faults()
        with faults.of():
            entry = checked(dict(values))
            known.refuse(entry)
            known.take(entry, lines[place] if lines else place + 1)
            good.append(entry)
        if faults:
            wrong[place] = {name: ValidationError(found).messages for name, found in faults.by_field.items()}
    return good, wrong


@transaction.atomic
@as_declared
def correct_party(*, actor: Actor, dispute_id: int, party_id: int, reason: str, **values: Any) -> Party:
    """Correct a party: a new row replaces the old one, which stays, voided with the reason. Raise as :func:`add_party`.

    What is not given, or given empty, stays as it was: who corrects a party has not opened it. Whether it is a person or an
    organisation stays too.
    """
    require(actor, Permission.CORRECT_DISPUTES)
    dispute = locked_dispute(actor, dispute_id)
    known = Known(actor, dispute)
    old = known.standing(party_id)
    if UNREADABLE in vars(entry_of(old)).values():  # it would be sealed over what is there
        raise WrongState(
            _("What is sealed of this party cannot be read now: its key is missing. Tell whoever runs Anqi.")
        )
    faults = Faults()
    with faults.of():
        reason = _reason(reason, known)
    with faults.of():
        entry = checked(_merged(old, values))
        known.without(old).refuse(entry, entry_of(old))
    faults.refuse()
    if entry == entry_of(old) and not links_to(actor, old):
        raise ValidationError(_("Nothing was changed."), code=UNCHANGED)
    void_row(actor, old, reason)
    made = _write(actor, dispute, [entry], known, replaces=old, reason=reason)
    return made[0]


def links_to(actor: Actor, party: Party) -> int:
    """Return which enterprise of the register an organisation is that was entered before it came there; 0 if none. One query."""
    if party.is_person or party.registered_id or not party.credit_code:
        return 0
    return registered_as(actor, [party.credit_code]).get(party.credit_code, 0)


@transaction.atomic
@as_declared
def link_party(*, actor: Actor, dispute_id: int, party_id: int, reason: str) -> Party:
    """Link an organisation to the enterprise that has come to the register since, by its credit code. Its snapshot follows.

    Raise as :func:`correct_party`, WrongState if no enterprise of the bureau has its code.
    """
    require(actor, Permission.CORRECT_DISPUTES)
    known = Known(actor, locked_dispute(actor, dispute_id))
    if not links_to(actor, known.standing(party_id)):
        raise WrongState(str(NOT_REGISTERED))
    return correct_party(actor=actor, dispute_id=dispute_id, party_id=party_id, reason=reason)


@transaction.atomic
@as_declared
def void_party(*, actor: Actor, dispute_id: int, party_id: int, reason: str) -> Party:
    """Take a party off a dispute, with the reason. The row stays. Raise NotAllowed, Http404, WrongState, ValidationError."""
    require(actor, Permission.CORRECT_DISPUTES)
    dispute = locked_dispute(actor, dispute_id)
    known = Known(actor, dispute)
    party = known.standing(party_id)
    reason = _reason(reason, known)
    void_row(actor, party, reason)
    record(actor, dispute, VOIDED_ONE, {"party": party.number}, reason=reason)
    return party


class Known:
    """The parties that a dispute has, and those that are about to be added, to find the same one twice."""

    def __init__(self, actor: Actor, dispute: Dispute) -> None:
        self.actor, self.dispute = actor, dispute
        self.parties = list(parties_of(actor, dispute))
        self._index()

    def _index(self) -> None:
        self._sides: dict[tuple[str, ...], str] = {}
        self._lines: dict[tuple[str, ...], int] = {}  # of those that one list names
        self._named: dict[str, bool] = {}  # whether one of this name has nothing but the name
        for each in self.parties:
            self._sides |= dict.fromkeys(marks_of(each), each.side)
            if each.is_person and each.name != UNREADABLE:
                self._name(each.name, is_bare=not (each.identity_index or each.phone_index))

    def _name(self, name: str, *, is_bare: bool) -> None:
        index = sealed.name_index(name)
        self._named[index] = is_bare or self._named.get(index, False)

    @property
    def people(self) -> list[str]:
        """The names of persons among the parties."""
        return names_in(self.parties)

    def standing(self, party_id: int) -> Party:
        """Return a party that was not voided. Raise WrongState otherwise."""
        found = next((each for each in self.parties if each.pk == party_id), None)
        if found is None:
            raise WrongState(_("Somebody corrected or took off this party in the meantime."))
        return found

    def without(self, party: Party) -> "Known":
        """Return the same without one, which is about to be replaced."""
        found = Known.__new__(Known)
        found.actor, found.dispute = self.actor, self.dispute
        found.parties = [each for each in self.parties if each.pk != party.pk]
        found._index()
        return found

    def has(self, entry: Entry) -> bool:
        """Return whether who is entered is a party on that side, for certain."""
        return any(self._sides.get(mark) == entry.side for mark in _marks_of_entry(entry))

    def take(self, entry: Entry, line: int) -> None:
        """Count an entry, with its number in the list, among the parties."""
        self._sides |= dict.fromkeys(_marks_of_entry(entry), entry.side)
        self._lines |= dict.fromkeys(_marks_of_entry(entry), line)
        if entry.is_person:
            self._name(entry.name, is_bare=not (entry.identity or entry.phone))

    def refuse(self, entry: Entry, before: Entry | None = None) -> None:
        """Raise ValidationError for who is a party already, for a file that is none, and for a name in the title.

        ``before``: what is corrected. One whose name stays was told apart from others of this name when it was entered.
        """
        faults = Faults()
        twin = next((mark for mark in _marks_of_entry(entry) if mark in self._sides), None)
        if twin is not None:
            same = self._sides[twin]
            field = ("identity" if entry.identity else "name") if entry.is_person else "name"
            said = {"side": Side(same).label, "row": self._lines.get(twin, 0)}
            words = (
                _("The same party as in row %(row)d of this list.")
                if twin in self._lines
                else _("The same party is already there, on this side (%(side)s).")
                if same == entry.side
                else _("The same party is already there, on another side (%(side)s). Nobody stands on both.")
            )
            faults.add(ValidationError({field: words % said}))
        elif (before is None or before.name != entry.name) and (why := self._namesake(entry)):
            faults.add(ValidationError({"name": why}))
        persons = [entry.name] if entry.is_person else []
        persons += [each for each in (entry.representative, entry.guardian) if each and names_somebody(each)]
        if any(names_one_of(getattr(self.dispute, name), persons) for name in TITLE_FIELDS):
            words = _(
                "The title or place of the dispute names this person. Correct the dispute first, without the name."
            )
            faults.add(ValidationError({"name": words}))
        if entry.power_id and entry.power_id not in self.files:
            faults.add(ValidationError({"power_id": _("The dispute has no such file.")}))
        faults.refuse()

    def _namesake(self, entry: Entry) -> str:
        """Return why a person cannot be told from a party of the same name; "" if they can, and if no party is called so."""
        is_bare = self._named.get(sealed.name_index(entry.name)) if entry.is_person else None
        if is_bare is None:
            return ""
        if not (entry.identity or entry.phone):
            return _(
                "Somebody of this name is a party already. If this is another person, enter the identity number or"
                " the telephone."
            )
        if not is_bare:
            return ""
        return _(
            "Somebody of this name is a party already, without identity number and telephone. Enter them there:"
            " correct that party."
        )

    @cached_property
    def files(self) -> set[int]:
        """The ids of the files of the dispute."""
        return {each.pk for each in list_attachments(self.actor, self.dispute) if not each.is_voided}


def _merged(old: Party, values: Mapping[str, Any]) -> dict[str, Any]:
    """Return the values of a party with those that were typed; a new identity number brings its own day of birth."""
    typed = {name: value for name, value in values.items() if value not in (None, "") and name != "kind"}
    kept = vars(entry_of(old))
    if "identity" in typed and "born_on" not in typed:
        kept = kept | {"born_on": None}
    return kept | typed


def marks_of(party: Party) -> Iterable[tuple[str, ...]]:
    """Yield what tells that another entry is the same party, by the present key; of what cannot be read, by its own."""
    if not party.is_person:
        yield ("organisation", folded(party.organisation))
        if party.credit_code:
            yield ("code", party.credit_code)
        return
    if party.identity_index:
        lost = party.identity == UNREADABLE  # as which two persons would be one
        yield ("identity", party.identity_index if lost else sealed.identity_index(party.identity))
    if party.phone_index:
        lost = UNREADABLE in (party.name, party.phone)
        now = sealed.name_index(party.name), sealed.phone_index(party.phone)
        yield ("person", *((party.name_index, party.phone_index) if lost else now))


def _marks_of_entry(entry: Entry) -> Iterable[tuple[str, ...]]:
    if not entry.is_person:
        yield ("organisation", folded(entry.name))
        if entry.credit_code:
            yield ("code", entry.credit_code)
        return
    if entry.identity:
        yield ("identity", sealed.identity_index(entry.identity))
    if entry.phone:
        yield ("person", sealed.name_index(entry.name), sealed.phone_index(entry.phone))


def _reason(reason: str, known: Known) -> str:
    reason = required_reason(reason)
    refuse_persons(reason, "reason", known.people)
    return reason


def void_row(actor: Actor, party: Party, reason: str) -> None:
    """Void the row of a party. The caller holds the dispute and writes the log."""
    party.voided_at, party.void_reason = timezone.now(), reason
    party.voided_by, party.voided_by_id = actor.name[:80], actor.user_id
    party.save(update_fields=["voided_at", "void_reason", "voided_by", "voided_by_id"])


def renumbered(actor: Actor, party: Party, number: int) -> Party:
    """Return the row of a party under another number, not saved; it follows the present one."""
    names = ("side", "kind", "role", "organisation", "credit_code", "registered_id", "jointly_liable")
    copied = {name: getattr(party, name) for name in (*names, "own_income", "power_id", *SEALED)}
    return Party(
        **copied,
        enterprise_id=party.enterprise_id,
        station_id=party.station_id,
        dispute_id=party.dispute_id,
        number=number,
        replaces_id=party.pk,
        **by_whom(actor, "added_by"),
    )


def _write(
    actor: Actor,
    dispute: Dispute,
    entries: Sequence[Entry],
    known: Known,
    *,
    replaces: Party | None = None,
    reason: str = "",
) -> list[Party]:
    if len(known.parties) + len(entries) - (replaces is not None) > MOST:
        raise WrongState(_("A dispute has at most %(most)d parties.") % {"most": MOST})
    rows = parties_of(actor, dispute, voided=True)
    last = rows.aggregate(last=Max("number"))["last"] or 0
    codes = {each.credit_code for each in entries if not each.is_person and each.credit_code}
    registered = registered_as(actor, codes) if codes else {}
    made = [
        Party(
            **belonging_to(dispute),
            **entry.columns(),
            number=replaces.number if replaces else last + place,
            registered_id=registered.get(entry.credit_code, 0),
            replaces_id=replaces.pk if replaces else 0,
            **by_whom(actor, "added_by"),
        )
        for place, entry in enumerate(entries, 1)
    ]
    Party.objects.bulk_create(made)
    after = {"party": made[0].number} if len(made) == 1 else {"parties": len(made)}
    record(actor, dispute, CORRECTED if replaces else ADDED, after, reason=reason)
    return made

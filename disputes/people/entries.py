"""A party as it was typed, and what is refused about it alone."""

import datetime as dt
import re
from dataclasses import dataclass, fields, replace
from typing import Any, get_type_hints

from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _
from stdnum.cn import ric
from stdnum.exceptions import ValidationError as NotANumber

from disputes.choices import PartyKind, PartyRole, Side
from disputes.models.party import Party, age_on, is_minor
from disputes.people import sealed
from enterprises.models.enterprise import validate_credit_code
from foundation.arguments import refuse_unfit
from foundation.faults import Faults
from foundation.identifiers import compact, phone_number, readable
from foundation.spreadsheets import non_values
from foundation.texts import kept

LONGEST_NAME, LONGEST_ORGANISATION, LONGEST_ADDRESS = 60, 160, 200
EARNS_FROM = 16  # years; Procedure of public security organs in administrative cases, Art. 181
_IDENTITY = re.compile(r"[1-9][0-9]{16}[0-9X]")
_PHONE = re.compile(r"[+(]?\d[\d ()+./-]{3,}\d(?: ?(?:ext\.?|x|转|分机) ?\d+)?")
EARLIEST = dt.date(1900, 1, 1)
MASK = re.compile(r"[*＊●]")
_NO_NAME = re.compile(r"[<>{}=|\\]")  # signs of no name of a person or an organisation


@dataclass(frozen=True)
class Entry:
    """What a person types about a party. ``name`` is that of the person or the organisation."""

    side: str = ""
    kind: str = PartyKind.PERSON
    role: str = PartyRole.OTHER
    name: str = ""
    identity: str = ""
    born_on: dt.date | None = None
    phone: str = ""
    address: str = ""
    representative: str = ""
    representative_phone: str = ""
    power_id: int = 0
    guardian: str = ""
    guardian_identity: str = ""
    guardian_phone: str = ""
    own_income: bool = False
    credit_code: str = ""
    jointly_liable: bool = False

    @property
    def is_person(self) -> bool:
        return self.kind == PartyKind.PERSON

    def columns(self) -> dict[str, Any]:
        """Return the columns of the row: what identifies a person is sealed. The entry was checked before."""
        person = self.is_person
        born_on = self.born_on.isoformat() if self.born_on else ""
        return {
            "side": self.side,
            "kind": self.kind,
            "role": self.role,
            "organisation": "" if person else self.name,
            "credit_code": "" if person else self.credit_code,
            "jointly_liable": self.jointly_liable,
            "own_income": self.own_income and person,
            "power_id": self.power_id,
            "sealed_name": sealed.sealed(self.name) if person else "",
            "sealed_identity": sealed.sealed(self.identity) if person else "",
            "sealed_born_on": sealed.sealed(born_on) if person else "",
            "sealed_phone": sealed.sealed(self.phone),
            "sealed_address": sealed.sealed(self.address),
            "sealed_representative": sealed.sealed(self.representative),
            "sealed_representative_phone": sealed.sealed(self.representative_phone),
            "sealed_guardian": sealed.sealed(self.guardian) if person else "",
            "sealed_guardian_identity": sealed.sealed(self.guardian_identity) if person else "",
            "sealed_guardian_phone": sealed.sealed(self.guardian_phone) if person else "",
            "name_index": sealed.name_index(self.name) if person else "",
            "identity_index": sealed.identity_index(self.identity) if person else "",
            "phone_index": sealed.phone_index(self.phone) if person else "",
        }


FIELDS = tuple(each.name for each in fields(Entry))


def entry_of(party: Party) -> Entry:
    """Return a party as it was entered."""
    return Entry(
        side=party.side,
        kind=party.kind,
        role=party.role,
        name=party.name,
        identity=party.identity,
        born_on=party.born_on,
        phone=party.phone,
        address=sealed.shown(party.sealed_address),
        representative=party.representative,
        representative_phone=sealed.shown(party.sealed_representative_phone),
        power_id=party.power_id,
        guardian=party.guardian,
        guardian_identity=sealed.shown(party.sealed_guardian_identity),
        guardian_phone=sealed.shown(party.sealed_guardian_phone),
        own_income=party.own_income,
        credit_code=party.credit_code,
        jointly_liable=party.jointly_liable,
    )


def checked(values: dict[str, Any]) -> Entry:
    """Return an entry in its one spelling. Raise ValidationError with the faults of all fields."""
    faults, given = Faults(), {name: value for name, value in values.items() if value is not None}
    refuse_unfit(given, get_type_hints(Entry))
    entry = Entry(**given)
    if entry.side not in Side.values:
        faults.add(ValidationError({"side": _("Choose the side.")}))
    if entry.kind not in PartyKind.values:
        faults.add(ValidationError({"kind": _("Choose whether it is a person or an organisation.")}))
    if entry.role not in PartyRole.values:
        faults.add(ValidationError({"role": _("Choose the role.")}))
    texts = {
        "name": LONGEST_NAME if entry.is_person else LONGEST_ORGANISATION,
        "address": LONGEST_ADDRESS,
        "representative": LONGEST_NAME,
        "guardian": LONGEST_NAME,
    }
    found: dict[str, Any] = {}
    for name, most in texts.items():
        with faults.of():
            found[name] = readable(kept(getattr(entry, name), name, most, words=True))
            _refuse_no_value(found[name], name)
    for name in ("phone", "representative_phone", "guardian_phone"):
        with faults.of():
            found[name] = checked_phone(getattr(entry, name), name)
    entry = replace(entry, **found)
    if not entry.name and "name" not in faults.by_field:
        faults.add(ValidationError({"name": _("Enter the name.")}))
    with faults.of():
        entry = _checked_person(entry, faults) if entry.is_person else _checked_organisation(entry)
    if entry.power_id and not entry.representative:
        faults.add(
            ValidationError({"representative": _("Enter who is represented by the power of attorney.")})
        )
    faults.refuse()
    return entry


def _refuse_no_value(text: str, field: str) -> None:
    """Raise ValidationError at ``field`` for what a spreadsheet has in the place of a value."""
    if non_values.is_error(text):
        words = _("This is what a spreadsheet shows for an error. Enter the value, or leave it empty.")
        raise ValidationError({field: words})
    if MASK.search(text) and field != "address":
        words = _("This is masked. Enter it as it is on the card, or leave it out.")
        raise ValidationError({field: words})
    if field != "address" and (signs := _NO_NAME.findall(text)):
        words = _("No name contains %(signs)s.") % {"signs": " ".join(dict.fromkeys(signs))}
        raise ValidationError({field: words})
    if field == "name" and non_values.is_totals(text, also_english=True):
        raise ValidationError({field: _("This is the title of a row of totals, no party. Leave it out.")})


def _checked_person(entry: Entry, faults: Faults) -> Entry:
    today = timezone.localdate()
    if entry.identity:
        with faults.of():
            identity = checked_identity(entry.identity, "identity")
            born_on = ric.get_birth_date(identity)
            if entry.born_on and entry.born_on != born_on:
                words = _("The identity number says %(day)s.") % {"day": born_on.isoformat()}
                faults.add(ValidationError({"born_on": words}))
            entry = replace(entry, identity=identity, born_on=born_on)
    if entry.born_on and not EARLIEST <= entry.born_on <= today:
        field = "identity" if entry.identity else "born_on"
        faults.add(ValidationError({field: _("Nobody alive was born on %(day)s.") % {"day": entry.born_on}}))
    if entry.role == PartyRole.SUSPECT and entry.representative:
        words = _(
            "Who is suspected of an offence takes part in person and may not be represented (Procedure, Art. 181)."
        )
        faults.add(ValidationError({"representative": words}))
    minor = is_minor(entry.born_on, today)
    earns = minor and entry.own_income and entry.born_on and age_on(entry.born_on, today) >= EARNS_FROM
    if entry.own_income and not earns:
        words = _("This is for persons of 16 or 17 who live on an income of their own.")
        faults.add(ValidationError({"own_income": words}))
    if minor and not entry.guardian and not entry.own_income:
        words = _("This person is a minor. Enter the guardian, who takes part (Procedure, Art. 181).")
        faults.add(ValidationError({"guardian": words}))
    if entry.guardian or entry.guardian_identity:
        with faults.of():
            entry = _checked_guardian(entry, today)
    return replace(entry, credit_code="")


def _checked_guardian(entry: Entry, today: dt.date) -> Entry:
    if not entry.guardian:
        raise ValidationError({"guardian": _("Enter the name of the guardian.")})
    if not entry.guardian_identity:
        raise ValidationError(
            {
                "guardian_identity": _(
                    "Enter the identity number of the guardian, which shows that they are of age."
                )
            }
        )
    identity = checked_identity(entry.guardian_identity, "guardian_identity")
    if is_minor(ric.get_birth_date(identity), today):
        raise ValidationError(
            {
                "guardian_identity": _(
                    "The guardian is a minor, by the identity number. Enter a guardian who is of age."
                )
            }
        )
    if identity == entry.identity:
        raise ValidationError({"guardian_identity": _("Nobody is their own guardian.")})
    return replace(entry, guardian_identity=identity)


def _checked_organisation(entry: Entry) -> Entry:
    code = compact(entry.credit_code)
    if code:
        try:
            validate_credit_code(code)
        except ValidationError as error:
            raise ValidationError({"credit_code": error.messages}) from error
    return replace(
        entry,
        credit_code=code,
        identity="",
        born_on=None,
        own_income=False,
        guardian="",
        guardian_identity="",
        guardian_phone="",
    )


def checked_identity(text: str, field: str) -> str:
    """Return an identity number in its one spelling. Raise ValidationError at ``field`` that says what is wrong with it."""
    number = compact(text)
    if non_values.has_lost_digits(text.strip()):
        words = _(
            "The spreadsheet has lost the last digits of this number. Enter it from the card, in a cell that is formatted as text."
        )
        raise ValidationError({field: words})
    if MASK.search(text):
        raise ValidationError({field: _("This is masked. Enter it as it is on the card, or leave it out.")})
    if len(number) != 18:
        words = _("An identity number has 18 digits; this one has %(count)d.") % {"count": len(number)}
        raise ValidationError({field: words})
    # not ric.validate(): it also refuses who was born before their district was founded, though numbers are given later
    if not _IDENTITY.fullmatch(number) or number[-1] != ric.calc_check_digit(number):
        raise ValidationError(
            {field: _("Not a valid identity number: a digit is wrong. Compare it with the card.")}
        )
    try:
        ric.get_birth_date(number)
    except NotANumber as error:
        raise ValidationError(
            {field: _("Not a valid identity number: the day of birth in it does not exist.")}
        ) from error
    return number


def checked_phone(text: str, field: str) -> str:
    """Return a telephone number in its one spelling. Raise ValidationError at ``field`` for what is none."""
    phone = phone_number(kept(text, field, 40))
    if phone and not _PHONE.fullmatch(phone):
        raise ValidationError({field: _("Not a telephone number. Enter one, for example 138 0000 0731.")})
    return phone

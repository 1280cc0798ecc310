"""The parties of a dispute as lines of a file: masked, or as they were entered for who has opened them."""

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from disputes.models import Party
from disputes.people import sealed
from disputes.people.masking import masked_identity, masked_name, masked_phone
from disputes.people.opening import Opened


def header() -> list[str]:
    """Return the labels of the columns."""
    return [
        _("Party no."),
        _("Side"),
        pgettext("of a party", "Role"),
        _("Party"),
        _("Identity number"),
        _("Unified social credit code"),
        _("Telephone"),
        _("Represented by"),
        _("Telephone of the representative"),
        _("Guardian"),
        _("Jointly liable"),
        _("Taken off"),
    ]


def _line(party: Party, name: str, identity: str, phone: str, *others: str) -> tuple[str, ...]:
    representative, representative_phone, guardian = others
    return (
        str(party.number),
        str(party.get_side_display()),
        str(party.get_role_display()),
        name,
        identity,
        party.credit_code,
        phone,
        representative,
        representative_phone,
        guardian,
        _("yes") if party.jointly_liable else "",
        _("yes") if party.voided_at else "",
    )


def masked_cells(party: Party) -> tuple[str, ...]:
    """Return the line of a party as its page shows it."""
    return _line(
        party,
        party.masked_name,
        masked_identity(party.identity),
        masked_phone(party.phone),
        masked_name(party.representative),
        masked_phone(sealed.shown(party.sealed_representative_phone)),
        masked_name(party.guardian),
    )


def opened_cells(found: Opened) -> tuple[str, ...]:
    """Return the line of a party that was opened."""
    name = found.name or found.party.masked_name  # an organisation is not masked
    return _line(
        found.party,
        name,
        found.identity,
        found.phone,
        found.representative,
        found.representative_phone,
        found.guardian,
    )

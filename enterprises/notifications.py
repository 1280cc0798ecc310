"""Who is notified of what happens to an entry of the register: custody, liaison officers, on and off the register."""

from typing import Any

from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from enterprises.choices import AuditAction, CauseCode
from enterprises.concerned import its_officers, its_people
from foundation.accounts.choices import ENTERPRISE_ROLES, STATION_ROLES, Role
from foundation.contributions.notifications import Cause, Happening, register
from foundation.contributions.work import works
from foundation.words import labelled, listed


def _enterprises(number: Any) -> str:
    return ngettext("%(number)d enterprise", "%(number)d enterprises", number) % {"number": number}


def _open_work(found: list[tuple[str, int]]) -> str:
    return listed(labelled(works[code].title, number) for code, number in found if code in works) or gettext(
        "nothing"
    )


def _without_reason(happening: Happening) -> dict[str, Any]:
    """Keep the reason to the police, who write it for each other."""
    return {"reason": ""}


def _all(happening: Happening) -> dict[str, Any]:
    return {}


register(
    Cause(
        CauseCode.RECEIVED,
        _("Handed over to your station: %(object)s. It needs a liaison officer. Open there: %(open)s."),
        frozenset({Role.CHIEF, Role.SUPERVISOR}),
        "arrows-exchange",
        page="desk:file",
        shown={"open": _open_work},
        together=CauseCode.RECEIVED_MANY,
    ),
    Cause(
        CauseCode.RECEIVED_MANY,
        _("Handed over to your station: %(number)s (%(object)s). They need liaison officers."),
        frozenset({Role.CHIEF, Role.SUPERVISOR}),
        "arrows-exchange",
        page="enterprises:list",
        takes_id=False,
        shown={"number": _enterprises},
    ),
    Cause(
        CauseCode.GIVEN_AWAY,
        _("Handed over to %(station)s, you are no longer its liaison officer: %(object)s"),
        STATION_ROLES,
        "arrows-exchange",
        together=CauseCode.GIVEN_AWAY_MANY,
    ),
    Cause(
        CauseCode.GIVEN_AWAY_MANY,
        _("Handed over to %(station)s, you are no longer liaison officer of %(number)s: %(object)s"),
        STATION_ROLES,
        "arrows-exchange",
        shown={"number": _enterprises},
    ),
    Cause(
        CauseCode.MOVED,
        _("Another police station is in charge of your enterprise now: %(station)s"),
        ENTERPRISE_ROLES,
        "arrows-exchange",
        page="portal:my_enterprise",
        takes_id=False,
    ),
    Cause(
        CauseCode.LIAISON_GIVEN,
        _("You look after %(number)s now: %(object)s"),
        STATION_ROLES,
        "user-check",
        page="enterprises:list",
        takes_id=False,
        shown={"number": _enterprises},
        together=CauseCode.LIAISON_GIVEN,
    ),
    Cause(
        CauseCode.LIAISON_TAKEN,
        _("You no longer look after %(number)s: %(object)s"),
        STATION_ROLES,
        "user-minus",
        page="enterprises:list",
        takes_id=False,
        shown={"number": _enterprises},
        together=CauseCode.LIAISON_TAKEN,
    ),
    Cause(
        CauseCode.LIAISON_CHANGED,
        _("Your liaison officer is now %(officer)s, %(phone)s."),
        ENTERPRISE_ROLES,
        "user-check",
        page="portal:my_enterprise",
        takes_id=False,
    ),
    *(
        Cause(
            f"{action}{suffix}",
            words,
            roles,
            icon,
            page=page,
            takes_id=takes_id,
            tone=tone,
            on=(action,),
            who=who,
            values=values,
        )
        # the form of the first says that the enterprise reads the reason
        for action, words, icon, tone, of_people in (
            (
                AuditAction.DEACTIVATE_ENTERPRISE,
                _("Taken off the register: %(object)s"),
                "door-exit",
                "red",
                _all,
            ),
            (
                AuditAction.REACTIVATE_ENTERPRISE,
                _("Put back on the register: %(object)s"),
                "door-enter",
                "green",
                _without_reason,
            ),
        )
        for suffix, roles, who, page, takes_id, values in (
            ("", ENTERPRISE_ROLES, its_people, "portal:my_enterprise", False, of_people),
            (".officers", STATION_ROLES | {Role.SUPERVISOR}, its_officers, "desk:file", True, _all),
        )
    ),
)

"""Users who can log in to the demo."""

from dataclasses import dataclass

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from demo import showcase
from demo.places import BUREAU, DEPARTMENTS, STATIONS
from foundation.accounts.choices import Role
from foundation.words import Words

DEMO_PASSWORD = "anqi-demo-2026"


@dataclass(frozen=True)
class DemoLogin:
    """One row of the login table on the login page and in the terminal. ``roles`` are (role, station code or "")."""

    role: Words
    organisation: str
    username: str
    full_name: str
    roles: tuple[tuple[str, str], ...]
    password: str = DEMO_PASSWORD


def _login(role: Role, organisation: str, username: str, full_name: str, station: str = "") -> DemoLogin:
    return DemoLogin(role.label, organisation, username, full_name, ((role.value, station),))


_HOME = showcase.STATION_CODE
_OTHER = next(code for code in STATIONS if code != _HOME)

LOGINS = (
    _login(Role.OFFICER, STATIONS[_HOME], "officer", "周志远", _HOME),
    _login(Role.CHIEF, STATIONS[_HOME], "chief", "何国强", _HOME),
    _login(Role.SUPERVISOR, BUREAU[1], "bureau", "梁淑珍"),
    _login(Role.SECURITY_MANAGER, showcase.NAME, "manager", showcase.SECURITY_CHIEF, _HOME),
    _login(Role.DEPARTMENT_OFFICER, DEPARTMENTS[0][1], "department", "苏文博"),
    _login(Role.OPERATOR, "Anqi", "operator", "沈静怡"),
    DemoLogin(
        _("Two roles: officer and station chief"),
        f"{STATIONS[_HOME]} / {STATIONS[_OTHER]}",
        "both",
        "程向阳",
        ((Role.OFFICER.value, _HOME), (Role.CHIEF.value, _OTHER)),
    ),
)


def demo_logins() -> list[DemoLogin]:
    """Return the logins that the login page shows; none unless this installation is a demo."""
    return list(LOGINS) if settings.DEMO else []


def login_table() -> str:
    """Return the login table for the terminal; empty unless this installation is a demo."""
    return "\n".join(
        f"  {login.username:<12}{login.password:<18}{login.role} · {login.organisation}"
        for login in demo_logins()
    )

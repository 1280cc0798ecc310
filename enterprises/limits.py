"""What is plausible of the register: enterprises, custody, times off the register, liaison officers."""

from django.utils.translation import gettext_lazy as _

from enterprises.models import Custody, Enterprise, Inactivity, Liaison
from foundation.contributions.limits import (
    Limit,
    at_most,
    earliest,
    person,
    phone,
    register,
    wording,
)

# the provinces of GB/T 2260; 71 Taiwan, 81 Hong Kong, 82 Macao
PROVINCES = frozenset(
    [
        "11",
        "12",
        "13",
        "14",
        "15",
        "21",
        "22",
        "23",
        "31",
        "32",
        "33",
        "34",
        "35",
        "36",
        "37",
        "41",
        "42",
        "43",
        "44",
        "45",
        "46",
        "50",
        "51",
        "52",
        "53",
        "54",
        "61",
        "62",
        "63",
        "64",
        "65",
        "71",
        "81",
        "82",
    ]
)


def _division(field: str) -> Limit:
    message = _("No province has the number that this division begins with.")
    return Limit(
        "division", field, message, lambda code, _record: code[:2] not in PROVINCES, source="GB/T 2260"
    )


register(
    Enterprise,
    wording("name"),
    wording("site"),
    wording("address"),
    wording("category"),
    _division("division_code"),
    person("legal_representative"),
    person("responsible_person"),
    person("security_chief"),
    phone("phone"),
    at_most("headcount", 500_000),
    earliest("registered_on"),
)
register(Custody, earliest("until_on"))
register(Inactivity, earliest("from_on"), earliest("until_on"))
register(Liaison, earliest("from_on"))

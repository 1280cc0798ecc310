"""What is plausible of people and organisations."""

from django.utils.translation import gettext_lazy as _

from foundation.accounts.models import Bureau, Department, Station, User
from foundation.contributions.limits import SYSTEM_DEFAULT, Limit, phone, register, wording

EARLIEST_QUARTER = "2005Q1"


def _quarter(field: str) -> Limit:
    message = _("Ratings begin in %(limit)s at the earliest. Check the year.")
    return Limit(
        "quarter",
        field,
        message,
        lambda code, _record: code < EARLIEST_QUARTER,
        EARLIEST_QUARTER,
        SYSTEM_DEFAULT,
    )


register(User, wording("full_name"), phone("phone"))
register(Bureau, wording("name"), _quarter("rates_from"))
register(Station, wording("name"))
register(Department, wording("name"))

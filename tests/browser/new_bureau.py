"""A bureau in which nothing has happened yet, with its people: ``python -m tests.browser.new_bureau CODE PASSWORD``.

For journeys that need one nobody else works in. People are called CODE-officer, -chief, -bureau, -department. With a
third word ``empty`` it has a station, its first supervisor, and nothing else.
"""

import sys
from typing import Any

import django

django.setup()

from django.contrib.auth.hashers import make_password  # noqa: E402
from django.db import transaction  # noqa: E402

from foundation.accounts.choices import Role  # noqa: E402
from foundation.accounts.models import Bureau, Department, RoleGrant, Station, User  # noqa: E402
from foundation.tenancy.scope import station_scope  # noqa: E402
from ratings.operations.evaluations import bureau_actor  # noqa: E402
from ratings.operations.standards import adopt_default_standard  # noqa: E402


@transaction.atomic
def make(code: str, password: str, what: str = "") -> None:
    """Everything but facts and subscriptions; the bureau rates when its supervisor says so."""
    bureau = Bureau.objects.create(code=code, name=f"{code} 分局")
    station = Station.objects.create(bureau=bureau, code=f"{code}-1", name=f"{code} 派出所")
    hashed = make_password(password)
    if what == "empty":
        add(f"{code}-bureau", hashed, bureau=bureau, role=Role.SUPERVISOR)
        return
    department = Department.objects.create(
        bureau=bureau, code=f"{code}-em", name=f"{code} 应急管理局", kind="emergency"
    )
    held = {
        "officer": {"role": Role.OFFICER, "station": station},
        "chief": {"role": Role.CHIEF, "station": station},
        "bureau": {"role": Role.SUPERVISOR},
        "department": {"role": Role.DEPARTMENT_OFFICER, "department": department},
    }
    for name, grant in held.items():
        add(f"{code}-{name}", hashed, bureau=bureau, **grant)
    actor = bureau_actor(bureau.pk)
    with station_scope(actor.scope()):
        adopt_default_standard(actor=actor)


def add(name: str, hashed: str, **grant: Any) -> None:
    """Add a person with a role."""
    user = User.objects.create(username=name, full_name=name.replace("-", " "), password=hashed)
    RoleGrant.objects.create(user=user, **grant)


if __name__ == "__main__":
    make(*sys.argv[1:])

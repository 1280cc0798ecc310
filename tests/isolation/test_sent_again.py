"""Every form of every page, filled in as a person might: sent twice, and sent after somebody else was quicker.

By introspection, as the rest of this folder: a new form is covered at once. What a form does is rolled back before the next.
"""

import datetime as dt
import re
from decimal import Decimal
from typing import Any

import pytest
from django import forms
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection, transaction
from django.test import Client
from django.utils import timezone

from enterprises.models import Enterprise
from foundation.accounts.access import Role
from foundation.tenancy.scope import Audience, Scope, station_scope
from foundation.ui.forms import ACTING, FORM_KEY, SHOWN, VERSION, new_key, raw_values
from foundation.ui.views.writing import TAKEN
from tests.isolation.test_front_door import Side, address, person_of, routes, side
from tests.isolation.test_other_role import PERSONAL, Form, Reader

PIXEL = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010802000000907753de0000000c4944415408d763f8cfc0000003010100"
    "18dd8db00000000049454e44ae426082"
)
TYPED = "Typed by somebody"
CODES = {"code", "phone", "credit_code", "presided_number", "url", "lines", "body"}
# each press is another download, opening or address, and is noted as such
EACH_COUNTS = re.compile(r"/parties/(sheet/opened|\d+/open)/$|/calendar/make/$|/survey/$")
NOTHING_IS_RECORDED = "/draft/try/"
UNCOUNTED = ("django_session", "accounts_user", "celery", "pg_", "django_migrations")
KEPT = re.compile("data-guard|data-again")
FORMS = re.compile(r"<form\b[^>]*>.*?</form>", re.DOTALL)
WRITES = re.compile(r"<textarea|<input[^>]*type=\"(?:text|date|number|time|tel|url)\"(?![^>]*\breadonly)")


def filled(form: Any, enterprise: int, *, whole: bool) -> dict[str, Any]:
    """Return what a person sends: what the form begins with, what it requires, and with ``whole`` all the rest."""
    data = {form.add_prefix(name): value for name, value in raw_values(form).items() if value}
    for name in (ACTING, VERSION, FORM_KEY, SHOWN):
        if name in form.fields:
            data[name] = form[name].value()
    for name, field in form.fields.items():
        if name == "enterprise" and not data.get(form.add_prefix(name)):
            data[form.add_prefix(name)] = enterprise
        is_text = type(field) is forms.CharField and not form[name].is_hidden and name not in CODES
        if whole and is_text and data.get(form.add_prefix(name)):
            data[form.add_prefix(name)] = TYPED[: field.max_length]
        is_empty = data.get(form.add_prefix(name)) in (None, "")
        is_asked = field.required or whole or name in ("reason", "note")
        if is_empty and is_asked and (value := something(field)) not in (None, ""):
            data[form.add_prefix(name)] = value
    return data


def something(field: Any) -> Any:
    if isinstance(field, forms.FileField):
        return SimpleUploadedFile("photo.png", PIXEL, "image/png")
    if isinstance(field, forms.ModelChoiceField):
        return ""
    if isinstance(field, forms.ChoiceField):
        return next((str(key) for key, _label in field.choices if key not in (None, "")), "")
    if isinstance(field, forms.DateTimeField):
        return timezone.now().isoformat()
    if isinstance(field, forms.DateField):
        return timezone.localdate() + dt.timedelta(days=1 if "future" in str(field.help_text) else 0)
    if isinstance(field, forms.TimeField):
        return "10:00"
    if isinstance(field, forms.DecimalField | forms.IntegerField):
        return Decimal(3)
    if isinstance(field, forms.BooleanField):
        return "on"
    if isinstance(field, forms.EmailField):
        return "a@example.org"
    if isinstance(field, forms.URLField):
        return "https://example.org/"
    return TYPED if isinstance(field, forms.CharField) else ""


def counts(mine: Side) -> dict[str, int]:
    """Return how many rows each table has. One statement."""
    tables = [each for each in connection.introspection.table_names() if not each.startswith(UNCOUNTED)]
    union = " UNION ALL ".join(f"SELECT '{each}', count(*) FROM \"{each}\"" for each in tables)
    scope = Scope((mine.station.pk,), bureau=mine.bureau.pk, audience=Audience.SYSTEM)
    with station_scope(scope), connection.cursor() as cursor:
        cursor.execute(union)
        return dict(cursor.fetchall())


def pages(client: Client, mine: Side) -> list[tuple[str, Any, str]]:
    """Return address, form and text of each page that has one; of a page without a form of the kit, no form."""
    with_object, plain = routes()
    paths = [address(route, pattern, mine, mine) for route, pattern in with_object]
    found = []
    for path in [*paths, *(f"/{route}" for route, _pattern in plain)]:
        if path.startswith(PERSONAL):
            continue
        response = client.get(path)
        if response.status_code != 200 or "text/html" not in response.headers["Content-Type"]:
            continue
        form = response.context["form"] if response.context and "form" in response.context else None
        is_own = isinstance(form, forms.BaseForm) and ACTING in form.fields
        found.append((path, form if is_own else None, response.content.decode()))
    return found


def buttons(found: list[tuple[str, Any, str]]) -> list[Form]:
    """Return the forms that have no field to fill in, each address once."""
    known: dict[tuple[str, str], Form] = {}
    for path, _form, html in found:
        reader = Reader(path)
        reader.feed(html)
        for form in reader.forms:
            is_button = ACTING in form.data and FORM_KEY not in form.data and VERSION not in form.data
            if is_button and not form.url.startswith(PERSONAL) and form.url.split("?")[0] != path:
                known.setdefault((form.url, str(sorted(form.data.items()))), form)
    return list(known.values())


def sent(client: Client, capture: Any, url: str, data: dict[str, Any]) -> Any:
    for value in data.values():
        if hasattr(value, "seek"):
            value.seek(0)
    with capture(execute=True):
        return client.post(url, data)


def changed(before: dict[str, int], after: dict[str, int]) -> dict[str, int]:
    return {name: after[name] - before[name] for name in after if after[name] != before.get(name)}


WALKED = (
    Role.CHIEF,
    Role.OFFICER,
    Role.SUPERVISOR,
    Role.SECURITY_MANAGER,
    Role.DEPARTMENT_OFFICER,
    Role.OPERATOR,
)


def twice(client: Client, capture: Any, mine: Side, url: str, data: dict[str, Any]) -> tuple[bool, str]:
    """Send a form, then the very same again. Return whether it was taken, and what is wrong with the second answer."""
    wrong = ""
    with transaction.atomic():
        is_taken = TAKEN in sent(client, capture, url, data).headers
        if is_taken or not data.get(FORM_KEY):
            once = counts(mine)
            again = sent(client, capture, url, data)
            more = changed(once, counts(mine))
            if more and not EACH_COUNTS.search(url):
                wrong = f"{url} sent twice -> {again.status_code}, more of {more}"
            elif is_taken and not more and TAKEN not in again.headers and again.status_code != 302:
                wrong = f"{url} sent twice -> {again.status_code}: says nothing of the first time"
        transaction.set_rollback(True)
    return is_taken, wrong


def too_late(client: Client, capture: Any, mine: Side, url: str, data: dict[str, Any]) -> str:
    """Send a form as if somebody else had been quicker. Return what is wrong with the answer."""
    other = data[VERSION] + 1 if isinstance(data[VERSION], int) else "other"
    late = data | {VERSION: other, FORM_KEY: new_key()}
    with transaction.atomic():
        before = counts(mine)
        answer = sent(client, capture, url, late)
        is_kept = TYPED not in late.values() or TYPED in answer.content.decode()
        is_right = answer.status_code == 422 and is_kept and not changed(before, counts(mine))
        transaction.set_rollback(True)
    return "" if is_right else f"{url} sent too late -> {answer.status_code}"


@pytest.mark.drill
@pytest.mark.django_db
@pytest.mark.parametrize("role", WALKED)
def test_every_form_sent_twice_or_too_late(role: str, django_capture_on_commit_callbacks: Any) -> None:
    mine = side("Mine")
    client, capture = person_of(mine, role), django_capture_on_commit_callbacks
    wrong, taken, untaken = [], [], []
    found = pages(client, mine)
    for path, form, html in found:
        for each in FORMS.findall(html):
            if (
                WRITES.search(each)
                and ACTING in each
                and not KEPT.search(each)
                and NOTHING_IS_RECORDED not in path
            ):
                wrong.append(f"{path} does not keep what is typed")
        if form is None:
            continue
        for whole in (False, True):
            data = filled(form, mine.id_of(Enterprise), whole=whole)
            is_taken, words = twice(client, capture, mine, path, data)
            if is_taken:
                break
        (taken if is_taken else untaken).append(path)
        wrong.append(words)
        if VERSION in data and is_taken:
            wrong.append(too_late(client, capture, mine, path, data))
    wrong += [twice(client, capture, mine, each.url, each.data)[1] for each in buttons(found)]
    assert "\n".join(filter(None, wrong)) == ""
    assert len(taken) > len(untaken) / 2, untaken  # what is not filled in well enough is not tried

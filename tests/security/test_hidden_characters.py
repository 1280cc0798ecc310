"""Text that a person types is kept without the characters that nobody sees and that turn other text around."""

import re
from pathlib import Path

import pytest
from django.conf import settings
from django.core.exceptions import ValidationError

from disputes.models import Dispute
from enterprises.operations import edit_enterprise
from foundation.accounts.models import Bureau, Station, User
from foundation.accounts.operations import edit_user
from foundation.accounts.reasons import checked_reason, required_reason
from foundation.contributions.limits import refuse_unstorable
from foundation.tenancy.scope import station_scope
from foundation.words import turns_text, visible
from inspections.models import Inspection
from tests.accounts.conftest import House, house, quick_passwords  # noqa: F401

HIDDEN = [
    *"\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u200e\u200f\u061c",
    *"\u00ad\u200b\u2060\u2063\ufeff\ufffa\U000e0041\x07\x1b\x7f\x9b",
    *"\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0",  # fillers, which count as letters, and an empty pattern
]


@pytest.mark.parametrize("hidden", HIDDEN, ids=ascii)
def test_each_is_removed(hidden: str) -> None:
    assert visible(f"a{hidden}安\n b") == "a安\n b"
    assert checked_reason(f"as{hidden}ked") == "asked"
    with pytest.raises(ValidationError):
        required_reason(hidden)


def test_what_scripts_and_emoji_need_stays() -> None:
    for text in ("a\tb\r\nc", "👩\u200d🚒", "न\u200dक", "\x00", "é", "A\u3000B"):
        assert visible(text) == text


@pytest.mark.django_db
def test_a_person_an_enterprise_a_fact(house: House) -> None:  # noqa: F811
    chief, officer = house.actor("chief"), house.actor("officer")
    person = house.people["officer"]
    with station_scope(chief.scope()):
        edit_user(actor=chief, user_id=person.pk, full_name="Li\u202eanq\u200bi")
    person.refresh_from_db()
    assert person.full_name == "Lianqi"
    with station_scope(officer.scope()):
        edit_enterprise(
            actor=officer,
            enterprise_id=house.enterprise.pk,
            version=house.enterprise.version,
            name="Qing\u2066he\x07 Mill",
        )
        house.enterprise.refresh_from_db()
    assert house.enterprise.name == "Qinghe Mill"
    assert house.enterprise.search_text.isprintable()


def test_every_fact_and_organisation_passes_the_same_door() -> None:
    for model in (Dispute, Inspection, Station, Bureau):
        record = model()
        name = next(each.name for each in model._meta.local_fields if each.name in ("note", "name"))
        setattr(record, name, "a\u202eb")
        refuse_unstorable(record)
        assert getattr(record, name) == "ab"


@pytest.mark.django_db
def test_what_an_earlier_version_stored_turns_no_page_around(house: House) -> None:  # noqa: F811
    """Names, reasons, the audit log: the text is stored as it is, and shown without what nobody sees."""
    person = house.people["officer"]
    User.objects.filter(pk=person.pk).update(full_name="Li\u202eanq\u2066i")
    Station.objects.update(name="South\u202egate")
    client = house.client("chief")
    for page in ("/people/", f"/people/{person.pk}/", f"/people/{person.pk}/edit/", "/people/log/", "/"):
        answer = client.get(page, follow=True)
        assert answer.status_code == 200, page
        assert not turns_text(answer.content.decode()), page
        assert int(answer.headers["Content-Length"]) == len(answer.content)
    assert "Lianqi" in client.get("/people/").content.decode()
    person.refresh_from_db()
    assert person.full_name == "Li\u202eanq\u2066i"


def test_the_phone_knows_the_same_characters() -> None:
    """What both sides sign on the screen is what the server keeps."""
    script = (Path(settings.BASE_DIR) / "static" / "anqi" / "field-check.js").read_text()
    table = script.partition("const HIDDEN = (")[2].partition(")")[0]
    ranges = re.findall(r"(\w+)-(\w+)", table)
    known = {code for first, last in ranges for code in range(int(first, 16), int(last, 16) + 1)}
    assert known == {code for code in range(1, 0x110000) if not visible(f"安{chr(code)}").endswith(chr(code))}

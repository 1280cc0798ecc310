"""A finding of forgery: from the link at a photo to the page of the enterprise."""

import pytest
from django.urls import reverse

from foundation.accounts.access import WrongState
from inspections.choices import FindingState
from inspections.forging import void_forgery
from inspections.models import Forgery
from inspections.operations import (
    ask_to_withdraw_forgery,
    confirm_forgery,
    create_forgery,
    keep_forgery,
    withdraw_forgery,
)
from tests.factories import AttachmentFactory, EnterpriseFactory, ForgeryFactory, HazardFactory
from tests.facts.people import ago, fresh, manager, officer, rows, today
from tests.fixtures import City
from tests.inbox.conftest import inbox_of

pytestmark = pytest.mark.django_db


def test_what_looks_forged_at_a_photo_is_confirmed_by_another_and_then_seen(city: City) -> None:
    hazard = HazardFactory(enterprise__station=city.first, origin="self")
    of_ours = {"enterprise": hazard.enterprise, "kind": "hazard", "record_id": hazard.pk}
    photo = AttachmentFactory(**of_ours, name="gate.jpg")
    finder, other, person = officer(city.first), officer(city.first), manager(hazard.enterprise)
    page = reverse("inspections:forgery_create")
    links = finder.get("inspections:hazard", hazard.pk).content.decode()
    assert f"{page}?enterprise={hazard.enterprise_id}&amp;about=hazard-{hazard.pk}-{photo.pk}" in links
    assert page not in person.get("inspections:hazard", hazard.pk).content.decode()

    form = finder.get("inspections:forgery_create", about=f"hazard-{hazard.pk}-{photo.pk}").context["form"]
    assert (form["kind"].initial or form.initial["kind"]) == "photo"
    sent = {
        "kind": "photo",
        "what": form.initial["what"],
        "found_on": today(),
        "about": form.initial["about"],
    }
    assert (
        finder.post("inspections:forgery_create", **sent, enterprise=hazard.enterprise_id).status_code == 302
    )
    forgery = rows(Forgery, city.first)[-1]
    assert (forgery.about_kind, forgery.about_id, forgery.about_file) == ("hazard", hazard.pk, photo.pk)
    shown = finder.get("inspections:forgery", forgery.pk).content.decode()
    assert reverse("inspections:hazard", args=[hazard.pk]) in shown
    assert "gate.jpg" in shown

    with pytest.raises(WrongState, match=str(other.user)):
        finder.act(confirm_forgery, id=forgery.pk, confirmed_on=today())
    link = reverse("inspections:forgery", args=[forgery.pk])
    assert link not in person.get("inspections:hazard", hazard.pk).content.decode()
    other.act(confirm_forgery, id=forgery.pk, confirmed_on=today())
    assert person.get("inspections:forgery", forgery.pk).status_code == 200
    assert link in person.get("inspections:hazard", hazard.pk).content.decode()
    assert fresh(forgery).state is FindingState.CONFIRMED


def test_the_enterprise_hears_nothing_of_what_was_not_confirmed(city: City) -> None:
    enterprise = EnterpriseFactory(station=city.first)
    finder, other, person = officer(city.first), officer(city.first), manager(enterprise)
    fields = {"enterprise_id": enterprise.pk, "kind": "ledger", "found_on": ago(3)}
    wrong = finder.act(create_forgery, **fields, what="Weeks without a check")
    other.act(withdraw_forgery, id=wrong.pk, withdrawn_on=today(), reason="All weeks are there")
    right = finder.act(create_forgery, **fields, what="Signed by who was away")
    other.act(confirm_forgery, id=right.pk, confirmed_on=today())
    assert [each.code for each in inbox_of(person.actor)] == ["forgery.confirm"]
    assert person.get("inspections:forgery", wrong.pk).status_code == 404


def test_what_was_confirmed_takes_two_to_be_withdrawn(city: City) -> None:
    enterprise = EnterpriseFactory(station=city.first)
    forgery = ForgeryFactory(enterprise=enterprise, found_on=ago(9), confirmed_on=ago(5))
    first, second = officer(city.first), officer(city.first)
    ended = {"id": forgery.pk, "withdrawn_on": today(), "reason": "The same gate"}
    with pytest.raises(WrongState, match="two people"):
        first.act(withdraw_forgery, **ended)
    with pytest.raises(WrongState, match="another decides"):
        first.act(void_forgery, id=forgery.pk, version=None, reason="The same gate")
    assert first.get("inspections:forgery", forgery.pk).context["void_url"] == ""
    asked = {"id": forgery.pk, "reason": "The same gate"}
    first.act(ask_to_withdraw_forgery, **asked)
    with pytest.raises(WrongState, match="yourself"):
        first.act(withdraw_forgery, **ended)
    second.act(keep_forgery, id=forgery.pk, reason="It is another gate")
    with pytest.raises(WrongState, match="two people"):
        second.act(withdraw_forgery, **ended)
    first.act(ask_to_withdraw_forgery, **asked)
    assert fresh(forgery).state is FindingState.CONFIRMED
    second.act(withdraw_forgery, **ended)
    assert fresh(forgery).state is FindingState.WITHDRAWN


def test_what_it_is_about_is_of_the_same_enterprise(city: City) -> None:
    hazard, enterprise = HazardFactory(enterprise__station=city.first), EnterpriseFactory(station=city.first)
    fields = {"kind": "ledger", "what": "Two ledgers", "found_on": today()}
    person = officer(city.first)
    for about in (f"hazard-{hazard.pk}", "hazard-0", "hazard", "user-1", "hazard-x-y", "hazard-1-2-3"):
        made = person.act(create_forgery, enterprise_id=enterprise.pk, about=about, **fields)
        assert (made.about_kind, made.about_id) == ("", 0)

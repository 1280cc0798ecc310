"""Two officers move the same visit: the slower one is shown the new day, and changes only what they meant to change."""

import pytest
from django.urls import reverse

from tests.factories import EnterpriseFactory
from tests.facts.people import ahead, fresh
from tests.fixtures import City
from tests.inspections.test_drawn_visits import officer
from tests.inspections.test_plan import plan

pytestmark = pytest.mark.django_db


def test_a_visit_that_a_colleague_moved_keeps_what_they_chose(city: City) -> None:
    one, two = officer(city.first), officer(city.first)
    visit = plan(one, EnterpriseFactory(station=city.first), on=ahead(3))
    move = {"query": f"?visit={visit.pk}"}
    form = one.client.get(reverse("inspections:plan_move") + move["query"]).context["form"]
    seen = {name: form[name].value() for name in form.fields if form[name].value() not in (None, "")}
    later = seen | {"on": ahead(6).isoformat(), "form_key": "00000000-0000-4000-8000-000000000001"}
    late = two.post("inspections:plan_move", **move, **later | {"acting": two.actor.grant_id})
    assert late.status_code == 302

    refused = one.post("inspections:plan_move", **move, **seen | {"part": "am"})
    assert refused.status_code == 422
    assert [each[1:] for each in refused.context["others"]] == [(ahead(6).isoformat(), "not changed by you")]
    form = refused.context["form"]
    again = {name: form[name].value() for name in form.fields if form[name].value() not in (None, "")}
    assert one.post("inspections:plan_move", **move, **again).status_code == 302
    assert (fresh(visit).on, fresh(visit).half) == (ahead(6), "am")

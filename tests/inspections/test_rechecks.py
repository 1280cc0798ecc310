"""Closed hazards are drawn by lot and re-checked by somebody who did not accept them."""

import datetime as dt
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.core.management import CommandError, call_command
from django.db import IntegrityError, transaction
from django.http import Http404
from django.urls import reverse
from django.utils import timezone

from foundation.accounts.access import NotAllowed, StaleRecord, WrongState
from foundation.accounts.models import AuditEntry, RoleGrant
from foundation.lots import operations as lots
from foundation.lots.choices import DrawState
from foundation.lots.drawing import draw
from foundation.lots.models import Draw
from foundation.tenancy.scope import Audience, Scope, station_scope
from inspections import operations, rechecks
from inspections.models import Hazard, Recheck
from inspections.recheck_hand_over import hand_over_recheck
from tests.factories import EnterpriseFactory, HazardFactory
from tests.facts.people import (
    Person,
    ago,
    ahead,
    chief,
    fresh,
    log,
    manager,
    officer,
    rows,
    supervisor,
    today,
)
from tests.fixtures import City, scope_of_bureau
from tests.ui.test_statements import MOST, MOST_OF_A_LIST, statements

pytestmark = pytest.mark.django_db
CLOSED = {"found_on": ago(30), "due_on": ago(10), "rectified_on": ago(12)}


def closed(city: City, number: int, **fields: Any) -> list[Hazard]:
    enterprise = EnterpriseFactory(station=city.first)
    return [
        HazardFactory(enterprise=enterprise, **(CLOSED | {"closed_on": ago(9)} | fields))
        for _each in range(number)
    ]


def frozen(person: Person, take: int = 2, **more: Any) -> Draw:
    terms = {"person": person.user.pk, "person_name": str(person.user), "due_on": ahead(7).isoformat()}
    given: dict[str, Any] = {
        "kind": rechecks.KIND,
        "criteria": {"since": ago(30).isoformat(), "until": today().isoformat()},
        "stations": person.actor.stations,
        "take": take,
        "terms": terms,
    }
    made: Draw = person.act(lots.freeze, **(given | more))
    return made


def now(person: Person, draw: Draw) -> Draw:
    with station_scope(person.actor.scope()):
        return Draw.objects.get(pk=draw.pk)


def test_frozen_logged_drawn_rechecked_and_reopened(city: City) -> None:
    """The way of a supervisor, on the pages: filter, pool, digest, seed, the re-checks, one of which reopens."""
    hazards, head = closed(city, 4), supervisor(city.bureau)
    closed(
        city, 1, found_on=ago(250), due_on=None, rectified_on=None, closed_on=ago(200)
    )  # before the period
    page = head.get("inspections:recheck_draw")
    assert page.context["number"] == 4
    form = page.context["form"]
    data = {
        "take": 3,
        "person": head.user.pk,
        "due_on": ahead(7).isoformat(),
        "seen": form["seen"].value(),
        f"excuse-{hazards[0].pk}": "The owner is a cousin",
    }
    extra = HazardFactory(enterprise=hazards[0].enterprise, **CLOSED, closed_on=ago(1))
    answer = head.post("inspections:recheck_draw", **data)
    assert answer.status_code == 422  # the pool is not what was shown
    assert "The pool has changed" in answer.text
    with station_scope(head.actor.scope()):
        Hazard.objects.filter(pk=extra.pk).update(closed_on=None, rectified_on=None)
    answer = head.post("inspections:recheck_draw", **data)
    assert answer.status_code == 302, answer.context["form"].errors
    with station_scope(head.actor.scope()):
        made = Draw.objects.get()
        (entry,) = AuditEntry.objects.filter(action="draw.freeze")
    assert entry.after["pool_digest"] == made.digest == made.computed_digest()
    assert (made.seed, made.state, made.result) == (None, DrawState.FROZEN, [])
    assert made.excused == [
        [hazards[0].pk, f"{hazards[0]} · {hazards[0].enterprise.name}", "The owner is a cousin"]
    ]
    assert "Now draw" in head.get("lots:draw", made.pk).text

    assert head.post("lots:draw_now", made.pk).status_code == 302
    made = now(head, made)
    assert made.drawn_at
    assert made.drawn_at > made.frozen_at
    assert [each[0] for each in made.result] == draw(made.seed or "", [each.pk for each in hazards[1:]], 3)
    assert head.post("lots:draw_now", made.pk).status_code == 302  # late or twice: what stands
    assert now(head, made).seed == made.seed
    found = rows(Recheck, city.first)
    assert {each.record_id for each in found} == {each.pk for each in hazards[1:]}
    assert {each.to_id for each in found} == {head.user.pk}
    shown = head.get("lots:draw", made.pk, check="1")
    assert shown.context["is_equal"] is True
    assert "The owner is a cousin" in shown.text
    listed = head.get("lots:draws").text
    assert str(hazards[1]) in listed
    assert "3 / 3" in listed
    call_command("check_draw", str(made.pk))

    good, bad = hazards[1], hazards[2]
    for address, most in (
        (reverse("lots:draws"), MOST_OF_A_LIST),
        (reverse("lots:draw", args=[made.pk]), MOST),
        (reverse("inspections:recheck_draw"), MOST),
        (reverse("inspections:hazard", args=[bad.pk]), MOST),
    ):
        asked = statements(head.client, address)
        assert asked
        assert len(asked) <= most, address
        reads_pools = any('"lots_draw"."pool",' in each for each in asked)
        assert reads_pools is (address == reverse("lots:draw", args=[made.pk])), address
    note = "The lock was taken off again"
    own = manager(bad.enterprise)
    assert "Drawn by lot" not in own.get("inspections:hazard", bad.pk).text  # it comes unannounced
    assert "Drawn by lot" not in officer(city.first).get("inspections:hazard", bad.pk).text
    address = reverse("inspections:hazard_recheck", args=[bad.pk])
    assert address in head.get("inspections:hazard", bad.pk).text
    given = {"outcome": "again", "on": today().isoformat(), "note": note, "version": fresh(bad).version}
    answer = head.client.post(address, given)
    assert "Set the new deadline" in answer.text
    assert fresh(bad).closed_on == ago(9)  # nothing was written
    assert head.client.post(address, given | {"due_on": ahead(9).isoformat()}).status_code == 302
    assert (fresh(bad).closed_on, fresh(bad).due_on) == (None, ahead(9))
    head.act(rechecks.record_recheck, id=good.pk, version=None, outcome="rectified", note="Locked")
    assert fresh(good).changed_at > good.changed_at  # as the words of a conflict say
    acts = [(each.action, each.reason) for each in log(city.first, object_id=bad.pk)]
    assert acts[-2:] == [("hazard.reopen", note), ("hazard.recheck_again", note)]
    assert note in own.get("inspections:hazard", bad.pk).text
    assert "Still rectified" in own.get("inspections:hazard", good.pk).text
    with pytest.raises(WrongState, match="It was re-checked on"):
        head.act(rechecks.record_recheck, id=good.pk, version=None, outcome="rectified", note="Again")


def test_who_accepted_a_hazard_does_not_recheck_it(city: City) -> None:
    """A chief's own draw: what the chief accepted goes to somebody else, and stands on that person's Today."""
    head, other = chief(city.first), officer(city.first, "Officer Qian")
    enterprise = EnterpriseFactory(station=city.first)
    mine, theirs = (
        HazardFactory(
            enterprise=enterprise, item=item, found_on=ago(30), due_on=ago(10), rectified_on=ago(12)
        )
        for item in ("Exit locked", "Alarm dead")
    )
    head.act(operations.close_hazard, id=mine.pk)
    other.act(operations.close_hazard, id=theirs.pk)
    made = frozen(head)
    head.act(lots.draw_lot, id=made.pk)
    assert {each.record_id: each.to_id for each in rows(Recheck, city.first)} == {
        mine.pk: other.user.pk,
        theirs.pk: head.user.pk,
    }
    assert "for you to re-check" in other.get("accounts:inbox").text
    for person, shown, hidden in ((head, theirs, mine), (other, mine, theirs)):
        page = person.get("desk:today", whose="station")
        items = [
            each.row.key
            for group in page.context["groups"]
            for each in group.items
            if each.work.code == "recheck"
        ]
        assert items == [shown.pk]
        listed = person.get("inspections:hazards", work="recheck", state="all")
        assert str(shown) in listed.text
        assert str(hidden) not in listed.text
    told = head.client.get(reverse("inspections:hazard_recheck", args=[mine.pk]), follow=True)
    assert "You accepted this hazard yourself" in told.text
    with pytest.raises(WrongState, match="accepted this hazard yourself"):
        head.act(rechecks.record_recheck, id=mine.pk, version=None, outcome="rectified", note="Fine")
    with pytest.raises(WrongState, match="drawn for you"):
        other.act(rechecks.record_recheck, id=theirs.pk, version=None, outcome="rectified", note="Fine")
    with pytest.raises(ValidationError) as error:
        other.act(
            rechecks.record_recheck, id=mine.pk, version=None, outcome="", note=" ", on=ago(3), due_on=None
        )
    assert set(error.value.message_dict) == {"outcome", "note", "on"}
    with pytest.raises(StaleRecord):
        other.act(rechecks.record_recheck, id=mine.pk, version=1, outcome="rectified", note="Fine")
    other.act(rechecks.record_recheck, id=mine.pk, version=2, outcome="rectified", note="Fine")
    assert fresh(mine).closed_on == today()


def test_a_re_check_whose_person_has_left_is_listed_and_handed_over(city: City) -> None:
    head, named, other = chief(city.first), officer(city.first, "Wei An"), officer(city.first, "Xu Bo")
    (hazard,) = closed(city, 1)
    terms = {"person": named.user.pk, "person_name": "Wei An", "due_on": ahead(7).isoformat()}
    made = frozen(head, take=1, terms=terms)
    head.act(lots.draw_lot, id=made.pk)
    assert "to be handed over" not in head.get("lots:draws").text
    with scope_of_bureau(city.bureau):
        RoleGrant.objects.filter(user=named.user).update(revoked_at=timezone.now())
    assert "to be handed over" in head.get("lots:draws").text
    page = reverse("inspections:hazard_recheck_hand_over", args=[hazard.pk])
    assert page in head.get("inspections:hazard", hazard.pk).text
    assert other.client.get(page).status_code == 403
    for given, field in (({"to": named.user.pk, "reason": "Moved"}, "to"), ({"to": other.user.pk}, "reason")):
        refused = head.client.post(page, given)
        assert list(refused.context["form"].errors) == [field]
    assert head.client.post(page, {"to": other.user.pk, "reason": "Wei An has moved"}).status_code == 302
    before, now_ = rows(Recheck, city.first)
    assert (before.waits, now_.waits, now_.to_name, now_.due_on) == (False, True, "Xu Bo", ahead(7))
    assert log(city.first)[-1].action == "hazard.recheck_hand_over"
    assert "to be handed over" not in head.get("lots:draws").text
    assert "for you to re-check by" in other.get("accounts:inbox").text
    assert "Xu Bo is to re-check it" in head.get("lots:draw", made.pk).text
    other.act(rechecks.record_recheck, id=hazard.pk, version=None, outcome="rectified", note="Fine")
    with pytest.raises(WrongState, match="No re-check waits here"):
        head.act(hand_over_recheck, id=hazard.pk, to=head.user.pk, reason="Late")


def test_who_saw_it_put_right_on_the_spot_does_not_recheck_it_however_they_are_spelled(city: City) -> None:
    head, finder = chief(city.first), officer(city.first, "Officer Qian")
    days = dict.fromkeys(("found_on", "due_on", "rectified_on", "closed_on"), ago(9))
    closed(city, 1, **days, on_the_spot=True, found_by="Li Shan, officer\u3000QIAN")
    terms = {"person": finder.user.pk, "person_name": "Officer Qian", "due_on": ahead(7).isoformat()}
    made = frozen(head, take=1, terms=terms)
    head.act(lots.draw_lot, id=made.pk)
    assert [each.to_id for each in rows(Recheck, city.first)] == [head.user.pk]


def test_a_draw_is_made_again_only_with_a_second_person(city: City) -> None:
    closed(city, 3)
    head, second = supervisor(city.bureau), supervisor(city.bureau)
    terms = {"person": second.user.pk, "person_name": str(second.user), "due_on": ahead(7).isoformat()}
    first = frozen(head, terms=terms)
    with pytest.raises(WrongState, match="not drawn yet"):
        frozen(head, redraws=first.pk, reason="Wrong quarter")
    head.act(lots.draw_lot, id=first.pk)
    with station_scope(head.actor.scope()):
        assert rechecks.closed_hazards(head.actor, first.criteria).entries[0].id not in [
            each[0] for each in Draw.objects.get(pk=first.pk).result
        ]
    with pytest.raises(ValidationError) as error:
        frozen(head, take=1, redraws=first.pk, reason=" ")
    assert set(error.value.message_dict) == {"reason"}
    again = frozen(head, take=1, redraws=first.pk, reason="Officer Qian is ill")
    assert frozen(head, take=1, redraws=first.pk, reason="Twice").pk == again.pk
    for person in (head, second):
        page = person.client.get(f"{reverse('inspections:recheck_draw')}?redraws={first.pk}", follow=True)
        assert page.redirect_chain == [(reverse("lots:draw", args=[again.pk]), 302)]
        assert "asked already to draw again" in page.text
    with pytest.raises(WrongState, match="yourself"):
        head.act(lots.decide, id=again.pk, approved=True, reason="Fine")
    with pytest.raises(WrongState, match="approved by a second person"):
        head.act(lots.draw_lot, id=again.pk)
    assert "Officer Qian is ill" in second.get("lots:decide", again.pk).text
    assert "Asks you to approve" in second.get("accounts:inbox").text
    answer = second.post("lots:decide", again.pk, approved="true", reason="He is")
    assert answer.status_code == 302
    assert second.act(lots.decide, id=again.pk, approved=True, reason="Twice").decision == "He is"
    with pytest.raises(WrongState, match="decided already"):
        second.act(lots.decide, id=again.pk, approved=False, reason="Late")
    assert "You may draw again" in head.get("accounts:inbox").text
    assert "Asks you to approve" not in second.get("accounts:inbox").text, "it is decided"
    assert "for you to re-check by" in second.get("accounts:inbox").text
    head.act(lots.draw_lot, id=again.pk)
    assert "for you to re-check by" not in second.get("accounts:inbox").text, "what it said has lapsed"
    assert now(head, again).result
    assert "It was drawn again" in head.get("lots:draw", first.pk).text
    waits = {each.draw_id for each in rows(Recheck, city.first) if each.waits}
    assert waits == {again.pk}
    with pytest.raises(WrongState, match="drawn again already"):
        frozen(head, redraws=first.pk, reason="Once more")


def test_a_draw_that_is_approved_late_leaves_as_many_days() -> None:
    frozen_at = dt.datetime(2026, 11, 2, 9, tzinfo=dt.UTC)
    made = Draw(terms={"due_on": "2026-11-09"}, frozen_at=frozen_at)
    for days, due_on in ((0, "2026-11-09"), (20, "2026-11-29")):
        made.drawn_at = frozen_at + dt.timedelta(days=days)
        assert (made.due_on, made.terms_now) == (dt.date.fromisoformat(due_on), {"due_on": due_on})
    assert Draw(terms={}).due_on is None


def test_a_pool_that_is_too_large_is_not_offered(city: City, monkeypatch: pytest.MonkeyPatch) -> None:
    closed(city, 3)
    head = chief(city.first)
    for most, is_offered in ((3, True), (2, False)):
        monkeypatch.setattr(lots, "MOST_IN_POOL", most)
        page = head.get("inspections:recheck_draw").text
        assert ("3 in the pool" in page) is is_offered
        assert ("More than 2 are in the pool" in page) is not is_offered


def test_the_database_keeps_what_was_frozen_and_drawn(city: City) -> None:
    closed(city, 2)
    head = supervisor(city.bureau)
    made = frozen(head, take=1)
    with station_scope(head.actor.scope()):
        copy = Draw.objects.get(pk=made.pk)
        copy.pk, copy.seed, copy.drawn_at = None, "0" * 64, made.frozen_at + dt.timedelta(days=1)
        with pytest.raises(IntegrityError, match="draw_seed_after_freezing"), transaction.atomic():
            copy.save(force_insert=True)
        own = {"approved": True, "decided_by_id": made.frozen_by_id}
        with pytest.raises(IntegrityError, match="draw_again_decided_by_another"), transaction.atomic():
            Draw.objects.filter(pk=made.pk).update(**own)
        for change in ({"pool": []}, {"digest": "1" * 64}, {"take": 2}, {"excused": [[1, "x", "y"]]}):
            with pytest.raises(IntegrityError, match="draw_kept"), transaction.atomic():
                Draw.objects.filter(pk=made.pk).update(**change)
    with pytest.raises(CommandError, match="not drawn yet"):
        call_command("check_draw", str(made.pk))
    head.act(lots.draw_lot, id=made.pk)
    with station_scope(head.actor.scope()):
        for change in ({"seed": "1" * 64}, {"result": []}, {"drawn_by": "Another"}):
            with pytest.raises(IntegrityError, match="draw_kept"), transaction.atomic():
                Draw.objects.filter(pk=made.pk).update(**change)
        forged = Draw.objects.get(pk=made.pk)
        assert lots.is_as_drawn(forged)
        forged.pool = forged.pool[:1]
        assert not lots.is_as_drawn(forged)
        forged.digest, forged.result = forged.computed_digest(), lots.computed_result(forged)
        assert not lots.is_as_drawn(forged)  # the log holds another digest


def test_a_station_sees_its_own_draws_and_no_other(city: City) -> None:
    closed(city, 2)
    HazardFactory(enterprise=EnterpriseFactory(station=city.second), **CLOSED, closed_on=ago(9))
    own, bureau, other = chief(city.first), supervisor(city.bureau), chief(city.second)
    of_station, of_bureau = frozen(own, take=1), frozen(bureau)
    assert len(of_station.pool) == 2
    assert len(of_bureau.pool) == 3
    for person, draw_, is_seen in (
        (own, of_station, True),
        (own, of_bureau, False),
        (other, of_station, False),
        (bureau, of_station, True),
        (supervisor(city.other_bureau), of_bureau, False),
        (officer(city.first), of_station, False),
    ):
        assert (person.get("lots:draw", draw_.pk).status_code == 200) is is_seen
        if not is_seen:
            with pytest.raises((Http404, NotAllowed)):
                person.act(lots.draw_lot, id=draw_.pk)
    # the database alone: who does not see all its stations does not see the draw
    for stations, seen in (((city.first.pk,), {of_station.pk}), ((city.second.pk,), set())):
        with station_scope(Scope(stations, bureau=city.bureau.pk, audience=Audience.POLICE)):
            assert set(Draw.objects.values_list("pk", flat=True)) == seen
            assert Draw.objects.filter(pk=of_bureau.pk).update(decision="x") == 0

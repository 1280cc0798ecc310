"""After an inspection: the enterprise reads, replies and complains; the officer enters a reply; the chief answers alone."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from facts.models import Attachment
from foundation.accounts.models import AuditEntry, Station, User
from foundation.inbox.models import Notification
from foundation.tenancy.scope import Audience
from inspections.complaining import ANSWERED, MADE, complaints_for
from inspections.models import Complaint, Reply
from inspections.replies import reply_due_on
from inspections.selectors import count_pressing
from tests.factories import EnterpriseFactory, HazardFactory, InspectionFactory
from tests.facts.people import Person, ago, ahead, chief, fresh, manager, officer, rows, supervisor
from tests.fixtures import City, scope_of, scope_of_bureau
from tests.inspections.test_signing import drawn

pytestmark = pytest.mark.django_db


def causes_of(person: Person, station: Station) -> list[str]:
    with scope_of(station, audience=Audience.SYSTEM):
        return list(Notification.objects.filter(user_id=person.user.pk).values_list("code", flat=True))


def test_the_enterprise_reads_and_replies(city: City) -> None:
    police = officer(city.first)
    enterprise, other = (EnterpriseFactory(station=city.first) for _number in range(2))
    visit = InspectionFactory(
        enterprise=enterprise, inspectors="周志远, 陈立", inspected_on=ago(2), note="SECRET of the police"
    )
    HazardFactory(enterprise=enterprise, inspection=visit, item="门锁损坏", found_on=visit.inspected_on)
    theirs, stranger = manager(enterprise), manager(other)
    page = reverse("inspections:own_inspection", args=[visit.pk])
    shown = theirs.client.get(page)
    assert "门锁损坏" in shown.text
    assert "周志远" in shown.text
    assert "SECRET" not in shown.text
    assert (
        reverse("inspections:own_inspection", args=[visit.pk])
        in theirs.get("inspections:own_inspections").text
    )
    assert theirs.client.get(reverse("inspections:inspection", args=[visit.pk])).status_code == 403
    InspectionFactory(enterprise=enterprise, inspected_on=ago(400))  # nobody asks for a word about it
    assert theirs.get("inspections:own_inspections").text.count("not read yet") == 1

    acts = {
        name: reverse(f"inspections:own_inspection_{name}", args=[visit.pk])
        for name in ("read", "reply", "complain")
    }
    for address in (page, *acts.values()):
        assert stranger.client.get(address).status_code in (404, 405)
        assert stranger.client.post(address, {"said": "words"}).status_code in (404, 405)
    assert rows(Reply, city.first) == rows(Complaint, city.first) == []

    tasks = theirs.get("portal:my_tasks")
    assert page in tasks.text
    due_on = theirs.act(reply_due_on, inspection=visit)
    assert [each.due_on for each in tasks.context["now"] if each.url == page] == [due_on]
    pressing = theirs.act(count_pressing)
    assert pressing == tasks.wsgi_request.badges["portal:my_tasks"]
    for _time in range(2):
        assert theirs.client.post(acts["read"]).status_code == 302
    assert page not in theirs.get("portal:my_tasks").text, "it was read"
    assert theirs.act(count_pressing) == pressing - 1
    (read,) = rows(Reply, city.first)
    assert (read.kind, read.by_id) == ("read", theirs.user.pk)
    assert theirs.client.post(acts["reply"], {"said": " … "}).status_code == 422
    photo = SimpleUploadedFile("lock.png", drawn(), content_type="image/png")
    sent = theirs.client.post(acts["reply"], {"said": "锁已更换。", "file": photo})
    assert sent.status_code == 302
    assert theirs.client.post(acts["reply"], {"said": "锁已更换。"}).status_code == 302  # once more
    _read, reply = rows(Reply, city.first)
    assert (reply.said, reply.way, reply.is_late) == ("锁已更换。", "portal", False)
    assert reply.due_on
    (file,) = rows(Attachment, city.first)
    kept = reverse("inspections:own_inspection_file", args=[visit.pk, file.pk])
    assert kept in theirs.client.get(page).text
    assert theirs.client.get(kept).status_code == 200
    assert stranger.client.get(kept).status_code == 404
    seen = police.get("inspections:inspection", visit.pk).text
    assert "锁已更换。" in seen

    entered = police.client.post(
        reverse("inspections:inspection_reply", args=[visit.pk]),
        {"way": "call", "by": "李四", "said": "已安排维修"},
    )
    assert entered.status_code == 302
    last = rows(Reply, city.first)[-1]
    assert (last.by, last.entered_by, last.by_id) == ("李四", str(police.user), 0)
    assert str(police.user) in theirs.client.get(page).text
    wrong = police.client.post(
        reverse("inspections:inspection_reply", args=[visit.pk]),
        {"way": "portal", "by": "李四", "said": "x1"},
    )
    assert wrong.status_code == 422, "only its own people reply in the portal"

    late = Reply(on=ahead(30), due_on=ahead(29))
    assert late.is_late


def test_a_complaint_is_for_a_chief_who_did_not_inspect(city: City) -> None:
    police, head = officer(city.first), chief(city.first)
    bureau = supervisor(city.bureau)
    enterprise = EnterpriseFactory(station=city.first, name="铭洲精工")
    theirs = manager(enterprise)
    visit = InspectionFactory(enterprise=enterprise, inspectors=f"{police.user}, 陈立", inspected_on=ago(3))
    address = reverse("inspections:own_inspection_complain", args=[visit.pk])
    sent = theirs.client.post(address, {"said": "未出示证件，态度粗暴。"})
    assert sent.status_code == 302, sent.context["form"].errors
    (made,) = rows(Complaint, city.first)
    assert (made.goes_to, made.to_id, made.answered_at) == ("chief", head.user.pk, None)
    assert made.due_on
    assert "being answered" in theirs.client.post(address, {"said": "再投诉一次"}).text

    # the chief is told, sees it on Today and answers; nobody else of the station learns of it
    page = reverse("inspections:complaint", args=[made.pk])
    assert causes_of(head, city.first) == [MADE]
    assert causes_of(police, city.first) == []
    assert "铭洲精工" in head.get("desk:today").text
    assert page in head.get("desk:today").text
    assert page not in police.get("desk:today", whose="station").text
    for person, status in ((police, 403), (chief(city.second), 404), (theirs, 403), (bureau, 404)):
        assert person.client.get(page).status_code == status
        assert person.client.post(page, {"answer": "Nothing"}).status_code == status
    # the chief leaves: it is the bureau's before its day has passed
    User.objects.filter(pk=head.user.pk).update(is_active=False)
    listed = bureau.get("inspections:complaints").text
    assert "未出示证件" in listed
    assert listed.count(page) == 2, "the name and the act lead to it"
    assert bureau.client.get(page).status_code == 200
    User.objects.filter(pk=head.user.pk).update(is_active=True)
    for shown in ("inspections:inspection", "inspections:inspections"):
        args = [visit.pk] if shown.endswith("inspection") else []
        assert "态度粗暴" not in police.client.get(reverse(shown, args=args)).text
    with scope_of(city.first):
        mine = AuditEntry.objects.filter(enterprise_id=enterprise.pk)
        assert not [each for each in mine if "complaint" in each.action]
        assert complaints_for(police.actor).count() == 0
    with scope_of_bureau(city.bureau):
        (logged,) = AuditEntry.objects.filter(action="inspection_complaint.make")
        assert (logged.enterprise_id, logged.station_id, logged.after) == (0, 0, {"complaint": made.pk})

    assert head.client.post(page, {"answer": " "}).status_code == 422
    assert head.client.post(page, {"answer": "已批评教育当事民警，特此致歉。"}).status_code == 302
    assert fresh(made).answered_by_id == head.user.pk
    again = head.client.post(page, {"answer": "Another"}).text
    assert "answered already" in again
    assert "Another" in again, "what was typed in the second tab can still be copied"
    assert 'name="answer"' not in again, "no form that can never be sent"
    assert "特此致歉" in theirs.client.get(reverse("inspections:own_inspection", args=[visit.pk])).text
    assert ANSWERED in causes_of(theirs, city.first)
    assert "特此致歉" in head.client.get(page).text

    # the chief inspected: it goes to the bureau, and the chief does not see it
    second = InspectionFactory(enterprise=enterprise, inspectors=f"{head.user}, 陈立", inspected_on=ago(2))
    address = reverse("inspections:own_inspection_complain", args=[second.pk])
    assert theirs.client.post(address, {"said": "索要物品"}).status_code == 302
    (of_chief,) = (each for each in rows(Complaint, city.first) if each.inspection_id == second.pk)
    assert (of_chief.goes_to, of_chief.to_id) == ("bureau", 0)
    page = reverse("inspections:complaint", args=[of_chief.pk])
    assert head.client.get(page).status_code == 404
    assert "索要物品" not in head.get("inspections:complaints").text
    assert "索要物品" in bureau.get("inspections:complaints").text
    assert bureau.client.post(page, {"answer": "已立案核查。"}).status_code == 302

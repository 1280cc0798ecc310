"""People of the police brought by a list: added as by the page, invited by it, and taken back while nothing builds on them."""

import re

import pytest
from django.test import Client
from django.urls import reverse

from foundation.accounts.choices import Role
from foundation.accounts.models import AuditEntry, Invitation, RoleGrant, User
from foundation.tenancy.scope import station_scope
from imports.choices import RowState
from ratings.operations import adopt_default_standard
from ratings.operations.evaluations import bureau_actor
from tests.accounts.conftest import House, house, quick_passwords
from tests.exports.reading import taken
from tests.factories import EnterpriseFactory, InspectionFactory, LiaisonFactory
from tests.imports.sheets import Person

__all__ = ["house", "quick_passwords"]
LIST = (
    "人员花名册,,,,\n"
    "姓名,登录名,职务,手机,单位\n"
    "李明,P1001,民警,138 0000 1001,{first}\n"
    "张伟,P1002,所长,13800001002,{first}\n"
    "王丽,P1003,民警,13800001003,{second}\n"
    "赵敏,P1004,民警,13800001004,无此所\n"
    "李四,P1001,民警,,{first}\n"
    "钱进,{taken},民警,,{first}\n"
)


def listed(house: House, taken: str = "nobody-yet") -> str:
    return LIST.format(first=house.city.first.name, second=house.city.second.name, taken=taken)


def states(person: Person, sheet: object) -> dict[int, tuple[str, list[str]]]:
    rows = person.rows(sheet)  # type: ignore[arg-type]
    return {number: (row.state, [each["code"] for each in row.remarks]) for number, row in rows.items()}


def roles(person: Person, name: str) -> list[tuple[str, int | None]]:
    with station_scope(person.actor.scope()):
        grants = RoleGrant.objects.filter(user__username=name, revoked_at=None)
        return list(grants.values_list("role", "station_id"))


def test_a_supervisors_list_adds_people_with_roles_and_the_page_makes_their_links(house: House) -> None:
    person = Person(house, "supervisor")
    elsewhere = house.people["operator"].username
    sheet = person.confirm(person.upload(listed(house, elsewhere), kind="person"))
    assert {each["name"]: each["becomes"] for each in sheet.columns} == {
        "姓名": ["full_name"],
        "登录名": ["username"],
        "职务": ["role"],
        "手机": ["phone"],
        "单位": ["station"],
    }
    assert states(person, sheet) == {
        3: (RowState.NEW, []),
        4: (RowState.NEW, []),
        5: (RowState.NEW, []),
        6: (RowState.REFUSED, ["no_such_station"]),
        7: (RowState.REFUSED, ["repeated_key"]),
        8: (RowState.REFUSED, ["person_elsewhere"]),
    }
    assert not User.objects.filter(username="P1001").exists()  # nothing is done yet

    sheet = person.press("write", sheet)
    assert roles(person, "P1002") == [(Role.CHIEF, house.city.first.pk)]
    li = User.objects.get(username="P1001")
    assert (li.full_name, li.phone, li.is_awaited, li.has_password) == ("李明", "138 0000 1001", True, False)
    with station_scope(person.actor.scope()):
        assert not Invitation.objects.filter(user=li).exists()
        entry = AuditEntry.objects.filter(action="user.create", object_id=li.pk).get()
    assert entry.actor_id == person.actor.user_id

    page = reverse("accounts:invite_new")
    assert page in person.page(sheet).content.decode()
    form = person.client.get(page).context["form"]
    shown = person.client.post(page, {"acting": form["acting"].initial})
    assert shown["Cache-Control"] == "no-store"
    tokens = re.findall(r"data-copy=\"[^\"]*/([0-9a-f]{48})/", shown.content.decode())
    assert len(tokens) == 3
    again = person.client.post(page, {"acting": form["acting"].initial}, follow=True)
    assert b"Everybody who was added has a link" in again.content

    typed = {"password": "lotus-tea-house-8", "again": "lotus-tea-house-8"}
    assert Client().post(reverse("accounts:invitation", args=[tokens[0]]), typed).status_code == 302
    joined = User.objects.get(username__startswith="P100", is_awaited=False)
    sheet = person.press("undo", sheet)
    assert f"{joined} (has chosen a password)" in person.page(sheet).content.decode()
    assert len(roles(person, "P1003")) == 1


def test_a_chief_adds_officers_of_the_own_station_and_takes_them_back(house: House) -> None:
    person = Person(house, "chief")
    text = listed(house)
    sheet = person.confirm(person.upload(text, kind="person"))
    assert states(person, sheet) == {
        3: (RowState.NEW, []),
        4: (RowState.REFUSED, ["role_out_of_reach"]),
        5: (RowState.REFUSED, ["no_such_station"]),
        6: (RowState.REFUSED, ["no_such_station"]),
        7: (RowState.REFUSED, ["repeated_key"]),
        8: (RowState.NEW, []),
    }
    sheet = person.press("write", sheet)
    person.press("undo", sheet)
    li = User.objects.get(username="P1001")
    assert (roles(person, "P1001"), li.is_active) == ([], False)

    again = person.confirm(person.upload(text.replace("李明", "李小明"), kind="person"))
    assert states(person, again)[3] == (RowState.NEW, [])
    person.press("write", again)
    li.refresh_from_db()
    assert (roles(person, "P1001"), li.is_active, li.full_name) == (
        [(Role.OFFICER, house.city.first.pk)],
        True,
        "李小明",
    )


def test_somebody_who_is_here_is_changed_only_if_that_is_chosen(house: House) -> None:
    person = Person(house, "supervisor")
    officer, chief = house.people["officer"], house.people["chief"]
    rows = "".join(
        f"{each.username},{name},{role},{house.city.first.code}\n"
        for each, name, role in (
            (officer, "周新名", "officer"),
            (chief, chief.full_name, "chief"),
            (house.people["supervisor"], "自己改名", "supervisor"),
        )
    )
    sheet = person.confirm(person.upload(f"user name,full name,role,police station\n{rows}", kind="person"))
    assert states(person, sheet) == {
        2: (RowState.CHANGED, ["differs"]),
        3: (RowState.SAME, []),
        4: (RowState.CHANGED, ["differs"]),
    }
    was = officer.full_name
    sheet = person.press("choose", sheet, row=[2, 4], choice="update")
    sheet = person.press("write", sheet)
    found = states(person, sheet)
    assert found[2][0] == RowState.WRITTEN
    assert found[4] == (RowState.REFUSED, ["not_possible"])  # nobody changes the own account so
    officer.refresh_from_db()
    assert officer.full_name == "周新名"
    person.press("undo", sheet)
    officer.refresh_from_db()
    assert officer.full_name == was
    assert roles(person, officer.username)


def test_police_numbers_come_in_as_numbers_and_stand_for_user_names(house: House) -> None:
    person, first = Person(house, "supervisor"), house.city.first.name
    text = (
        f"姓名,警号,职务,单位\n李明,041001,民警,{first}\n张伟,041002,所长,{first}\n王丽,41003,民警,{first}\n"
    )
    sheet = person.confirm(person.upload(text, kind="person"))
    assert sheet.columns[1]["becomes"] == ["police_number"]
    sheet = person.press("write", sheet)
    assert {row: state for row, (state, _remarks) in states(person, sheet).items()} == {
        2: RowState.WRITTEN,
        3: RowState.WRITTEN,
        4: RowState.REFUSED,  # a digit is lost
    }
    li = User.objects.get(username="041001")
    assert (li.full_name, li.police_number) == ("李明", "041001")
    person.press("undo", sheet)
    again = person.confirm(
        person.upload(
            f"警号,用户名,姓名,单位\n041001,041001,李明,{first}\n041002,zhang,张三,{first}\n", kind="person"
        )
    )
    assert [each["becomes"] for each in again.columns[:2]] == [["police_number"], ["username"]]
    person.press("write", again)
    li.refresh_from_db()
    assert (li.is_active, li.police_number) == (True, "041001")
    assert User.objects.get(username="zhang").police_number == "041002"


def test_a_role_stays_while_something_is_in_the_persons_name_by_it(house: House) -> None:
    person, officer, second = Person(house, "supervisor"), house.people["officer"], house.city.second
    row = f"{officer.username},{officer.full_name},officer,{second.code}"
    sheet = person.confirm(person.upload(f"user name,full name,role,police station\n{row}\n", kind="person"))
    sheet = person.press("choose", sheet, row=[2], choice="update")
    sheet = person.press("write", sheet)
    assert (Role.OFFICER, second.pk) in roles(person, officer.username)
    post = LiaisonFactory(enterprise=EnterpriseFactory(station=second), officer=officer)
    sheet = person.press("undo", sheet)
    assert f"{officer}: Enterprises as liaison officer or deputy: 1" in person.page(sheet).content.decode()
    assert (Role.OFFICER, second.pk) in roles(person, officer.username)
    with station_scope(person.actor.scope()):
        type(post).objects.filter(pk=post.pk).update(until_on=post.from_on)
    person.press("undo", sheet)
    assert (Role.OFFICER, second.pk) not in roles(person, officer.username)


@pytest.mark.parametrize("name", ["chief", "supervisor"])
def test_its_template_offers_the_roles(house: House, name: str) -> None:
    answer = house.client(name).get(reverse("imports:template", args=["person"]))
    assert answer.status_code == 200


@pytest.mark.parametrize("name", ["chief", "supervisor"])
def test_the_list_of_people_comes_in_again_without_a_difference(house: House, name: str) -> None:
    """A person is known by the user name; what a list of people shows beside is nobody's field."""
    content = taken(house.client(name), reverse("accounts:users"), "xlsx").content
    person = Person(house, name)
    sheet = person.upload(content, kind="person", name="people.xlsx")
    sheet = person.confirm(sheet, Roles="")  # role and place in one cell
    found = {row.state for row in person.rows(sheet).values() if "Full" in "".join(row.cells)}
    told = [(row.cells, row.remarks) for row in person.rows(sheet).values() if row.state != RowState.SAME]
    assert found == {RowState.SAME}, told


def test_the_page_says_what_comes_next_and_what_the_first_colours_need(house: House) -> None:
    person = Person(house, "supervisor")
    page = reverse("imports:sheets")
    steps = {step.code: step for step in person.client.get(page).context["steps"]}
    assert [code for code, step in steps.items() if step.is_done] == ["people", "register", "outside"]
    assert dict(steps["register"].counts) == {"Enterprises": 1}
    assert steps["facts"].is_next
    assert steps["facts"].kinds[0] == ("inspection", "Inspection")
    assert not steps["liaison"].kinds
    assert "chiefs" in steps["liaison"].lacks
    assert steps["colours"].lacks == "They still need: an inspection, a standard."
    InspectionFactory(enterprise=house.enterprise)
    bureau = bureau_actor(house.city.bureau.pk)
    with station_scope(bureau.scope()):
        adopt_default_standard(actor=bureau)
    steps = {step.code: step for step in person.client.get(page).context["steps"]}
    assert steps["facts"].is_done
    assert not steps["colours"].lacks
    assert [url for url, _words in steps["colours"].links] == [reverse("ratings:run_create")]
    chief = {step.code: step for step in house.client("chief").get(page).context["steps"]}
    assert (chief["liaison"].is_next, chief["colours"].links) == (True, [])


def test_an_enterprises_people_come_in_and_log_in_with_their_number(house: House) -> None:
    person = Person(house, "chief")
    firm, here = house.enterprise.name, house.people["security_manager"]
    text = (
        "单位名称,内保负责人,职务,手机\n"
        f"{firm},周强,保卫科长,138 0000 2001\n"
        f"{firm},吴芳,安全员,13800002002\n"
        f"{firm},郑雨,,\n"
        "查无此单位,冯敏,,13800002003\n"
    )
    sheet = person.confirm(person.upload(text, kind="enterprise_person"))
    assert {each["name"]: each["becomes"] for each in sheet.columns} == {
        "单位名称": ["enterprise.name"],
        "内保负责人": ["full_name"],
        "职务": ["role"],
        "手机": ["phone"],
    }
    assert states(person, sheet) == {
        2: (RowState.NEW, []),
        3: (RowState.NEW, []),
        4: (RowState.REFUSED, ["no_user_name"]),
        5: (RowState.REFUSED, ["no_enterprise"]),
    }
    sheet = person.press("write", sheet)
    with station_scope(person.actor.scope()):
        grants = RoleGrant.objects.filter(user__username__startswith="1380000200", revoked_at=None)
        assert set(grants.values_list("user__username", "role", "enterprise_id")) == {
            ("13800002001", Role.SECURITY_MANAGER, house.enterprise.pk),
            ("13800002002", Role.ENTERPRISE_STAFF, house.enterprise.pk),
        }
    again = person.confirm(person.upload(text, kind="enterprise_person"))
    assert [each.state for each in person.rows(again).values()][:2] == [RowState.SAME] * 2
    person.press("undo", sheet)
    assert roles(person, "13800002001") == []
    named = f"单位名称,姓名,登录名\n{firm},{here.full_name},{here.username}\n"
    sheet = person.confirm(person.upload(named, kind="enterprise_person"))
    assert states(person, sheet) == {2: (RowState.SAME, [])}


def test_departments_people_are_brought_by_the_bureau_alone(house: House) -> None:
    person = Person(house, "supervisor")
    firm = house.department
    here = house.people["department_officer"]
    text = (
        f"姓名,账号,单位\n孙丽,D1,{firm.name}\n钱伟,D2,无此局\n{here.full_name},{here.username},{firm.code}\n"
    )
    sheet = person.confirm(person.upload(text, kind="department_person"))
    assert states(person, sheet) == {
        2: (RowState.NEW, []),
        3: (RowState.REFUSED, ["no_such_department"]),
        4: (RowState.SAME, []),
    }
    person.press("write", sheet)
    with station_scope(person.actor.scope()):
        grant = RoleGrant.objects.get(user__username="D1")
    assert (grant.role, grant.department_id) == (Role.DEPARTMENT_OFFICER, firm.pk)
    offered = house.client("chief").get(reverse("imports:sheets")).context["form"].fields["kind"].choices
    assert "department_person" not in dict(offered)
    assert "enterprise_person" in dict(offered)

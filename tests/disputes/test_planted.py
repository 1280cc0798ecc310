"""Marked texts in every field of a dispute and of what belongs to it: nobody reads one who must not, nor the database.

By introspection: each model that belongs to a dispute has the mark in every text that it can hold. A new model is planted at
once, and one with a text that cannot hold the mark fails, until ``NOT_PLANTED`` says why.
"""

import json
import logging
import re
from collections.abc import Iterable, Iterator
from typing import Any

import pytest
from django.apps import apps
from django.core.exceptions import ValidationError
from django.db import connection, models
from django.test import Client
from django.urls import reverse

from config.logs import hide_secrets
from disputes.access import Permission
from disputes.models import Dispute, OfDispute, Party
from disputes.people.masking import OWN_WORDS, TITLE_FIELDS
from disputes.people.sides import write_sides
from facts.attachments import void_attachment
from foundation.accounts import auditing
from foundation.accounts.access import Role
from foundation.tenancy.checks import project_models
from foundation.tenancy.scope import Audience
from tests.disputes.test_parties import identity
from tests.factories import (
    AttachmentFactory,
    DepartmentFactory,
    DisputeFactory,
    EnterpriseFactory,
    FollowUpFactory,
    PartyFactory,
    factory_of,
)
from tests.facts.people import Person, ago, ahead, chief, log, officer, rows
from tests.fixtures import City, scope_of, scope_of_bureau
from tests.isolation.test_api_door import routes as api_routes
from tests.isolation.test_front_door import routes
from tests.rest.keys import api
from tests.suite import mostly

pytestmark = pytest.mark.django_db

MARK = "ZQPLANT"
NAME, PHONE, IDENTITY = "甄秘密", "13777770731", identity("19790305", 88)
GUARDIAN, AGENT = "甄监护", "甄代理"
PERSON = (NAME, PHONE, IDENTITY, GUARDIAN, AGENT, f"{MARK}-address")
PARTY = {
    "side": "respondent",
    "name": NAME,
    "identity": IDENTITY,
    "phone": PHONE,
    "address": f"{MARK}-address",
    "guardian": GUARDIAN,
    "guardian_identity": IDENTITY,
    "representative": AGENT,
    "representative_phone": PHONE,
}
# (model, field) → why the mark cannot stand there
NOT_PLANTED: dict[tuple[str, str], str] = {
    (
        "disputes.Party",
        "organisation",
    ): "empty for a person; of an organisation, see the factory of a second row",
    ("disputes.Party", "credit_code"): "empty for a person",
    ("disputes.MediationSession", "present"): "role and name of members of the team, which are planted there",
}
MODELS = [model for model in apps.get_models() if issubclass(model, OfDispute)]


def texts_of(model: type[models.Model]) -> list[Any]:
    """Return the fields of a model that hold what people type."""
    return [
        field
        for field in model._meta.concrete_fields
        if isinstance(field, models.CharField | models.TextField | models.JSONField)
        and not field.choices
        and not field.name.startswith("sealed_")
        and not field.name.endswith(("_index", "sha256"))
        and (model._meta.label, field.name) not in NOT_PLANTED
    ]


def planted(field: Any, person: str = " ") -> Any:
    """Return a text with the mark, and a person's name and telephone if there is room: people write whatever they like."""
    text = f"{MARK}{person}{field.model._meta.model_name} {field.name}"
    return [text] if isinstance(field, models.JSONField) else text[: field.max_length]


def plant(dispute: Dispute) -> list[models.Model]:
    """Create a row of each kind that belongs to a dispute, with the mark in every text."""
    made = []
    for model in MODELS:
        values = {field.name: planted(field, f" {NAME} {PHONE} ") for field in texts_of(model)}
        more: dict[str, Any] = {"of": PARTY} if model is Party else {}
        made.append(factory_of(model)(enterprise=dispute.enterprise, dispute=dispute, **values, **more))
    return made


@pytest.fixture
def dispute(city: City) -> Dispute:
    texts = {
        field.name: planted(field) for field in texts_of(Dispute) if field.name in (*TITLE_FIELDS, *OWN_WORDS)
    }
    texts |= {name: f"{texts[name]} {NAME} {PHONE}" for name in OWN_WORDS}  # titles refuse them
    enterprise = EnterpriseFactory(station=city.first)
    made = DisputeFactory(enterprise=enterprise, opened_on=ago(3), due_on=ahead(3), **texts)
    plant(made)
    write_sides(city.bureau.pk, city.first.pk, made.pk)
    return made


def test_every_text_is_planted(city: City) -> None:
    """Otherwise the tests below would look for nothing."""
    dispute = DisputeFactory(enterprise=EnterpriseFactory(station=city.first))
    made = plant(dispute)
    assert {type(each) for each in made} == set(MODELS)
    with scope_of(city.first):
        for model in MODELS:
            rows_of = list(model._default_manager.filter(dispute_id=dispute.pk))
            missing = [
                field.name
                for field in texts_of(model)
                if (field.max_length or 99) >= len(MARK)
                and not any(MARK in json.dumps(getattr(row, field.name)) for row in rows_of)
            ]
            assert not missing, (
                f"{model._meta.label}: say in NOT_PLANTED why it cannot hold the mark: {missing}"
            )


def leaks(answer: Any, marks: Iterable[str], *, but_fields: bool = False) -> list[str]:
    """Return the marks in headers and content of an answer. ``but_fields``: not in what stands in the fields of a form."""
    content = b"".join(answer) if answer.streaming else answer.content
    text = content.decode(errors="ignore")
    text = f"{answer.headers} {FIELDS.sub('', text) if but_fields else text}"
    return [each for each in marks if each in text]


def pages_of(dispute: Dispute) -> Iterator[str]:
    """Yield every page about a dispute, and where a dispute or a person could appear."""
    for route, pattern in routes()[0]:
        if route.startswith("disputes/"):
            for name in pattern.pattern.regex.groupindex:
                for kind in ("int:", "slug:", "str:", ""):
                    route = route.replace(f"<{kind}{name}>", str(dispute.pk))
            yield f"/{route}"
    for text in (MARK, NAME, IDENTITY):
        yield f"{reverse('desk:search')}?q={text}"
        yield f"{reverse('disputes:list')}?q={text}"
    yield from (reverse(name) for name in ("disputes:list", "disputes:own_disputes", "accounts:inbox"))
    yield from (
        reverse("desk:file_tab", args=[dispute.enterprise_id, tab]) for tab in ("timeline", "disputes")
    )
    yield reverse("desk:file", args=[dispute.enterprise_id])


FIELDS = re.compile(r'<textarea\b.*?</textarea>|\bvalue="[^"]*"|data-text="[^"]*"', re.DOTALL)


def read_by(
    client: Client,
    addresses: Iterable[str],
    marks: Iterable[str],
    *,
    posts: bool = True,
    but_fields: bool = False,
) -> list[str]:
    """Return where a mark is read that is not of the address itself."""
    wrong = []
    for address in addresses:
        for method in ("get", "post") if posts else ("get",):
            answer = getattr(client, method)(address, {"reason": "Card seen"} if method == "post" else {})
            found = [each for each in leaks(answer, marks, but_fields=but_fields) if each not in address]
            wrong += [f"{method} {address} -> {answer.status_code}: {found}"] if found else []
    return wrong


OUTSIDE = (MARK, *PERSON)


WHO = (
    "security_manager",
    "neighbour",
    "officer_second",
    "supervisor_elsewhere",
    "department_officer",
    "operator",
)


@pytest.mark.parametrize("who", mostly(WHO, {"security_manager", "neighbour", "department_officer"}))
def test_no_outsider_reads_a_planted_text(who: str, city: City, dispute: Dispute, caplog: Any) -> None:
    """The people of its own enterprise are among them."""
    where: dict[str, Any] = {
        "security_manager": {"enterprise": dispute.enterprise},
        "neighbour": {"enterprise": EnterpriseFactory(station=city.first)},
        "officer_second": {"station": city.second},
        "supervisor_elsewhere": {"bureau": city.other_bureau},
        "department_officer": {"bureau": city.bureau, "department": DepartmentFactory(bureau=city.bureau)},
        "operator": {},
    }[who]
    role = {
        "neighbour": Role.SECURITY_MANAGER,
        "officer_second": Role.OFFICER,
        "supervisor_elsewhere": Role.SUPERVISOR,
    }
    person = Person(role.get(who, who), **where)
    with caplog.at_level(logging.DEBUG):
        assert not read_by(person.client, pages_of(dispute), OUTSIDE)
        if who == "security_manager":
            assert dispute.get_kind_display() in person.get("disputes:own_disputes").content.decode()
            plain = [f"/{route}" for route, _pattern in routes()[1]]
            assert not read_by(person.client, plain, OUTSIDE, posts=False)
    said = "\n".join(
        json.dumps(hide_secrets(None, "", dict(each.msg)), ensure_ascii=False, default=str)
        if isinstance(each.msg, dict)
        else each.getMessage()
        for each in caplog.records
    )
    assert not [each for each in OUTSIDE if each in said]


def test_a_departments_key_reads_nothing_of_a_dispute(city: City, dispute: Dispute) -> None:
    client = api(DepartmentFactory(bureau=city.bureau))
    read = 0
    for route, pattern, methods in api_routes():
        if "get" not in methods:
            continue
        path = f"/{route}"
        for name in pattern.pattern.converters:
            for kind in ("int:", "slug:", "str:", ""):
                path = path.replace(f"<{kind}{name}>", str(dispute.enterprise_id))
        answer = client.get(path)
        read += answer.status_code == 200
        assert not leaks(answer, OUTSIDE), path
    assert read


def test_the_police_read_no_person_they_have_not_opened(city: City, dispute: Dispute) -> None:
    """Neither on its pages and lists nor in the log, in what they take away and in what they are notified of."""
    who, reads = officer(city.first), chief(city.first)
    # a form may begin with what was typed before, as a letter of transfer with the facts (docs/limits.md)
    assert not read_by(who.client, pages_of(dispute), PERSON, posts=False, but_fields=True)
    who.post(
        "disputes:correct",
        dispute.pk,
        version=1,
        kind="wages",
        opened_on=ago(3),
        summary="Wages",
        reason="Shorter",
        claimed=f"{NAME} {PHONE}",
    )
    named = {"action": "dispute.attach", "target": dispute, "after": {"file": f"{NAME}.jpg"}}
    who.act(auditing.record, **named)
    log_pages = [reverse("accounts:audit"), reverse("desk:file_tab", args=[dispute.enterprise_id, "log"])]
    assert "Wages" in reads.get("accounts:audit").content.decode()
    assert not read_by(reads.client, log_pages, PERSON, posts=False)
    taken_away = who.client.post(reverse("disputes:list"), {"download": "csv"})
    assert "Wages" in taken_away.content.decode()
    assert not leaks(taken_away, PERSON)


def test_the_database_has_nothing_of_a_person_that_can_be_read(city: City) -> None:
    """After every act on parties: no column of any table, the log and the notifications among them."""
    dispute = DisputeFactory(enterprise=EnterpriseFactory(station=city.first), opened_on=ago(3))
    person = officer(city.first)
    typed = {
        "side": "applicant",
        "role": "worker",
        "name": NAME,
        "identity": IDENTITY,
        "phone": PHONE,
        "address": f"{MARK}-address",
    }
    typed |= {"representative": AGENT, "guardian": GUARDIAN, "guardian_identity": identity("19700101", 3)}
    assert person.post("disputes:party_add", dispute.pk, **typed).status_code == 302
    assert person.post("disputes:party_add", dispute.pk, **typed).status_code == 422
    (party,) = rows(Party, city.first)
    again = {"side": "applicant", "role": "worker", "phone": "13888880731", "reason": "Wrong telephone"}
    assert person.post("disputes:party_correct", dispute.pk, party.pk, **again).status_code == 302
    _old, party = rows(Party, city.first)
    opened = person.post("disputes:party_open", dispute.pk, party.pk, reason="Card seen")
    assert set(leaks(opened, PERSON)) == set(PERSON) - {PHONE}, "it can be read by whoever opens it"
    assert person.post("disputes:party_void", dispute.pk, party.pk, reason="Not involved").status_code == 302
    looked_for = [*PERSON, "13888880731"]
    wrong = []
    with scope_of_bureau(city.bureau, audience=Audience.SYSTEM), connection.cursor() as cursor:
        for model in project_models():
            table = connection.ops.quote_name(model._meta.db_table)
            conditions = " OR ".join(["t::text LIKE %s"] * len(looked_for))
            cursor.execute(
                f"SELECT count(*) FROM {table} t WHERE {conditions}", [f"%{each}%" for each in looked_for]
            )
            wrong += [model._meta.label] if cursor.fetchone()[0] else []
    assert not wrong


def test_no_reason_names_a_party(city: City) -> None:
    """The log shows it to others: of a step, a correction, a follow-up, the lead, a measure, a file that was taken away."""
    person, head = officer(city.first), chief(city.first)
    settled = DisputeFactory(enterprise__station=city.first, opened_on=ago(9), settled_on=ago(2))
    PartyFactory(enterprise=settled.enterprise, dispute=settled, of=PARTY)
    planned = FollowUpFactory(dispute=settled, enterprise=settled.enterprise)
    survey = {"done_on": ago(1), "reached": True, "relapse": True, "satisfied": "no"}
    judged = FollowUpFactory(dispute=settled, enterprise=settled.enterprise, way="survey", **survey)
    file = AttachmentFactory(kind="dispute", record_id=settled.pk, enterprise=settled.enterprise)
    before = len(log(city.first))
    version, named = settled.version, f"{NAME} says so"
    for who, act, ids, values, field in (
        (person, "disputes:reopen", [settled.pk], {"reopened_on": ago(0), "due_on": ahead(9)}, "reason"),
        (head, "disputes:void", [settled.pk], {}, "reason"),
        (person, "disputes:lead", [settled.pk], {"officer_id": person.user.pk}, "reason"),
        (person, "disputes:risk", [settled.pk], {"reasons": ["threats"], "level": "low"}, "why"),
        (person, "disputes:risk", [settled.pk], {"who": "Zhou", "until_on": ahead(3)}, "what"),
        (person, "disputes:follow_up_drop", [planned.pk], {}, "reason"),
        (person, "disputes:follow_up_void", [judged.pk], {}, "reason"),
        (person, "disputes:follow_up_judge", [judged.pk], {"reopen": "false"}, "reason"),
        (
            person,
            "disputes:plan_follow_up",
            [settled.pk],
            {"planned_on": ahead(3), "way": "survey"},
            "question",
        ),
    ):
        more = {"officer": person.user.pk} if act == "disputes:plan_follow_up" else {}
        for text in (named, f"Call {PHONE}"):
            answer = who.post(act, *ids, version=version, **values, **more, **{field: text})
            assert (answer.status_code, list(answer.context["form"].errors)) == (422, [field]), act
    assert len(log(city.first)) == before
    with pytest.raises(ValidationError, match="names a party"):
        person.act(
            void_attachment,
            permission=Permission.RECORD_DISPUTES,
            model=Dispute,
            id=settled.pk,
            attachment_id=file.pk,
            reason=named,
        )

"""What names persons in free texts lies sealed: in the tables of disputes, of papers and of links; and nothing is lost with a key."""

import json
from typing import Any

import pytest
from django.apps import apps
from django.core.exceptions import FieldError, ValidationError
from django.db import connection, connections
from django.test import override_settings
from django.urls import reverse

from disputes.agreements.checking import Given
from disputes.agreements.concluding import conclude_agreement
from disputes.models import Agreement, Dispute, FollowUp, MediationSession, Party, WayStep
from disputes.people.masking import masked, masked_page, restored, restored_at
from disputes.people.parties import correct_party
from foundation.accounts.access import WrongState
from foundation.contributions.sheets import targets
from foundation.database.sealed import (
    SealedJSONField,
    SealedTextField,
    is_unreadable,
    seal_columns,
)
from foundation.links.models import SignedLink
from foundation.tenancy.scope import Audience
from papers.models import Paper
from papers.operations.making import make_file
from tests.factories import (
    DisputeFactory,
    EnterpriseFactory,
    MediationSessionFactory,
    PaperFactory,
    PartyFactory,
    factory_of,
)
from tests.facts.people import ago, fresh, officer, rows
from tests.fixtures import City, scope_of, scope_of_bureau

pytestmark = pytest.mark.django_db
NAME = "甄秘密"
SEALED = {
    (model, field.name): field
    for model in apps.get_models()
    for field in model._meta.concrete_fields
    if isinstance(field, SealedTextField | SealedJSONField)
}


@pytest.fixture
def dispute(city: City) -> Dispute:
    made: Dispute = DisputeFactory(enterprise=EnterpriseFactory(station=city.first), opened_on=ago(9))
    return made


def test_no_table_has_a_name_that_stands_in_a_free_text(city: City, dispute: Dispute) -> None:
    assert {model._meta.model_name for model, _name in SEALED} >= {
        *("agreement", "agreementsignature", "mediationsession", "offer", "waystep", "followup"),
        *("paper", "signedlink"),
    }
    made: dict[Any, dict[str, Any]] = {}
    for (model, name), field in SEALED.items():
        is_json = isinstance(field, SealedJSONField)
        made.setdefault(model, {})[name] = {"said": NAME} if is_json else f"{NAME} says {name}"
    ids = {}
    for model, values in made.items():
        more: dict[str, Any] = {"enterprise": dispute.enterprise}
        if any(each.name == "dispute" for each in model._meta.concrete_fields):
            more["dispute"] = dispute
        if model is SignedLink:
            more["answered_at"] = dispute.recorded_at
        ids[model] = factory_of(model)(**more, **values).pk
    with scope_of_bureau(city.bureau, audience=Audience.SYSTEM), connection.cursor() as cursor:
        for model, values in made.items():
            table = connection.ops.quote_name(model._meta.db_table)
            cursor.execute(f"SELECT t::text FROM {table} t WHERE id = %s", [ids[model]])
            assert NAME not in cursor.fetchone()[0], model
            found = model._default_manager.get(pk=ids[model])
            assert {name: getattr(found, name) for name in values} == values
            if not getattr(model, "append_only", False):
                found.save()  # what columns keep does not change, although sealing twice never gives the same


def test_what_was_read_is_kept_when_its_key_is_gone(city: City, dispute: Dispute) -> None:
    session = MediationSessionFactory(enterprise=dispute.enterprise, dispute=dispute, minutes=f"{NAME} came")
    paper = PaperFactory(enterprise=dispute.enterprise, data={"minutes": [NAME]})
    party = PartyFactory(enterprise=dispute.enterprise, dispute=dispute, of={"name": NAME})
    person = officer(city.first)
    with override_settings(SECRET_KEY="lost", SECRET_KEY_FALLBACKS=[]):
        other = officer(city.first)
        page = other.client.get(reverse("disputes:session", args=[dispute.pk, session.pk]))
        assert (page.status_code, NAME in page.text) == (200, False)
        with scope_of(city.first):
            found = Paper.objects.get(pk=paper.pk)
            found.save()
            assert is_unreadable(found.data)
            with pytest.raises(FileNotFoundError):
                make_file(found)
            MediationSession.objects.get(pk=session.pk).save()
        given = {"dispute_id": dispute.pk, "party_id": party.pk, "reason": "Wrong role", "role": "employer"}
        with pytest.raises(WrongState):
            other.act(correct_party, **given)
    assert fresh(session).minutes == f"{NAME} came"
    assert fresh(paper).data == {"minutes": [NAME]}
    assert [each.name for each in rows(Party, city.first)] == [NAME]
    assert person.act(correct_party, **given).name == NAME


@pytest.mark.django_db(databases=["default", "owner"])
def test_rows_of_before_are_sealed_by_the_migration(monkeypatch: pytest.MonkeyPatch) -> None:
    """Batch by batch. On tables of its own, because the columns of the others keep what they have."""
    text = seal_columns(SealedTextField(purpose="disputes.people"), [("texts", ("said",))])
    objects = seal_columns(SealedJSONField(purpose="links.answer"), [("objects", ("answer",))])
    editor = connections["owner"].schema_editor()
    monkeypatch.setattr("foundation.database.sealed.BATCH", 2)
    with connections["owner"].cursor() as cursor:
        cursor.execute("CREATE TEMPORARY TABLE texts AS SELECT 1 AS id, 'plain'::text AS said")
        cursor.execute("INSERT INTO texts SELECT id, 'plain ' || id FROM generate_series(2, 5) AS id")
        cursor.execute("CREATE TEMPORARY TABLE objects AS SELECT 1 AS id, '{\"a\": 1}'::jsonb AS answer")
        cursor.execute(
            """INSERT INTO objects VALUES (2, '{"sealed": "with wax", "by": 7}'), (3, '["sealed"]')"""
        )
        stored = set()
        for _twice in range(2):
            text.code(apps, editor)
            objects.code(apps, editor)
            cursor.execute("SELECT id, said FROM texts UNION ALL SELECT -id, answer::text FROM objects")
            stored.add(tuple(sorted(cursor.fetchall())))
        (found,) = stored  # what is sealed stays
        assert len(found) == 8
        assert all(
            text.startswith("gAAAAA") if id > 0 else set(json.loads(text)) == {"sealed"} for id, text in found
        )
        for each in (text, objects):
            assert each.reverse_code
            each.reverse_code(apps, editor)
        cursor.execute("SELECT said FROM texts ORDER BY id")
        assert [said for (said,) in cursor.fetchall()] == ["plain", *(f"plain {id}" for id in range(2, 6))]
        cursor.execute("SELECT answer::text FROM objects ORDER BY id")
        answers = [json.loads(answer) for (answer,) in cursor.fetchall()]
        assert answers == [{"a": 1}, {"sealed": "with wax", "by": 7}, ["sealed"]]


def test_a_sealed_column_is_asked_only_whether_it_has_something(city: City, dispute: Dispute) -> None:
    """A comparison with a text would find nothing, whatever is there."""
    MediationSessionFactory(enterprise=dispute.enterprise, dispute=dispute, minutes=NAME, late_reason="")
    with scope_of(city.first):
        assert MediationSession.objects.filter(late_reason="").exclude(minutes="").exists()
        questions: list[tuple[Any, dict[str, Any]]] = [
            (MediationSession, {"minutes": NAME}),
            (MediationSession, {"minutes__in": [NAME]}),
            (MediationSession, {"minutes__contains": NAME}),
            (Paper, {"data": {"a": 1}}),
            (Paper, {"data__a": 1}),
        ]
        for model, wrong in questions:
            with pytest.raises(FieldError):
                model.objects.filter(**wrong)


def test_a_row_that_was_never_sealed_is_read_as_it_is() -> None:
    field = FollowUp._meta.get_field("said")
    assert isinstance(field, SealedTextField)
    assert [field.read(each) for each in (None, "", "plain")] == [None, "", "plain"]
    data = Paper._meta.get_field("data")
    assert data.from_db_value('{"a": 1}', None, connection) == {"a": 1}
    step = WayStep(said=field.read(field.get_prep_value("A name")))
    assert step.said == "A name"


def test_a_mask_is_never_stored() -> None:
    people = ["陈建国", "陈大勇"]
    stored = "陈建国和陈大勇到场，电话13800000731"
    shown = masked(stored, people)
    assert restored(f"{shown}。", stored, people) == f"{stored}。", "each in its place"
    for typed in ("陈**到场", f"{shown}，陈**"):
        with pytest.raises(ValidationError) as refused:
            restored_at("minutes", typed, stored, people)
        assert list(refused.value.message_dict) == ["minutes"]
    assert restored("陈大勇到场", stored, people) == "陈大勇到场"
    with pytest.raises(ValidationError):
        restored_at("minutes", "陈**也来了", "无人到场", people)


def test_a_form_that_sends_a_mask_back_is_refused_at_its_field(city: City, dispute: Dispute) -> None:
    for name in ("陈建国", "陈大勇"):
        PartyFactory(enterprise=dispute.enterprise, dispute=dispute, of={"name": name})
    MediationSessionFactory(enterprise=dispute.enterprise, dispute=dispute, on=ago(3))
    one = officer(city.first)
    values = {
        "kind": "peoples",
        "concluded_on": ago(3),
        "presided_by": "李珊",
        "facts": "陈建国和陈大勇未领到工资。",
        "terms": "支付。",
    }
    first = one.act(conclude_agreement, id=dispute.pk, instalments=[Given(None, None)][:0], **values)
    form = one.get("disputes:agreement_create", dispute.pk).context["form"].initial
    sent = {
        **{name: form[name] for name in ("kind", "presided_by", "terms", "copies")},
        "concluded_on": ago(3),
        "facts": "陈**未领到工资。",
        "replaces": first.pk,
        "ended_as": "replaced",
        "end_reason": "They agreed anew",
    }
    refused = one.post("disputes:agreement_create", dispute.pk, **sent)
    assert list(refused.context["form"].errors) == ["facts"]
    assert len(rows(Agreement, city.first)) == 1


def test_a_page_masks_what_its_tags_say() -> None:
    page = (
        '<a title="陈建国 13800000731" href="/x?q=陈建国" data-x=\'陈建国\'>陈建国</a>'
        '<img alt="陈建国"><input value="陈建国" placeholder="陈建国">'
    )
    assert masked_page(page, ["陈建国"]) == (
        '<a title="陈** 138****0731" href="/x?q=陈建国" data-x=\'陈**\'>陈**</a>'
        '<img alt="陈**"><input value="陈建国" placeholder="陈**">'
    )


def test_a_title_from_a_sheet_masks_who_is_named_in_its_row() -> None:
    settle = targets["dispute"].settle
    assert settle
    values = {
        "summary": "陈建国等人讨薪，电话13800000731",
        "place": "李明宿舍",
        "source_values": {"当事人姓名": "陈建国、李明", "序号": "7"},
    }
    settle(values)
    assert (values["summary"], values["place"]) == ("陈**等人讨薪，电话138****0731", "李*宿舍")

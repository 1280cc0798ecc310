"""The audit log is shown in the reader's language, not the writer's."""

import pytest
from django.apps import apps
from django.utils import translation

from disputes.filing import merging
from facts.models import DERIVED_FIELDS, Fact
from foundation.accounts.audit_words import act_on, changes
from foundation.accounts.models import AuditEntry
from foundation.contributions.audit import kind_of_model
from inspections import calling, complaining, recheck_hand_over

FACTS = [
    model
    for model in apps.get_models()
    if issubclass(model, Fact) and not model.__module__.startswith("tests.")
]
NOT_LOGGED = {"id", "recorded_at", "changed_at", "version", "external_key", "source_values"}


def test_choices_are_shown_as_labels_also_in_lists_and_without_a_field() -> None:
    told = {"topics": ["ratings"], "paused_why": "address", "fault": "dns", "acknowledged": 14}
    entry = AuditEntry(object_type="deliveries.Subscription", before={}, after=told)
    with translation.override("zh-hans"):
        shown = {change.label: change.after for change in changes(entry, {})}
    assert not [words for words in (*shown, *shown.values()) if words.isascii() and words.isalpha()], shown
    with translation.override("en"):
        assert {change.label: change.after for change in changes(entry, {})}["Acknowledged"] == "14"


def test_what_was_erased_is_counted_in_words_whatever_it_was_about() -> None:
    entry = AuditEntry(object_type="hazard", action="audit_value.erase", before={}, after={"values": 4})
    for language, label in (("en", "Values"), ("zh-hans", "项数")):
        with translation.override(language):
            assert [(each.label, each.after) for each in changes(entry, {})] == [(label, "4")]


def test_acts_that_do_not_mention_their_object_are_listed_with_its_kind() -> None:
    with translation.override("zh-hans"):
        assert act_on("enterprise.absorb", "enterprise") == "企业：有企业并入"


def test_counts_changes_of_colour_and_imports_are_told_in_words_and_machine_fields_not_at_all() -> None:
    counts = {"red": 1, "grey": 2, "green": 8, "yellow": 4}
    completed = AuditEntry(object_type="evaluation", before={}, after={"counts": counts})
    subscribed = AuditEntry(
        object_type="subscription", before={}, after={"transitions": ["none>red", "green>red"]}
    )
    imported = AuditEntry(object_type="import", before={}, after={"becomes": "hazard", "already": 3})
    recorded = AuditEntry(
        object_type="hazard", before={}, after={"item": "锁", "recorded_by_id": 2, "issued_by_station_id": 1}
    )
    expected = {
        "en": [
            ("Counts by colour", "Red 1, Not rated 2, Green 8, Yellow 4"),
            ("Transitions", "rated for the first time: Red, Green to Red"),
            ("Becomes", "hazard"),
            ("Already here", "3"),
            ("Item", "锁"),
        ],
        "zh-hans": [
            ("各颜色数量", "红 1、待评 2、绿 8、黄 4"),
            ("变色", "首次评定为红、绿变红"),
            ("导入为", "隐患"),
            ("原已存在", "3"),
            ("隐患事项", "锁"),
        ],
    }
    for language, lines in expected.items():
        with translation.override(language):
            entries = (completed, subscribed, imported, recorded)
            shown = [(each.label, each.after) for entry in entries for each in changes(entry, {})]
        assert shown == lines, language


@pytest.mark.parametrize("model", FACTS)
def test_every_column_of_a_record_that_may_change_is_named_in_chinese(model: type[Fact]) -> None:
    kind = kind_of_model(model)
    names = {field.attname for field in model._meta.concrete_fields} - NOT_LOGGED - DERIVED_FIELDS
    entry = AuditEntry(object_type=kind.code, before={}, after=dict.fromkeys(sorted(names), 7))
    with translation.override("zh-hans"):
        labels = [each.label for each in changes(entry, {})]
    assert labels
    assert not [label for label in labels if label.isascii()]


@pytest.mark.parametrize(
    ("kind", "act", "key"),
    [
        ("hazard", calling.ACT, "spoke_with"),
        ("hazard", recheck_hand_over.HAND_OVER, "to"),
        ("", f"inspection_complaint.{complaining.MAKE}", "complaint"),
        ("standard", "adopt", "from_quarter"),
        ("subscription", "send_test", "message_id"),
        ("dispute", merging.MERGE, "absorbed"),
    ],
)
def test_what_only_an_entry_has_is_named_in_chinese(kind: str, act: str, key: str) -> None:
    entry = AuditEntry(object_type=kind, action=f"{kind}.{act}".removeprefix("."), before={}, after={key: 7})
    with translation.override("zh-hans"):
        (change,) = changes(entry, {})
    assert not change.label.isascii()
    assert "_" not in change.label


def test_an_id_is_not_shown_beside_the_name_it_stands_for() -> None:
    entry = AuditEntry(
        object_type="dispute",
        before={"lead_id": 0, "lead_name": ""},
        after={"lead_id": 3, "lead_name": "周志远"},
    )
    assert [each.after for each in changes(entry, {})] == ["周志远"]

"""The audit log is shown in the reader's language, not the writer's."""

from django.utils import translation

from foundation.accounts.audit_words import changes
from foundation.accounts.models import AuditEntry


def test_choices_are_shown_as_labels_also_in_lists_and_without_a_field() -> None:
    told = {"topics": ["ratings"], "paused_why": "address", "fault": "dns", "acknowledged": 14}
    entry = AuditEntry(object_type="deliveries.Subscription", before={}, after=told)
    with translation.override("zh-hans"):
        shown = {change.label: change.after for change in changes(entry, {})}
    assert not [words for words in (*shown, *shown.values()) if words.isascii() and words.isalpha()], shown
    with translation.override("en"):
        assert {change.label: change.after for change in changes(entry, {})}["Acknowledged"] == "14"

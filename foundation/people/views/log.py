"""The audit log as a page."""

from collections.abc import Sequence
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from foundation.accounts import audit_words, auditing, selectors
from foundation.accounts.access import Permission
from foundation.accounts.models import AuditEntry
from foundation.people.filters import AuditFilter
from foundation.ui.pickers import Choice
from foundation.ui.views import ListPage, Picker, id_in
from foundation.words import labelled


class PersonPicker(Picker):
    """People by name and pinyin; the log is filtered by their name."""

    permission = Permission.VIEW_AUDIT_ENTRIES

    def find(self, text: str) -> list[Choice]:
        found = {each.full_name: each for each in selectors.find_people(self.actor, text)}
        return [Choice(name, name, each.username) for name, each in found.items()]

    def named(self, values: Sequence[str]) -> list[Choice]:
        return [Choice(each, each) for each in values]


class AuditLog(ListPage):
    """Who did what, newest first. Paged by key, so the thousandth page costs as much as the first."""

    permission = Permission.VIEW_AUDIT_ENTRIES
    title = _("Audit log")
    template_name = "accounts/audit.html"
    filterset_class = AuditFilter
    icon = "history"
    sheet_labels = (
        _("Action"),
        _("When"),
        _("Who"),
        _("Role"),
        _("Address"),
        _("Object"),
        _("Kind"),
        _("Reason"),
        _("Before and after"),
    )

    def get_queryset(self) -> QuerySet[AuditEntry]:
        return selectors.list_audit(self.actor)

    def get_filterset_kwargs(self, filterset_class: Any) -> dict[str, Any]:
        return super().get_filterset_kwargs(filterset_class) | {"actor": self.actor}

    def paginate_queryset(self, rows: Any, page_size: int) -> Any:
        """Return one page of entries. Sets ``newer_url`` and ``older_url``, empty if there is no such page."""
        entries = selectors.with_user_names(rows)
        before, after = id_in(self.request, "before"), id_in(self.request, "after")
        if after:
            found = list(entries.filter(id__gt=after).order_by("id")[: page_size + 1])
            has_newer, has_older = len(found) > page_size, True
            shown = found[:page_size][::-1]
        else:
            found = list((entries.filter(id__lt=before) if before else entries)[: page_size + 1])
            has_newer, has_older = bool(before), len(found) > page_size
            shown = found[:page_size]
        self.newer_url = self._address("after", shown[0].pk) if shown and has_newer else ""
        self.older_url = self._address("before", shown[-1].pk) if shown and has_older else ""
        return None, None, shown, has_newer or has_older

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        context = super().get_context_data(**context)
        rows = self.in_words(context["object_list"])
        return context | {"rows": rows, "previous_url": self.newer_url, "next_url": self.older_url}

    def in_words(self, entries: list[Any]) -> list[dict[str, Any]]:
        """Return what the page shows of some entries."""
        auditing.reveal(entries)
        names = audit_words.names_of(entries)
        return [
            {
                "entry": entry,
                "who": audit_words.who(entry),
                "object": audit_words.object_name(entry, names),
                "reason": audit_words.reason(entry),
                "act": audit_words.act(entry.action),
                "grave": audit_words.grave(entry.action),
                "kind": audit_words.kind(entry.object_type),
                "changes": audit_words.changes(entry, names),
            }
            for entry in entries
        ]

    def get_sheet_records(self, keys: Any) -> list[Any]:
        entries = selectors.with_user_names(self.object_list.filter(pk__in=keys))
        return self.in_words(list(entries.order_by("-id")))

    def sheet_row(self, record: dict[str, Any]) -> tuple[Any, ...]:
        entry = record["entry"]
        changes = [
            labelled(change.label, f"{change.before or '–'} → {change.after or '–'}")
            for change in record["changes"]
        ]
        return (
            record["act"],
            entry.at,
            record["who"],
            entry.get_role_display(),
            entry.address,
            record["object"],
            record["kind"],
            record["reason"],
            "\n".join(changes),
        )

    def _address(self, name: str, pk: int) -> str:
        query = self.request.GET.copy()
        query.pop("before", None)
        query.pop("after", None)
        query[name] = str(pk)
        return f"?{query.urlencode()}"

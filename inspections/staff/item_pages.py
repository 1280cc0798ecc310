"""The bureau's list of hazard items: the version in force, and publishing the next one."""

from typing import Any

from django import forms
from django.forms import BaseForm
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from django.views.generic import TemplateView

from foundation.accounts.access import allows
from foundation.ui.forms import ReasonForm
from foundation.ui.views import Crumb, EditPage, Page
from inspections.access import Permission
from inspections.items import Items, items_in_force, publish_items
from inspections.models import ItemList

TITLE = _("List of hazard items")
LIST_ID = "hazard-items"


class ItemInput(forms.TextInput):
    """A text field that proposes the items of the list; other text is possible too."""

    def __init__(self, items: Items) -> None:
        super().__init__({"list": LIST_ID, "autocomplete": "off"})
        self.items = items

    def render(self, *args: Any, **options: Any) -> SafeString:
        words = [(each.words, note_of(each)) for each in self.items.items]
        options_html = format_html_join("", '<option value="{}">{}</option>', words)
        return format_html(
            '{}<datalist id="{}">{}</datalist>', super().render(*args, **options), LIST_ID, options_html
        )


def note_of(item: Any) -> str:
    """Return code, severity and days of an item in words."""
    number = item.days or 0
    days = ngettext("%(number)d working day", "%(number)d working days", number) % {"number": number}
    return " · ".join([item.code, *([str(_("major"))] if item.major else []), *([days] if item.days else [])])


class ItemsPage(Page, TemplateView):
    """The list in force, with its version."""

    permission = Permission.VIEW_HAZARD_ITEMS
    title = TITLE
    template_name = "inspections/items.html"

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        return super().get_context_data(
            list=items_in_force(self.actor),
            may_publish=allows(self.actor, Permission.CHANGE_HAZARD_ITEMS),
            hazards_url=reverse("inspections:hazards"),
            **context,
        )


class ItemsForm(ReasonForm):
    """All items of the next version, one a line."""

    lines = forms.CharField(
        label=_("Items"),
        max_length=60_000,
        widget=forms.Textarea(attrs={"rows": 16, "spellcheck": "false"}),
        help_text=_(
            "One a line: code | name | ordinary or major | working days. Without days the bureau's time limit applies. A line"
            " that you leave out is no longer offered; hazards that were recorded with it keep their wording."
        ),
    )
    field_order = ["lines", "reason"]

    def __init__(self, *args: Any, instance: Items, **options: Any) -> None:
        lines = "\n".join(each.as_line() for each in instance.items)
        options["initial"] = {"lines": lines} | (options.get("initial") or {})
        super().__init__(*args, **options)


class ItemsEdit(EditPage):
    """Publish the next version of the list."""

    permission = Permission.CHANGE_HAZARD_ITEMS
    title = _("Publish a new version")
    form_class = ItemsForm
    done_text = _("The new version is in force.")

    def find_record(self) -> Items:  # type: ignore[override]  # the shipped list is no row
        return items_in_force(self.actor)

    def get_version(self) -> int:
        return self.record.number

    def get_trail(self) -> list[Crumb]:
        return [Crumb(TITLE, self.get_back_url())]

    def get_back_url(self) -> str:
        return reverse("inspections:items")

    def perform(self, form: BaseForm) -> ItemList:
        return publish_items(actor=self.actor, number=self.version(form), **self.values(form))

"""The bureau's list of hazard items: the version in force, and publishing the next one."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.forms import BaseForm
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import reverse
from django.utils.cache import patch_cache_control
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from django.views.generic import TemplateView

from foundation.accounts.access import allows
from foundation.ui.forms import ReasonForm, day_field
from foundation.ui.views import Crumb, EditPage, Page
from inspections.access import Permission
from inspections.first_deadline import Suggestion, suggestion
from inspections.items import Items, items_in_force, publish_items
from inspections.models import ItemList

TITLE = _("List of hazard items")
LIST_ID = "hazard-items"


class ItemInput(forms.TextInput):
    """A text field that proposes the items of the list; other text is possible too.

    Several on a page share one list: ``items`` is None for all but the first.
    """

    def __init__(self, items: Items | None) -> None:
        super().__init__({"list": LIST_ID})  # not autocomplete="off": Back would not bring it
        self.items = items

    def render(self, *args: Any, **options: Any) -> SafeString:
        if self.items is None:
            return super().render(*args, **options)
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


def propose_in(
    form: forms.BaseForm, shown: Suggestion, *, day: str, field: Callable[[str], str] = str
) -> None:
    """Let a form of a hazard start with what is proposed, and follow its item, severity and day (forms.js).

    ``day`` is the name of the field with the day on which it was found, ``field`` gives the name of a field of the form.
    """
    due, major = form.fields["due_on"], form.fields["major"]
    due.initial = form.initial["due_on"] = shown.proposed.last_on
    due.help_text = shown.proposed.words
    due.widget.attrs |= {
        "data-proposes": reverse("inspections:hazard_proposal"),
        "data-proposed": shown.proposed.last_on.isoformat() if shown.proposed.last_on else "",
        "data-item": field("item"),
        "data-major": field("major"),
        "data-day": day,
    }
    major.widget.attrs["data-proposed"] = int(bool(shown.item and shown.item.major))


class ProposalForm(forms.Form):
    """A hazard as far as it is typed."""

    item = forms.CharField(required=False, max_length=120)
    day = day_field("", required=False)
    major = forms.TypedChoiceField(
        choices=[("1", ""), ("0", "")], coerce=lambda text: text == "1", required=False, empty_value=None
    )


class HazardProposal(Page):
    """What is proposed for a hazard of an item, found on a day, as the form of it is filled in. Answers JSON."""

    permission = Permission.PROPOSE_DEADLINES

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        form = ProposalForm(request.GET)
        form.is_valid()  # what cannot be read is not there
        typed = form.cleaned_data
        found = suggestion(
            self.actor,
            items_in_force(self.actor),
            typed.get("item", ""),
            typed.get("day"),
            major=typed.get("major"),
        )
        last_on = found.proposed.last_on
        answer = JsonResponse(
            {
                "due_on": last_on.isoformat() if last_on else "",
                "words": found.proposed.words,
                "major": found.is_major,
                "major_by_item": bool(found.item and found.item.major),
            }
        )
        patch_cache_control(answer, no_store=True)
        return answer


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

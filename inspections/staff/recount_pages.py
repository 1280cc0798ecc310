"""Deadlines to be counted again since the calendar has changed: the list, and its confirmation."""

from typing import Any

from django.forms import BaseForm
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.generic import TemplateView

from foundation.ui.forms import ReasonForm
from foundation.ui.views import ActPage, Crumb, Page
from foundation.words import Words
from inspections.access import Permission
from inspections.recounting import MOST, Recounts, recount_deadlines, recounts

TITLE = gettext_lazy("Deadlines to be counted again")
PAGE = 50


class RecountList(Page, TemplateView):
    """Which deadlines end on another day by the calendar of today: the old day and the new one."""

    permission = Permission.RECOUNT_HAZARDS
    title = TITLE
    template_name = "inspections/recounts.html"

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        found = recounts(self.actor)
        return super().get_context_data(
            found=found, moving=len(found.moving), most=MOST, page=self.page_of(found.rows, PAGE), **context
        )


class RecountConfirm(ActPage):
    """Moves all of them, for one reason."""

    permission = Permission.RECOUNT_HAZARDS
    form_class = ReasonForm
    title = gettext_lazy("Move these deadlines?")
    submit_label = gettext_lazy("Move the deadlines")

    def find_record(self) -> Recounts:  # type: ignore[override]  # no row of a table
        return recounts(self.actor)

    def get_version(self) -> str:
        return self.record.version

    def get_refusal(self) -> Words:
        return "" if self.record.moving else _("No deadline ends on another day any more.")

    def get_initial(self) -> dict[str, Any]:
        return {"reason": _("The holidays have been published since: counted again.")}

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        number = len(self.record.moving)
        words = ngettext(
            "%(number)d deadline moves to its new day. Enterprise and officers are notified.",
            "%(number)d deadlines move to their new days. Enterprises and officers are notified.",
            number,
        )
        return super().get_context_data(text=words % {"number": number}, **context)

    def get_trail(self) -> list[Crumb]:
        return [Crumb(TITLE, self.get_back_url())]

    def get_back_url(self) -> str:
        return reverse("inspections:recounts")

    def get_done_text(self) -> Words:
        words = ngettext("%(number)d deadline was moved.", "%(number)d deadlines were moved.", self.result)
        return words % {"number": self.result}

    def perform(self, form: BaseForm) -> int:
        return recount_deadlines(actor=self.actor, version=self.version(form), **self.values(form))

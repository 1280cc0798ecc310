"""Pages whose rows htmx replaces, and choices in their URL."""

from collections.abc import Collection
from typing import Any

from django.forms import ChoiceField
from django.http import HttpResponse
from django.utils.cache import patch_vary_headers
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy

from foundation.ui.views.reading import NoSuchChoice, Page, chosen_in
from foundation.words import Words, listed

RESULTS = "results"  # the element with the rows of a list
WITH_FILTERS = "X-With-Filters"  # on requests of htmx that change the form of the filters too
LABELS = {"sort": gettext_lazy("Order"), "state": gettext_lazy("State"), "unread": gettext_lazy("Unread")}


def no_such_choice(parameter: str, value: str) -> tuple[Words, str]:
    """Return label and error of a choice in the URL that a list does not have."""
    return LABELS[parameter], ChoiceField.default_error_messages["invalid_choice"] % {"value": value}


class WithResults(Page):
    """A page with an element ``results`` that htmx replaces, which is then all that is sent.

    Its template extends ``page_base`` and has the element in a block ``results``; filters that a chip may change are in
    a block ``filters``.
    """

    @property
    def is_fragment(self) -> bool:
        """Whether htmx puts the answer into the page. Going back to a page needs all of it."""
        htmx = self.request.htmx
        return bool(htmx) and htmx.target == RESULTS and not htmx.history_restore_request

    @cached_property
    def unknown(self) -> dict[str, tuple[Words, str]]:
        """Label and error of each choice in the URL that does not exist, instead of rows, by its parameter."""
        return {}

    def asked_for(self, parameter: str, values: Collection[str], default: str = "") -> str:
        """Return a choice named in the URL. For one that does not exist, the default, and the page says what is wrong."""
        try:
            return chosen_in(self.request, parameter, values, default)
        except NoSuchChoice:
            self.unknown[parameter] = no_such_choice(
                parameter, listed(dict.fromkeys(self.request.GET.getlist(parameter)))
            )
            return default

    @property
    def page_base(self) -> str:
        return "ui/_fragment.html" if self.is_fragment else super().page_base

    def render_to_response(self, context: dict[str, Any], **options: Any) -> HttpResponse:
        context["with_filters"] = self.is_fragment and WITH_FILTERS in self.request.headers
        response = super().render_to_response(context, **options)
        patch_vary_headers(response, ["HX-Request", "HX-Target", WITH_FILTERS])
        return response

"""What a department's choice of ratings would have brought, while it chooses (htmx)."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.views.generic.base import TemplateResponseMixin

from deliveries.access import Permission
from deliveries.department.views import OfMySubscription
from deliveries.forms import TuneForm
from deliveries.models import Subscription
from deliveries.previewing import count_for_department
from deliveries.wording import filters_in_words


class TunePreview(OfMySubscription, TemplateResponseMixin):
    """The choice in words, with the number of ratings and messages of the last quarter."""

    permission = Permission.TUNE_SUBSCRIPTIONS
    template_name = "deliveries/department/_preview.html"
    http_method_names = ["post", "options"]

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        row: Subscription = self.record
        form = TuneForm(request.POST)
        form.is_valid()
        wrong = [
            str(error) for name in ("cover", "colours", "transitions") for error in form.errors.get(name, ())
        ]
        context: dict[str, Any] = {"wrong": wrong}
        if not wrong:
            chosen = Subscription(
                bureau_id=row.bureau_id,
                department_id=row.department_id,
                whole_bureau=row.whole_bureau,
                stations=row.stations,
                industries=row.industries,
                **{name: value for name, value in form.values().items() if name != "title"},
            )
            _area, _industries, *filters = filters_in_words(chosen, {})
            context |= {"filters": filters, "contradiction": chosen.is_contradictory}
            if not chosen.is_contradictory:
                context["counted"] = count_for_department(self.actor, chosen)
        return self.render_to_response(self.get_context_data(**context))

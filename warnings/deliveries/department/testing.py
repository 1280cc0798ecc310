"""Pages of test events: the button that sends one, and its page, which reads itself until the answer is there."""

import json
from typing import Any

from django.core.exceptions import ObjectDoesNotExist
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy

from deliveries import operations, selectors
from deliveries.access import Permission
from deliveries.department.log_reading import exchange_of
from deliveries.department.views import OfMySubscription
from deliveries.diagnosis import Diagnosis, diagnose, short_result
from deliveries.meanings import MEANINGS
from deliveries.models import Attempt, TestEvent
from deliveries.wording import shown_address
from foundation.ui.forms import new_key
from foundation.ui.views import ButtonPage, RecordPage


class SendTest(OfMySubscription, ButtonPage):
    """Send a test event, then show what became of it. The same button sent twice sends one."""

    permission = Permission.SEND_TESTS

    def perform(self) -> TestEvent:
        return operations.send_test_event(
            actor=self.actor, subscription_id=self.record.pk, token=self.request.POST.get("token", "")
        )

    def done(self) -> HttpResponse:
        return self.go(reverse("deliveries:test_event", args=[self.record.pk, self.result.pk]))


class ShownTest(OfMySubscription, RecordPage):
    """One test event: what was sent, the answer, and what it probably means."""

    title = gettext_lazy("Test event")
    template_name = "deliveries/department/test_event.html"
    fragment = "deliveries/department/_test_event.html"

    @cached_property
    def test(self) -> TestEvent:
        try:
            rows = selectors.sent_tests(self.actor, subscription_id=self.record.pk)
            return rows.get(pk=self.kwargs["test_id"])
        except ObjectDoesNotExist as error:
            raise Http404(str(error)) from error

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if self.request.htmx:
            self.object = self.record
            return render(request, self.fragment, self.get_context_data())
        return super().get(request, *args, **kwargs)

    def _diagnosed(self, attempt: Attempt | None) -> Diagnosis | None:
        if attempt is None:
            return None
        exchange = exchange_of(self.actor, attempt)
        return diagnose(attempt, exchange.certificate if exchange else None)

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        test = self.test
        attempt = selectors.attempt_of_test(self.actor, test)
        return super().get_context_data(
            row=self.record,
            test=test,
            state=selectors.state_of_test(test),
            answer=(f"HTTP {attempt.status}" if attempt.status else short_result(attempt)) if attempt else "",
            accepted=MEANINGS["accepted"],
            diagnosis=self._diagnosed(attempt),
            address=shown_address(self.record.url),
            body=json.dumps(json.loads(test.body), ensure_ascii=False, indent=2),
            token=new_key(),
            **context,
        )

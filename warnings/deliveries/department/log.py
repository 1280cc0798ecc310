"""The push log of a department: every attempt with request and response, and what can be done about it."""

from typing import Any

from django import forms
from django.forms import BaseForm
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from deliveries import operations
from deliveries import selectors as deliveries
from deliveries.access import Permission
from deliveries.department import log_reading as reading
from deliveries.department.selectors import my_subscriptions
from deliveries.department.views import OfMySubscription
from deliveries.diagnosis import guide_url, short_result
from deliveries.models import Attempt, Subscription
from deliveries.wording import old_secret_signs, push_state, shown_address
from foundation.ids import LARGEST_ID
from foundation.ui.forms import day_field, new_key, reason_field
from foundation.ui.views import ActPage, ButtonPage, Page, RecordPage, WithResults, id_in, invalid_of
from foundation.words import Words

PER_PAGE = 20


class LogForm(forms.Form):
    """Which attempts to show."""

    message = forms.IntegerField(
        label=gettext_lazy("Message No."), min_value=0, max_value=LARGEST_ID, required=False
    )
    day = day_field(label=gettext_lazy("Day"), required=False)

    def __init__(self, data: Any) -> None:
        super().__init__(data, auto_id="log_%s")

    @property
    def form(self) -> "LogForm":
        """The form itself: what shows filters asks for it."""
        return self


class Logs(Page):
    """The log of the push that needs somebody most; without subscriptions, the page that explains them."""

    permission = Permission.RECEIVE_MESSAGES
    title = gettext_lazy("Push log")
    template_name = "deliveries/department/no_log.html"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        row = reading.most_urgent(my_subscriptions(self.actor))
        if row is not None:
            return redirect("deliveries:push_log", row.pk)
        return render(request, self.template_name, self.get_context_data())


class PushLog(WithResults, OfMySubscription, RecordPage):
    """The attempts of one subscription, one of them in full."""

    template_name = "deliveries/department/push_log.html"

    def get_title(self) -> Words:
        row = self.record
        if not row.url or not row.active:
            return _("Push log")
        if row.failing_since or (row.paused_why and row.has_next):
            number, behind = row.next_sequence, max(0, row.waiting - 1)
            if row.again:
                return _("Push log: No. %(number)s is sent again and not accepted") % {"number": number}
            if not behind:
                return _("Push log: No. %(number)s was not delivered") % {"number": number}
            words = ngettext(
                "Push log: No. %(number)s was not delivered, %(behind)s waits behind it",
                "Push log: No. %(number)s was not delivered, %(behind)s wait behind it",
                behind,
            )
            return words % {"number": number, "behind": behind}
        if row.paused_why:
            return _("Push log: paused")
        if row.has_next:
            return _("Push log: messages are on their way")
        return (
            _("Push log: everything was delivered") if row.last_delivered else _("Push log: nothing sent yet")
        )

    @property
    def show(self) -> str:
        """The results named in the URL; "" for all."""
        return self.asked_for("state", reading.SHOWN)

    @cached_property
    def narrow(self) -> LogForm:
        return LogForm(self.request.GET)

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        row, show = self.record, self.show
        wrong = [*self.unknown.values(), *invalid_of(self.narrow)]
        given = {} if wrong else self.narrow.cleaned_data
        rows = reading.log_of(self.actor, row, show=show, day=given.get("day"), number=given.get("message"))
        page = self.page_of(rows.none() if wrong else rows, PER_PAGE)
        chosen = self._chosen(list(page.object_list))
        numbers = reading.numbers_of(self.actor, row, page.object_list)
        is_over = not (row.has_next or row.paused_why or row.failing_since)
        skipped = deliveries.skipped(self.actor, [row.pk]).get(row.pk, []) if is_over else []
        summary = reading.summary_of(self.actor, row)
        address = self.request.build_absolute_uri(reverse("deliveries_api:events"))
        after = max(0, (chosen.sequence if chosen else row.last_delivered + 1) - 1)
        return super().get_context_data(
            row=row,
            invalid=wrong,
            filter=self.narrow,
            show=show,
            is_narrowed=bool(show or any(value is not None for value in given.values())),
            tabs=self._tabs(show, has_tests=bool(summary.tests)),
            page_obj=page,
            lines=reading.lines_of(page.object_list, numbers),
            waiting=reading.waiting_rows(self.actor, row) if page.number == 1 and not show else [],
            shown=reading.shown_attempt(self.actor, row, chosen) if chosen else None,
            answer=short_result(chosen) if chosen else "",
            is_chosen="attempt" in self.request.GET,
            state=push_state(row, len(skipped)),
            summary=summary,
            address=shown_address(row.url),
            old_signs=old_secret_signs(row),
            token=new_key(),
            is_moving=reading.is_moving(row),
            curl=f'curl -H "Authorization: Bearer $ANQI_KEY" \\\n  "{address}?subscription={row.pk}&after={after}"',
            fetched=f"GET {reverse('deliveries_api:events')}\n  ?subscription={row.pk}&after={after}",
            verifying=guide_url("signature"),
            others=[each for each in my_subscriptions(self.actor) if each.pk != row.pk and each.url],
            is_fragment=self.is_fragment,
            **reading.facts_of(row),
            **context,
        )

    def _chosen(self, rows: list[Attempt]) -> Attempt | None:
        """Return the attempt that the URL names, else the newest on the page. Raise Http404 if there is none such."""
        number = id_in(self.request, "attempt")
        if number is None:
            return rows[0] if rows else None
        mine = deliveries.attempts(self.actor, subscription_id=self.record.pk)
        found = mine.filter(pk=number).first()
        if found is None:
            raise Http404("there is no such attempt")
        return found

    def _tabs(self, show: str, *, has_tests: bool) -> list[dict[str, Any]]:
        words = {
            "": _("All"),
            "failed": _("Not delivered"),
            "delivered": _("Delivered"),
            "skipped": _("Skipped"),
            "test": _("Test"),
        }
        if show != "test" and not has_tests:
            del words["test"]
        return [{"code": code, "label": label, "active": code == show} for code, label in words.items()]


# --- acts -----------------------------------------------------------------------------------------------------------


class LogAct(OfMySubscription):
    """An act on the push, which leads back to its log."""

    def get_back_url(self) -> str:
        return reverse("deliveries:push_log", args=[self.record.pk])


class RetryNow(LogAct, ButtonPage):
    """Try the message that failed again at once."""

    permission = Permission.STEER_PUSH
    done_text = gettext_lazy("It is tried again now. The answer appears in the log.")

    def perform(self) -> Subscription:
        return operations.retry_now(actor=self.actor, subscription_id=self.record.pk)


class ResumePush(LogAct, ButtonPage):
    """Resume a push that failures paused."""

    permission = Permission.STEER_PUSH
    done_text = gettext_lazy("The push goes on, with the message that failed.")

    def perform(self) -> Subscription:
        return operations.resume(actor=self.actor, subscription_id=self.record.pk)


class ReplayOne(LogAct, ButtonPage):
    """Send one message again, and none of those after it."""

    permission = Permission.REPLAY_MESSAGES

    def perform(self) -> Subscription:
        number = self.kwargs["sequence"]
        return operations.replay(
            actor=self.actor, subscription_id=self.record.pk, from_sequence=number, to_sequence=number
        )

    def done(self) -> HttpResponse:
        self.done_text = _("No. %(number)s is sent again, with the same webhook-id.") % self.kwargs_shown
        return super().done()

    @property
    def kwargs_shown(self) -> dict[str, Any]:
        return {"number": self.kwargs["sequence"]}


class SkipForm(forms.Form):
    """The message that was next when the page was opened, and the reason to skip it."""

    sequence = forms.IntegerField(widget=forms.HiddenInput, min_value=1, max_value=LARGEST_ID)
    reason = reason_field()


class SkipMessage(LogAct, ActPage):
    """Skip the message that the receiver does not take, with a reason."""

    permission = Permission.STEER_PUSH
    form_class = SkipForm
    text = gettext_lazy(
        "It is not pushed, and the push goes on with the next. It stays in the inbox, can be fetched, and can be sent "
        "again later."
    )
    submit_label = gettext_lazy("Skip the message")
    done_text = gettext_lazy("Skipped. The push goes on with the next message.")
    danger = True
    tries_out = True

    def get_title(self) -> Words:
        return _("Skip message %(number)s?") % {"number": self.record.next_sequence}

    def get_refusal(self) -> Words:
        return "" if self.record.has_next else _("No message is waiting.")

    def get_version(self) -> None:
        """Skip the check for concurrent edits: the operation reads the cursor under a lock."""

    def get_initial(self) -> dict[str, Any]:
        return {"sequence": self.record.next_sequence}

    def perform(self, form: BaseForm) -> Subscription:
        return operations.skip(actor=self.actor, subscription_id=self.record.pk, **self.values(form))


class EndOldSecret(LogAct, ActPage):
    """Let the old secret no longer sign, before its week is over."""

    permission = Permission.ROTATE_SECRETS
    title = gettext_lazy("End the old secret now?")
    text = gettext_lazy(
        "Messages are then signed with the new secret alone. A receiver that still has the old one refuses them."
    )
    submit_label = gettext_lazy("End it now")
    done_text = gettext_lazy("The old secret no longer signs.")
    form_class = forms.Form
    danger = True

    def get_refusal(self) -> Words:
        return "" if old_secret_signs(self.record) else _("The old secret is no longer used.")

    def get_version(self) -> None:
        """Skip the check for concurrent edits: ending it twice is refused by the operation."""

    def perform(self, form: BaseForm) -> Subscription:
        return operations.end_old_secret(actor=self.actor, subscription_id=self.record.pk)

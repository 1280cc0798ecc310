"""A message: a list of its ratings with filters, as a file and on paper, and what the department answers."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from django.db.models import QuerySet
from django.forms import BaseForm
from django.http import Http404
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import TemplateView

from deliveries import answers, operations
from deliveries import selectors as deliveries
from deliveries.choices import Progress
from deliveries.department import reading, selectors
from deliveries.department.forms import AnswerForm, NarrowForm
from deliveries.department.views import OfMessage
from deliveries.models import Answer
from deliveries.wording import cause_words, colour_word, message_title
from enterprises.choices import Colour
from foundation.exports.sheets import Sheet
from foundation.ui.forms import ACTING, guard
from foundation.ui.templatetags.anqi import filter_chips, num, quarter
from foundation.ui.views import ActPage, Crumb, Downloadable, WithResults, invalid_of
from foundation.words import Words, listed

RATINGS_PER_PAGE = 20
SHOWN = 10  # answers about one enterprise on the page; the API has all
IN_SHEET = 5  # the last texts about one enterprise: a cell holds 32,767 characters


class Message(Downloadable, WithResults, OfMessage, TemplateView):
    """One message: its ratings with their reasons, what was answered, and the form to answer."""

    template_name = "deliveries/department/message.html"

    @property
    def said(self) -> QuerySet[Answer]:
        """What the department answered so far."""
        return answers.of_message(
            self.actor, subscription_id=self.record.subscription_id, sequence=self.record.sequence
        )

    @cached_property
    def progress(self) -> dict[int, str]:
        """How far the department is with each enterprise, and with the whole message."""
        return answers.progress_of(self.said)

    @cached_property
    def message(self) -> reading.Message:
        assert self.record  # 404 before anything is read
        payload = self.find_event().payload
        book = selectors.book_of_message(self.actor, payload.get("data") or {})
        found = reading.read_message(payload, book)
        now = self.progress
        return replace(
            found, ratings=[replace(row, progress=now.get(row.enterprise, "")) for row in found.ratings]
        )

    @cached_property
    def narrow(self) -> NarrowForm:
        rows = self.message.ratings
        steps = sorted({row.step for row in rows if row.last != row.colour})
        return NarrowForm(self.request.GET, steps=steps, stations=sorted({row.station for row in rows}))

    @cached_property
    def invalid(self) -> list[tuple[Words, str]]:
        return invalid_of(self.narrow)

    @cached_property
    def rows(self) -> list[reading.RatingLine]:
        """The ratings that the filters leave, worst first."""
        return [] if self.invalid else reading.narrowed(self.message.ratings, **self.narrow.chosen())

    # --- as a file ---

    def is_answerable(self) -> bool:
        return not self.invalid

    def get_title(self) -> str:
        number = _("No. %(number)s") % {"number": self.record.sequence}
        return f"{quarter(self.record.period_code)} · {number}"

    def get_sheet(self, most: int) -> Sheet:
        if self.invalid:
            raise Http404("the filters are not valid")
        told = [
            (_("Subscription"), self.record.subscription.title),
            (_("Message"), message_title(self.record)),
        ]
        told += [
            (chip["label"], chip["value"]) for chip in filter_chips({"request": self.request}, self.narrow)
        ]
        labels = [
            *(_("Enterprise"), _("Credit code"), _("Site"), _("Station"), _("Industry")),
            *(_("Before"), _("Now"), _("Score"), _("Decided by"), _("Points lost at"), _("Feedback")),
            _("What was done"),
        ]
        operations.record_download(actor=self.actor, row=self.record)
        return Sheet(str(self.get_title()), labels, self.rows[:most], self.cells, told)

    def cells(self, rows: Sequence[reading.RatingLine]) -> list[tuple[Any, ...]]:
        words: dict[int, list[str]] = {}
        named = [row.enterprise for row in rows]
        for pk, said in answers.last_about(self.said.exclude(text=""), named, each=IN_SHEET).items():
            words[pk] = [f"{each.by_name}: {each.text}" for each in said]
        return [
            (
                row.name,
                row.credit_code,
                row.site,
                row.station,
                row.industry,
                colour_word(row.last),
                colour_word(row.colour),
                row.score,
                row.decided,
                listed(reason_words(each) for each in row.reasons),
                Progress(row.progress).label if row.progress else "",
                "\n".join(words.get(row.enterprise, ())),
            )
            for row in rows
        ]

    # --- as a page ---

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        receipt, subscription = self.record, self.record.subscription
        receipt.title, receipt.cause_words = message_title(receipt), cause_words(receipt.cause)
        form = AnswerForm()
        guard(form, ACTING, initial=self.actor.grant_id)
        whole = self.given("all") == "1"  # on paper
        page = self.page_of(self.rows, max(len(self.rows), 1) if whole else RATINGS_PER_PAGE)
        query = self.request.GET.copy()
        query.pop("page", None)
        query["all"] = "1"
        shown = [answers.WHOLE_MESSAGE, *(row.enterprise for row in page)]
        about = answers.last_about(self.said, shown, each=SHOWN)
        return super().get_context_data(
            receipt=receipt,
            subscription=subscription,
            was_skipped=receipt.sequence
            in deliveries.skipped(self.actor, [subscription.pk]).get(subscription.pk, ()),
            message=self.message,
            counts=reading.counts(self.message.ratings),
            colours=Colour.values,
            filter=self.narrow,
            invalid=self.invalid,
            page_obj=page,
            whole=whole,
            sandbox=self.message.sandbox,
            paper_url=f"?{query.urlencode()}",
            found=len(self.rows),
            said=about.get(answers.WHOLE_MESSAGE, []),
            about=about,
            most=SHOWN,
            progress=self.progress.get(answers.WHOLE_MESSAGE, ""),
            answered=len([row for row in self.message.ratings if row.progress]),
            previous=receipt.sequence - 1,  # numbers have no gaps
            next=receipt.sequence + 1 if receipt.sequence < subscription.last_sequence else 0,
            waiting=selectors.next_waiting(self.actor, besides=receipt),
            form=form,
            **context,
        )


def reason_words(reason: reading.Reason) -> str:
    """Return a criterion with the points lost there."""
    lost = f" −{num(reason.lost, 1)}" if reason.lost else ""
    return reason.words + lost + (" " + _("(no evidence)") if reason.no_evidence else "")


class AnswerWhole(OfMessage, ActPage):
    """Answer the message as a whole, which also acknowledges it."""

    title = gettext_lazy("What did your department do?")
    submit_label = gettext_lazy("Send")
    done_text = gettext_lazy("Your feedback is recorded. The bureau can read it.")
    form_class = AnswerForm
    refused_at = "text"

    def get_version(self) -> None:
        """Skip the check for concurrent edits: each answer stands beside the others."""

    def get_trail(self) -> list[Crumb]:
        return [Crumb(_("Inbox"), reverse("deliveries:inbox"))]

    def get_about(self) -> Words:
        return message_title(self.record)

    def perform(self, form: BaseForm) -> Answer:
        return operations.answer(
            actor=self.actor,
            subscription_id=self.record.subscription_id,
            sequence=self.record.sequence,
            enterprise_id=self.kwargs.get("enterprise", answers.WHOLE_MESSAGE),
            **self.values(form),
        )


class AnswerEnterprise(AnswerWhole):
    """Answer one enterprise of the message."""

    @cached_property
    def line(self) -> dict[str, Any]:
        assert self.record  # 404 before anything is read
        rows = (self.find_event().payload.get("data") or {}).get("ratings") or ()
        named = (row for row in rows if row.get("enterprise") == self.kwargs["enterprise"])
        found = next(named, None)
        if found is None:
            raise Http404("the message does not name this enterprise")
        return found

    def get_about(self) -> Words:
        return f"{self.line['name']} {self.line.get('site') or ''}".strip()

    def get_initial(self) -> dict[str, Any]:
        assert self.line
        return super().get_initial()

    def get_back_url(self) -> str:
        return super().get_back_url().replace("#answer", f"#enterprise-{self.kwargs['enterprise']}")

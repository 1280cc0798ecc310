"""Runs: list, progress, late facts, corrections, trial comparison, start and restart."""

from collections.abc import Iterable
from functools import partial
from typing import Any

from django.core.paginator import Paginator
from django.db import transaction
from django.db.models import QuerySet
from django.forms import BaseForm
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext
from django.views.generic import TemplateView
from django_htmx.http import HttpResponseClientRefresh

from enterprises.selectors import names_by_id
from foundation.accounts import access
from foundation.accounts.selectors import names_of_users
from foundation.exports.sheets import Sheet
from foundation.ui.views import (
    ActPage,
    ButtonPage,
    CreatePage,
    Crumb,
    Downloadable,
    ListPage,
    OfRecord,
    RecordPage,
    WithResults,
)
from foundation.words import Words
from ratings import late
from ratings import page_selectors as reads
from ratings.access import Permission
from ratings.choices import ENDED, EvaluationKind, EvaluationState
from ratings.explain import wording
from ratings.models import Evaluation
from ratings.operations import correct_ratings, open_evaluation, restart_evaluation
from ratings.operations.corrections import REGISTER, LateFact
from ratings.operations.running import progress
from ratings.selectors import adopted_standard, evaluations, rates_from
from ratings.staff.forms import CorrectionForm, RunForm
from ratings.staff.warning import explain
from ratings.standards.parsing import book_of
from ratings.tables import ComparedTable, RunTable
from ratings.tasks import WORKERS_WANTED, look_for_late, wake_workers

PAGE = 25
STEPS = {
    EvaluationState.OPEN: gettext_lazy("Waiting for a worker"),
    EvaluationState.RATING: gettext_lazy("Rating the enterprises"),
    EvaluationState.PUBLISHING: gettext_lazy("Publishing the colours"),
    EvaluationState.COMPLETE: gettext_lazy("Complete"),
    EvaluationState.FAILED: gettext_lazy("Failed"),
}
WARNING, RUNS = gettext_lazy("Three-colour warning"), gettext_lazy("Runs")


class RunList(ListPage):
    """All runs of the bureau."""

    permission = Permission.VIEW_RATINGS
    title = RUNS
    template_name = "ratings/runs.html"
    table_class = RunTable
    create_permission = Permission.START_EVALUATIONS
    create_label = gettext_lazy("Start a run")
    icon = "player-play"
    empty_title = gettext_lazy("No runs yet")

    def get_queryset(self) -> QuerySet[Evaluation]:
        return evaluations(self.actor).defer("enterprise_ids", "criteria", "measures")

    def get_trail(self) -> list[Crumb]:
        return [Crumb(WARNING, reverse("ratings:warning"))]

    def get_create_url(self) -> str:
        return reverse("ratings:run_create")

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        return super().get_context_data(
            adopted=adopted_standard(self.actor), rates_from=partial(rates_from, self.actor), **context
        )


class RunCreate(CreatePage):
    """Start a run: official with the adopted standard, a trial with any other."""

    permission = Permission.START_EVALUATIONS
    title = gettext_lazy("Start a run")
    template_name = "ratings/run_create.html"
    form_class = RunForm
    submit_label = gettext_lazy("Start")
    done_text = ""
    tries_out = True
    refused_at = "period"

    def get_trail(self) -> list[Crumb]:
        return [Crumb(RUNS, self.get_back_url())]

    def get_initial(self) -> dict[str, Any]:
        return {"standard": self.request.GET.get("standard")}

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"actor": self.actor}

    def perform(self, form: BaseForm) -> Evaluation:
        run = open_evaluation(actor=self.actor, again=True, **self.values(form))
        if run.state not in ENDED:
            wake(run)
        return run

    def try_out(self, form: BaseForm) -> None:
        if "period" not in form.errors:
            super().try_out(form)

    def done(self) -> HttpResponse:
        if self.result.is_complete:
            words = _("%(period)s has already been rated.") % {"period": self.result.period}
            return self.leave(self.get_success_url(), words)
        return super().done()

    def get_back_url(self) -> str:
        return reverse("ratings:runs")

    def get_success_url(self) -> str:
        return reverse("ratings:run", args=[self.result.pk])


# --- one run --------------------------------------------------------------------------------------------------------


class OneRun(OfRecord):
    """A page about the run named in the URL."""

    permission = Permission.VIEW_RATINGS
    context_object_name: str | None = "run"

    def find_record(self) -> Evaluation:
        return evaluations(self.actor).get(pk=self.kwargs["run_id"])

    def get_trail(self) -> list[Crumb]:
        return [Crumb(WARNING, reverse("ratings:warning")), Crumb(RUNS, reverse("ratings:runs"))]

    def get_back_url(self) -> str:
        return reverse("ratings:run", args=[self.record.pk])

    def get_progress(self) -> dict[str, Any]:
        run = self.record
        done, total = progress(run)
        if run.is_complete:  # an interim veto has no batches
            done = total = total or 1
        return {
            "done": done,
            "total": total,
            "finished": run.state in ENDED,
            "failed": run.state == EvaluationState.FAILED,
            "step": STEPS[EvaluationState(run.state)],
            "progress_url": reverse("ratings:run_progress", args=[run.pk]),
        }


def _reason_words(run: Evaluation) -> str:
    """Return why a run was opened: as it was typed, or the vetoes of an interim run with their meaning."""
    if run.kind != EvaluationKind.INTERIM:
        return run.reason
    book = book_of(run.standard.body)
    codes = [code for code in run.reason.split(", ") if code]
    return pgettext("list", "; ").join(f"{code} {book.label(code)}" for code in codes)


class RunPage(WithResults, OneRun, Downloadable, RecordPage):
    """One run: state and progress, counts, duration, digest; late facts, or the comparison of a trial."""

    template_name = "ratings/run.html"

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        run = self.record
        may_evaluate = access.allows(self.actor, Permission.START_EVALUATIONS)
        return super().get_context_data(
            colours=reads.COLOURS,
            reason_words=_reason_words(run),
            asked_by=names_of_users([run.requested_by_id]).get(run.requested_by_id) or _("automatic"),
            siblings=[each for each in reads.siblings(self.actor, run) if each.pk != run.pk],
            may_restart=run.state == EvaluationState.FAILED and may_evaluate,
            watches_late=run.is_complete and run.kind == EvaluationKind.REGULAR,
            **self.get_progress(),
            **self.get_comparison(),
            **context,
        )

    def get_comparison(self) -> dict[str, Any]:
        """Return whose colour a trial would change: a matrix of all enterprises, and one page of those that change."""
        run = self.record
        if not (run.is_trial and run.is_complete):
            return {}
        official = reads.runs_of(self.actor, run.period)
        if not official:
            return {"official": []}
        compared = reads.compare(self.actor, run, official)
        pages = Paginator(reads.compared(self.actor, run, official).order_by("enterprise_id"), PAGE)
        pages.count = compared.changed  # saves a COUNT query
        shown = pages.get_page(self.request.GET.get("page"))
        table = self.table_of(shown.object_list)
        return {"official": official, "compared": compared, "table": table, "shown": shown}

    def table_of(self, compared: "Iterable[reads.ComparedRating]") -> ComparedTable:
        by_id: dict[int, reads.ComparedRating] = {row.pk: row for row in compared}
        rows = reads.rows_of(self.actor, list(by_id))
        for row in rows:
            row.official_colour = by_id[row.pk].colour_in_force
            row.official_score = by_id[row.pk].score_in_force
        explain(rows, [self.record])
        return ComparedTable(rows, one_station=len(self.actor.stations) == 1)

    def is_answerable(self) -> bool:
        run = self.record
        return run.is_trial and run.is_complete and bool(reads.runs_of(self.actor, run.period))

    def get_sheet(self, most: int) -> Sheet:
        if not self.is_answerable():
            raise Http404("nothing to compare")
        run = self.record
        found = reads.compared(self.actor, run, reads.runs_of(self.actor, run.period))
        return Sheet(
            _("Enterprises whose colour a trial run would change"),
            self.table_of([]).header_of_sheet(),
            list(found.order_by("enterprise_id").values_list("pk", flat=True)[:most]),
            lambda ids: self.table_of(found.filter(pk__in=ids).order_by("enterprise_id")).rows_of_sheet(),
            [(_("Run"), str(run))],
        )


class RunProgress(OneRun, TemplateView):
    """The progress bar. When the run has ended, the whole page is reloaded."""

    template_name = "ratings/_run_progress.html"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if self.record.state in ENDED and self.request.htmx:
            return HttpResponseClientRefresh()
        return super().get(request, *args, **kwargs)

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        return super().get_context_data(**self.get_progress(), **context)


class RunRestart(OneRun, ButtonPage):
    """Restart a failed run."""

    permission = Permission.START_EVALUATIONS
    done_text = gettext_lazy("The run was restarted.")

    def perform(self) -> None:
        wake(restart_evaluation(actor=self.actor, evaluation_id=self.record.pk))


# --- late facts -----------------------------------------------------------------------------------------------------


class RunLate(OneRun, TemplateView):
    """The late facts, as a part of the run's page. While a worker looks for them, the part polls."""

    @cached_property
    def found(self) -> late.Late | None:
        return late.recall(self.actor, self.record)

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        run = self.record
        if self.found is None and late.claim(run):
            transaction.on_commit(partial(look_for_late.delay, run.bureau_id, run.pk))
        return super().get(request, *args, **kwargs)

    def get_template_names(self) -> list[str]:
        return ["ratings/_late_waiting.html" if self.found is None else "ratings/_late.html"]

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        context = super().get_context_data(run=self.record, **context)
        if self.found is None:
            return context
        names = names_by_id(self.actor, [key for key, _facts in self.found.facts])
        return context | {
            "late": [
                {
                    "id": key,
                    "name": names.get(key, ""),
                    "facts": [in_words(fact) for fact in facts],
                    "joined": any(fact.measure == REGISTER and fact.now for fact in facts),
                }
                for key, facts in self.found.facts
            ],
            "total": self.found.total,
            "counted_at": self.found.at,
            "may_correct": access.allows(self.actor, Permission.CORRECT_RATINGS),
        }


def in_words(fact: LateFact) -> dict[str, Words]:
    """Return what a late fact changes, as text for the page."""
    if fact.measure == REGISTER:
        answers = {0: _("no"), 1: _("yes")}
        label = _("On the register on the last day")
        return {"label": label, "was": answers[fact.was], "now": answers[fact.now], "tab": "custody"}
    return {
        "label": wording.measure_label(fact.measure, beside_value=True),
        "was": wording.measure_value(fact.measure, fact.was),
        "now": wording.measure_value(fact.measure, fact.now),
        "tab": wording.tab_of(fact.measure),
    }


class RunCorrect(OneRun, ActPage):
    """Correct the ratings of a quarter for its late facts, with a reason."""

    permission = Permission.CORRECT_RATINGS
    form_class = CorrectionForm
    text = gettext_lazy(
        "Every enterprise whose facts came late is rated again. A rating that comes out "
        "differently becomes a new revision; the old one stays readable. Enterprises that joined the "
        "register late get a rating; of those that left it late, the rating is withdrawn."
    )
    submit_label = gettext_lazy("Correct")
    done_text = gettext_lazy("The correction is in progress.")

    def find_record(self) -> Evaluation:
        return evaluations(self.actor).get(pk=self.kwargs["run_id"], kind=EvaluationKind.REGULAR)

    def get_title(self) -> str:
        return _("Correct the ratings of %(period)s") % {"period": self.record.period}

    def perform(self, form: BaseForm) -> Evaluation:
        correction = correct_ratings(actor=self.actor, evaluation_id=self.record.pk, **self.values(form))
        wake(correction)
        late.forget(self.record)
        return correction

    def get_success_url(self) -> str:
        return reverse("ratings:run", args=[self.result.pk])


def wake(run: Evaluation) -> None:
    """Wake workers once the run is committed. If the broker is down, the sweep wakes them a minute later."""
    transaction.on_commit(
        partial(wake_workers, bureau_id=run.bureau_id, evaluation_id=run.pk, batches=WORKERS_WANTED),
        robust=True,
    )

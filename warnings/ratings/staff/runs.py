"""Runs: list, progress, late facts, corrections, trial comparison, start and restart."""

from collections.abc import Sequence
from decimal import Decimal
from functools import partial
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_POST
from django_htmx.http import HttpResponseClientRedirect, HttpResponseClientRefresh

from enterprises.selectors import names_by_id
from foundation.accounts import access
from foundation.accounts.access import WrongState, page
from ratings import late
from ratings import page_selectors as reads
from ratings.choices import EvaluationKind, EvaluationState
from ratings.explain import wording
from ratings.models import Evaluation
from ratings.operations import correct_ratings, open_evaluation, restart_evaluation
from ratings.operations.corrections import LateFact
from ratings.operations.running import progress
from ratings.selectors import adopted_standard, evaluations
from ratings.staff.forms import CorrectionForm, RunForm
from ratings.staff.warning import explained
from ratings.tables import ComparedTable, RunTable
from ratings.tasks import WORKERS_WANTED, look_for_late, wake_workers

PAGE = 25
ENDED = (EvaluationState.COMPLETE, EvaluationState.FAILED)
STEPS = {
    EvaluationState.OPEN: gettext_lazy("Waiting for a worker"),
    EvaluationState.RATING: gettext_lazy("Rating the enterprises"),
    EvaluationState.PUBLISHING: gettext_lazy("Publishing the colours"),
    EvaluationState.COMPLETE: gettext_lazy("Complete"),
    EvaluationState.FAILED: gettext_lazy("Failed"),
}


@require_GET
@page("ratings:read")
def run_list(request: HttpRequest) -> HttpResponse:
    """All runs of the bureau."""
    actor = request.actor
    found = evaluations(actor).defer("enterprise_ids", "criteria", "measures")
    shown = Paginator(found, PAGE).get_page(request.GET.get("page"))
    rows = list(shown.object_list)
    _dress(rows)
    context = {
        "table": RunTable(rows) if rows else None,
        "shown": shown,
        "adopted": adopted_standard(actor),
        "may_start": access.allows(actor, "ratings:evaluate"),
    }
    return render(request, "ratings/runs.html", context)


def _dress(runs: Sequence[Any]) -> None:
    """Attach who asked for a run and how long it took."""
    names = reads.names_of([run.requested_by_id for run in runs])
    for run in runs:
        run.asked_by = names.get(run.requested_by_id) or _("by itself")
        run.seconds = (
            (run.completed_at - run.started_at).total_seconds()
            if run.completed_at and run.started_at
            else None
        )


def _get(request: HttpRequest, run_id: int) -> Evaluation:
    try:
        return evaluations(request.actor).get(pk=run_id)
    except Evaluation.DoesNotExist as error:
        raise Http404 from error


@require_GET
@page("ratings:read")
def run_detail(request: HttpRequest, run_id: int) -> HttpResponse:
    """One run: state and progress, counts, duration, digest; late facts, or the comparison of a trial."""
    actor, run = request.actor, _get(request, run_id)
    _dress([run])
    context: dict[str, Any] = {
        "run": run,
        "colours": reads.COLOURS,
        "siblings": [each for each in reads.siblings(actor, run) if each.pk != run.pk],
        "may_restart": run.state == EvaluationState.FAILED and access.allows(actor, "ratings:evaluate"),
        "watches_late": run.is_complete and run.kind == EvaluationKind.REGULAR,
        **_progress(run),
    }
    if run.is_trial and run.is_complete:
        context |= _comparison(request, run)
    return render(request, "ratings/run.html", context)


def _progress(run: Evaluation) -> dict[str, Any]:
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


@require_GET
@page("ratings:read")
def run_progress(request: HttpRequest, run_id: int) -> HttpResponse:
    """The progress bar; when the run has ended the whole page is fetched anew."""
    run = _get(request, run_id)
    if run.state in ENDED and request.htmx:
        return HttpResponseClientRefresh()
    return render(request, "ratings/_run_progress.html", {"run": run, **_progress(run)})


def _comparison(request: HttpRequest, run: Evaluation) -> dict[str, Any]:
    """Who would change colour: a matrix over all, and a page of those who would."""
    actor = request.actor
    runs = reads.runs_of(actor, run.period)
    if not runs:
        return {"official": []}
    compared = reads.compare(actor, run, runs)
    found = reads.compared(actor, run, runs).order_by("enterprise_id")
    shown = Paginator(found, PAGE)
    shown.count = compared.changed  # known already
    current = shown.get_page(request.GET.get("page"))
    official = {row.pk: row for row in current.object_list}
    rows = reads.rows_of(actor, list(official))
    for row in rows:
        row.official_colour = official[row.pk].official_colour
        row.official_score = official[row.pk].official_score
    explained(rows, [run])
    table = ComparedTable(rows, one_station=len(actor.stations) == 1)
    return {"official": runs, "compared": compared, "table": table, "shown": current}


# --- late facts ---------------------------------------------------------------------------------------------------


@require_GET
@page("ratings:read")
def run_late(request: HttpRequest, run_id: int) -> HttpResponse:
    """What came late, as a part of the run's page."""
    run = _get(request, run_id)
    found = late.recall(request.actor, run)
    if found is None:
        if late.claim(run):
            transaction.on_commit(partial(look_for_late.delay, run.bureau_id, run.pk))
        return render(request, "ratings/_late_waiting.html", {"run": run})
    names = names_by_id(request.actor, [key for key, _facts in found.facts])
    context = {
        "run": run,
        "late": [
            {"id": key, "name": names.get(key, ""), "facts": [_told(fact) for fact in facts]}
            for key, facts in found.facts
        ],
        "total": found.total,
        "counted_at": found.at,
        "may_correct": access.allows(request.actor, "ratings:correct"),
    }
    return render(request, "ratings/_late.html", context)


def _told(fact: LateFact) -> dict[str, str | Decimal]:
    return {
        "label": wording.measure_label(fact.measure),
        "was": wording.measure_value(fact.measure, fact.was),
        "now": wording.measure_value(fact.measure, fact.now),
        "tab": wording.tab_of(fact.measure),
    }


@page("ratings:correct")
def run_correct(request: HttpRequest, run_id: int) -> HttpResponse:
    """Take the late facts in, with a reason."""
    run = _get(request, run_id)
    if run.kind != EvaluationKind.REGULAR:
        raise Http404
    form = CorrectionForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            opened = correct_ratings(
                actor=request.actor, evaluation_id=run.pk, reason=form.cleaned_data["reason"]
            )
        except WrongState as error:
            form.add_error(None, str(error))
        else:
            _wake(opened)
            late.forget(run)
            messages.success(request, _("The correction is under way."))
            target = reverse("ratings:run", args=[opened.pk])
            return HttpResponseClientRedirect(target) if request.htmx else redirect(target)
    context = {
        "run": run,
        "form": form,
        "title": _("Correct the ratings of %(period)s") % {"period": run.period},
        "text": _(
            "Every enterprise whose facts came late is judged again. A rating that comes out differently becomes a "
            "new revision; the old one stays readable."
        ),
        "submit_label": _("Correct"),
        "cancel_url": reverse("ratings:run", args=[run.pk]),
    }
    template = "_confirm.html" if request.htmx else "ratings/confirm.html"
    return render(request, template, context, status=422 if form.is_bound else 200)


# --- starting -----------------------------------------------------------------------------------------------------


@page("ratings:evaluate")
def run_create(request: HttpRequest) -> HttpResponse:
    """Start a run: the adopted standard gives the colour, any other makes a trial."""
    initial = {"standard": request.GET.get("standard")}
    form = RunForm(request.POST or None, actor=request.actor, initial=initial)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            run = open_evaluation(
                actor=request.actor, period=data["period"], standard=data["standard"], again=True
            )
        except WrongState as error:
            form.add_error("period", str(error))
        else:
            if run.is_complete:
                messages.info(request, _("%(period)s is rated already.") % {"period": run.period})
            elif run.state != EvaluationState.FAILED:
                _wake(run)
            return redirect("ratings:run", run.pk)
    status = 422 if form.is_bound else 200
    return render(request, "ratings/run_create.html", {"form": form, "adopted": form.adopted}, status=status)


@require_POST
@page("ratings:evaluate")
def run_restart(request: HttpRequest, run_id: int) -> HttpResponse:
    """Take a failed run from the start."""
    run = _get(request, run_id)
    try:
        _wake(restart_evaluation(actor=request.actor, evaluation_id=run.pk))
    except WrongState as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _("The run starts anew."))
    return redirect("ratings:run", run.pk)


def _wake(run: Evaluation) -> None:
    """Call the workers once the run is committed; if the broker is away, the sweep calls them a minute later."""
    transaction.on_commit(
        partial(wake_workers, bureau_id=run.bureau_id, evaluation_id=run.pk, batches=WORKERS_WANTED),
        robust=True,
    )

"""What was imported into the bureau, and what there was to say about it."""

import csv

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET
from django_tables2 import RequestConfig

from foundation.accounts.access import page
from foundation.spreadsheets.writing import harmless
from imports import selectors
from imports.filters import IssueFilter
from imports.profile import names
from imports.remarks import KEPT_ISSUES, Report, sentence
from imports.tables import ImportTable, IssueTable
from imports.targets import kind_word

PER_PAGE = 50


@require_GET
@page("imports:list")
def import_list(request: HttpRequest) -> HttpResponse:
    """The imports of the bureau; how to start one."""
    table = ImportTable(selectors.list_imports(request.actor))
    RequestConfig(request, paginate={"per_page": PER_PAGE, "silent": True}).configure(table)
    return render(request, "imports/list.html", {"table": table, "profiles": names()})


@require_GET
@page("imports:report")
def import_report(request: HttpRequest, import_id: int) -> HttpResponse:
    """One import: its files and its remarks."""
    run = selectors.get_import(request.actor, import_id)
    chosen = IssueFilter(request.GET, run=run, queryset=selectors.list_issues(request.actor, run.pk))
    table = IssueTable(chosen.qs if chosen.is_valid() else chosen.queryset.none())
    RequestConfig(request, paginate={"per_page": PER_PAGE, "silent": True}).configure(table)
    context = {
        "run": run,
        "files": [
            {**each, "left_out": sum(each["skipped"].values()), "becomes": kind_word(each["becomes"])}
            for each in run.files
        ],
        "filter": chosen,
        "table": table,
        "kept": min(run.issue_count, KEPT_ISSUES),
        "all_kept": run.issue_count <= KEPT_ISSUES,
        "seconds": (run.finished_at - run.started_at).total_seconds(),
    }
    return render(request, "imports/report.html", context)


@require_GET
@page("imports:report")
def import_report_csv(request: HttpRequest, import_id: int) -> HttpResponse:
    """The remarks as a CSV file. At most a few thousand lines, so it is written whole, inside the scope."""
    run = selectors.get_import(request.actor, import_id)
    response = HttpResponse(content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="import-{run.pk}.csv"'
    response.write("\ufeff")  # spreadsheets ask for it
    writer = csv.writer(response)
    writer.writerow(Report.HEADER)
    for issue in selectors.list_issues(request.actor, run.pk):
        what = sentence(issue.code, issue.values)
        writer.writerow([*map(harmless, (issue.file, issue.row or "", issue.column, what)), issue.outcome])
    return response

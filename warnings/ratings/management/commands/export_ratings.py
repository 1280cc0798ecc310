"""``manage.py export_ratings``: write a quarter's ratings to standard output as CSV."""

import csv
import datetime as dt
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db.models import QuerySet

from foundation.accounts import auditing
from foundation.accounts.commands import bureau_by_code
from foundation.accounts.models import Station
from foundation.contributions.measures import is_day
from foundation.database.planner import without_nested_loops
from foundation.spreadsheets.writing import harmless
from foundation.tenancy.scope import station_scope
from ratings.choices import AuditAction, EvaluationKind
from ratings.management.commands.evaluate import period_by_code
from ratings.models import Rating
from ratings.operations.evaluations import bureau_actor
from ratings.selectors import adopted_standard, evaluations, in_force

COLUMNS = ["station", "external_id", "name", "score", "colour", "decided_by", "coverage"]


def _written(code: str, value: int | None) -> str:
    """Return a measure as text: a day as an ISO date."""
    if value is None:
        return ""
    if is_day(code):
        return dt.date.fromordinal(int(value)).isoformat() if value else ""
    return str(value)


class Command(BaseCommand):
    help = (
        "Write the ratings of a quarter as CSV: the official ones, or the last trial run of another standard."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--bureau", required=True, metavar="CODE")
        parser.add_argument("--period", required=True, metavar="2018Q4")
        parser.add_argument("--standard", metavar="CODE", help="default: the official ratings")
        parser.add_argument("--measures", action="store_true", help="add a column for each measure")
        parser.add_argument(
            "--format", choices=["csv", "excel"], default="csv", help="excel: CSV that Excel reads as UTF-8"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        bureau, period = bureau_by_code(options["bureau"]), period_by_code(options["period"])
        actor = bureau_actor(bureau.pk)
        stations = dict(Station.objects.filter(bureau=bureau).values_list("id", "code"))
        # as soon as PostgreSQL expects few ratings, it would compare each with all others
        with station_scope(actor.scope()), without_nested_loops():
            ratings = self._ratings(actor, period.code, options["standard"])
            ratings = ratings.select_related("enterprise", "evaluation").order_by("enterprise_id")
            layouts = dict(ratings.order_by().values_list("evaluation_id", "evaluation__measures").distinct())
            kept = {code for layout in layouts.values() for code in layout}
            codes = sorted(kept) if options["measures"] else []
            if not layouts:
                raise CommandError(f"{period.code} is not rated for {bureau.code} by that standard.")
            if options["format"] == "excel":
                self.stdout.write("\ufeff", ending="")
            writer = csv.writer(self.stdout, lineterminator="\n")
            writer.writerow([*COLUMNS, *codes])
            auditing.record(
                actor=actor,
                action=AuditAction.EXPORT_RATINGS,
                target=bureau,
                after={"period_code": period.code, "records": ratings.count()},
            )
            for rating in ratings.iterator(chunk_size=2000):
                values = dict(zip(rating.evaluation.measures, rating.measures, strict=True))
                writer.writerow(
                    [
                        harmless(stations[rating.rated_at_station_id]),
                        harmless(rating.enterprise.external_id),
                        harmless(rating.enterprise.name),
                        "" if rating.colour == "grey" else rating.score,
                        rating.colour,
                        rating.decided_by,
                        rating.coverage,
                        *(_written(code, values.get(code)) for code in codes),
                    ]
                )

    def _ratings(self, actor: Any, period_code: str, standard_code: str | None) -> QuerySet[Rating]:
        adopted = adopted_standard(actor)
        if not standard_code or (adopted and adopted.code == standard_code):
            return in_force(actor, period_code=period_code)
        runs = evaluations(actor).filter(
            period_code=period_code, standard__code=standard_code, state="complete"
        )
        last = runs.filter(kind=EvaluationKind.TRIAL).order_by("-standard__version", "-run").first()
        if last is None:  # the standard was the adopted one when the quarter was rated
            return in_force(actor, period_code=period_code).filter(evaluation__standard__code=standard_code)
        return last.ratings.filter(station_id__in=actor.stations)

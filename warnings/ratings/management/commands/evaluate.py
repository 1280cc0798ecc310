"""``manage.py evaluate``: rate a quarter by hand."""

import time
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from tqdm import tqdm

from enterprises.choices import Colour
from foundation.accounts.access import WrongState
from foundation.accounts.commands import bureau_by_code
from foundation.periods import Period
from foundation.tenancy.scope import station_scope
from ratings.choices import ENDED, EvaluationState
from ratings.models import Evaluation
from ratings.operations import (
    open_evaluation,
    publish_standard,
    restart_evaluation,
    run_evaluation,
)
from ratings.operations.evaluations import bureau_actor
from ratings.operations.running import progress
from ratings.operations.standards import shipped_standards
from ratings.selectors import standards
from ratings.tasks import WORKERS_WANTED, wake_workers


def period_by_code(code: str) -> Period:
    """Return the quarter of a code such as 2018Q4. Raise CommandError if the code is invalid."""
    try:
        return Period.parse(code)
    except ValueError as error:
        raise CommandError(str(error)) from None


class Command(BaseCommand):
    help = "Rate every enterprise of a bureau for a quarter. A standard that is not the adopted one makes a trial run."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--bureau", required=True, metavar="CODE")
        parser.add_argument("--period", required=True, metavar="2018Q4")
        parser.add_argument(
            "--standard",
            metavar="CODE",
            help="latest version of this standard, or one that comes with Anqi; default: the adopted one",
        )
        parser.add_argument(
            "--inline", action="store_true", help="run in this process, without broker or workers"
        )
        parser.add_argument(
            "--again",
            action="store_true",
            help="start another trial run after a complete one; restart a run that failed",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        bureau, period = bureau_by_code(options["bureau"]), period_by_code(options["period"])
        actor = bureau_actor(bureau.pk)
        with station_scope(actor.scope()):
            standard = None
            if options["standard"]:
                standard = standards(actor).filter(code=options["standard"]).order_by("-version").first()
                if standard is None and options["standard"] in shipped_standards():
                    standard = publish_standard(actor=actor, text=shipped_standards()[options["standard"]])
                if standard is None:
                    published = standards(actor).values_list("code", flat=True)
                    known = ", ".join(sorted({*published, *shipped_standards()}))
                    raise CommandError(f"There is no standard {options['standard']!r}. Standards: {known}.")
            try:
                evaluation = open_evaluation(
                    actor=actor, period=period, standard=standard, again=options["again"]
                )
                if options["again"] and evaluation.state == EvaluationState.FAILED:
                    evaluation = restart_evaluation(actor=actor, evaluation_id=evaluation.pk)
            except WrongState as error:
                raise CommandError(str(error)) from None
        if evaluation.is_complete:
            self.stdout.write(f"{evaluation.period_code} is rated already; nothing to do.")
        elif options["inline"]:
            self._inline(evaluation)
        else:
            wake_workers(bureau_id=bureau.pk, evaluation_id=evaluation.pk, batches=WORKERS_WANTED)
            self._follow(evaluation)
        self._report(evaluation)

    def _inline(self, evaluation: Evaluation) -> None:
        with tqdm(total=1, unit="step", desc=evaluation.period_code, file=self.stderr) as bar:

            def step(done: int, total: int) -> None:
                bar.total, bar.n = total, done
                bar.refresh()

            run_evaluation(bureau_id=evaluation.bureau_id, evaluation_id=evaluation.pk, on_step=step)

    def _follow(self, evaluation: Evaluation) -> None:
        """Show the workers' progress until the run ends."""
        with tqdm(total=1, unit="step", desc=evaluation.period_code, file=self.stderr) as bar:
            while True:
                with station_scope(bureau_actor(evaluation.bureau_id).scope()):
                    now = Evaluation.objects.get(pk=evaluation.pk)
                    bar.n, bar.total = progress(now)
                bar.refresh()
                if now.state in ENDED:
                    return
                time.sleep(0.5)

    def _report(self, evaluation: Evaluation) -> None:
        with station_scope(bureau_actor(evaluation.bureau_id).scope()):
            now = Evaluation.objects.select_related("standard").get(pk=evaluation.pk)
        if now.state == EvaluationState.FAILED:
            raise CommandError(f"The run failed: {now.error} (use --again to restart it)")
        if not now.is_complete:
            self.stdout.write(
                f"{now.period_code}: other workers are still working on the run and will finish it."
            )
            return
        counts = ", ".join(f"{colour} {now.counts.get(colour, 0)}" for colour in Colour.values)
        self.stdout.write(
            f"{now.period_code} by {now.standard.code} {now.standard.version} ({now.kind}): "
            f"{now.registered} enterprises: {counts}; {now.duration_s or 0:.1f} s; digest {now.digest}"
        )

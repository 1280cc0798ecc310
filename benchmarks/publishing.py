"""A quarter and the next one on one connection, with a subscription of everything: rating, publishing, messages.

The processor time of each step, divided by the enterprises, shows what grows faster than the bureau. The next quarter
looks back at the ratings of the first; give PostgreSQL fewer buffers (``--buffers``) to have it read them from outside,
as at a million enterprises.
"""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from benchmarks import evaluation, generate, growth
from benchmarks.figures import Figures
from benchmarks.servers import reset_statistics
from deliveries.operations import create_subscription
from deliveries.operations.snapshot import write_asked
from foundation.accounts.actors import Actor
from foundation.accounts.choices import Role
from foundation.accounts.models import Bureau, Department
from foundation.periods import Period
from foundation.tenancy.scope import station_scope
from ratings.choices import EvaluationState
from ratings.operations import evaluations, run_evaluation
from ratings.operations.evaluations import bureau_actor
from ratings.signals import published

STEPS = ("rating", "publishing", "messages")


def measure(bureau: Bureau, first: Period, last: Period) -> Figures:
    """Return seconds, and processor time in µs an enterprise, of each step of two quarters."""
    evaluation.delete_ratings(bureau)
    _subscribe(bureau)
    evaluations.BATCH_SIZE = evaluations.SMALLEST_BATCH  # as many batches as a far larger bureau has
    figures: Figures = {}
    for quarter, period in (("first", first), ("next", last)):
        run = evaluation.open_run(bureau, period)
        with station_scope(bureau_actor(bureau.pk).scope()):
            batches = run.batches.count()
        reset_statistics()
        clock = _Clock()

        def note(done: int, _all: int, clock: _Clock = clock, batches: int = batches) -> None:
            if done == batches:
                clock.begin("publishing")

        clock.begin("rating")
        with clock.around(published, "send", "messages"):
            state = run_evaluation(bureau_id=bureau.pk, evaluation_id=run.pk, on_step=note)
        clock.end()
        assert state == EvaluationState.COMPLETE, state
        done = evaluation.ended_run(bureau, run.pk)
        assert done is not None
        figures["publishing_enterprises"] = done.registered
        figures[f"publishing_{quarter}_digest"] = done.digest
        for step in STEPS:
            name = f"publishing_{quarter}_{step}"
            figures[f"{name}_seconds"] = round(clock.seconds[step], 3)
            figures[f"{name}_processor_us_each"] = round(clock.processor[step] / done.registered * 1e6, 2)
        generate.settle()  # PostgreSQL has statistics of this quarter, and none of the next
    return figures


def _subscribe(bureau: Bureau) -> None:
    department, _made = Department.objects.get_or_create(bureau=bureau, code="all", defaults={"name": "All"})
    actor = Actor(1, "Benchmark", Role.SUPERVISOR, bureau.pk, stations=bureau_actor(bureau.pk).stations)
    with station_scope(actor.scope()):
        create_subscription(actor=actor, department_id=department.pk, title="All", whole_bureau=True)
    write_asked(bureau_id=bureau.pk)


def _processor() -> float:
    return time.process_time() + growth.processor_seconds([])


class _Clock:
    """Elapsed time and processor time by step; the processor time is that of PostgreSQL and of this process."""

    def __init__(self) -> None:
        self.seconds = dict.fromkeys(STEPS, 0.0)
        self.processor = dict.fromkeys(STEPS, 0.0)
        self.step = ""

    def begin(self, step: str) -> None:
        self.end()
        self.step, self.started, self.used = step, time.perf_counter(), _processor()

    def end(self) -> None:
        if self.step:
            self.seconds[self.step] += time.perf_counter() - self.started
            self.processor[self.step] += _processor() - self.used
        self.step = ""

    @contextmanager
    def around(self, owner: Any, name: str, step: str) -> Iterator[None]:
        """Time a method as a step of its own."""
        method = getattr(owner, name)

        def timed(*arguments: Any, **options: Any) -> Any:
            before = self.step
            self.begin(step)
            try:
                return method(*arguments, **options)
            finally:
                self.begin(before)

        setattr(owner, name, timed)
        try:
            yield
        finally:
            setattr(owner, name, method)

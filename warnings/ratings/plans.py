"""What a page shows of a simulation: plans with their tasks, each one click away."""

from dataclasses import dataclass
from typing import Any

from foundation.contributions.measures import Step
from foundation.ui import links
from ratings.simulate.obstacle import obstacle_sentences
from ratings.simulate.simulation import Plan, Simulation, Task, lifted


def address(step: Step) -> str:
    """Return where a step is done, empty where the enterprise's people have no page for it."""
    name, what = step.page
    if not name:
        return ""
    return links.to(name, what) if isinstance(what, int) else links.to(name, **(what or {}))


@dataclass(frozen=True)
class ShownTask:
    """A task as the page lists it."""

    task: Task
    url: str
    lifts: str


@dataclass(frozen=True)
class ShownPlan:
    """A plan with its tasks; ``first_url``: where to begin."""

    plan: Plan
    tasks: list[ShownTask]

    @property
    def first_url(self) -> str:
        return next((each.url for each in self.tasks if each.url), "")


def shown_plan(simulation: Simulation, plan: Plan) -> ShownPlan:
    """Return a plan with the address of each task and what the task lifts."""
    tasks = [ShownTask(task, address(task.first), lifted(simulation, task)) for task in plan.tasks]
    return ShownPlan(plan, tasks)


def simulated(simulation: Simulation | None) -> dict[str, Any]:
    """Return what a page shows of a simulation: its plans, or why none of them reaches green."""
    return {
        "simulation": simulation,
        "plans": [shown_plan(simulation, each) for each in simulation.plans] if simulation else [],
        "obstacle": obstacle_sentences(simulation.book, simulation.obstacle) if simulation else [],
    }

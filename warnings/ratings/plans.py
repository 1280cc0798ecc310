"""Simulations as pages show them: plans with their tasks, each with a link."""

from dataclasses import dataclass
from typing import Any

from foundation.contributions.measures import Step
from foundation.ui import links
from ratings.simulate.obstacle import obstacle_sentences
from ratings.simulate.simulation import Plan, Simulation, Task, lifted


def address(step: Step) -> str:
    """Return the URL of the page for a step; "" if the enterprise has no page for it."""
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
    """A plan with its tasks. ``first_url`` is the URL of the first task that has one."""

    plan: Plan
    tasks: list[ShownTask]

    @property
    def first_url(self) -> str:
        return next((each.url for each in self.tasks if each.url), "")


def shown_plan(simulation: Simulation, plan: Plan) -> ShownPlan:
    """Return a plan with the URL of each task and what the task lifts."""
    tasks = [ShownTask(task, address(task.first), lifted(simulation, task)) for task in plan.tasks]
    return ShownPlan(plan, tasks)


def simulated(simulation: Simulation | None) -> dict[str, Any]:
    """Return the template context of a simulation: its plans, and why the next colour is out of reach."""
    return {
        "simulation": simulation,
        "plans": [shown_plan(simulation, each) for each in simulation.plans] if simulation else [],
        "obstacle": obstacle_sentences(simulation.book, simulation.obstacle) if simulation else [],
    }

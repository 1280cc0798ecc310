"""Simulations as pages show them: plans with their tasks, each with a link or with the word that the police do it."""

from dataclasses import dataclass
from typing import Any

from foundation.accounts.actors import Actor
from foundation.contributions.measures import POLICE, Step
from foundation.ui import links
from foundation.ui.shell import may_open
from ratings.simulate.obstacle import obstacle_sentences
from ratings.simulate.simulation import Plan, Simulation, Task, lifted


def address(step: Step, actor: Actor) -> str:
    """Return the URL of the page for a step; "" if there is none, or none that the actor may open."""
    name, what = step.page
    ids = [what] if isinstance(what, int) else []
    query = {} if isinstance(what, int) else what or {}
    return links.to(name, *ids, **query) if name and may_open(name, actor, *ids) else ""


@dataclass(frozen=True)
class ShownTask:
    """A task as the page lists it. ``records`` are the records concerned, each with its URL."""

    task: Task
    url: str
    lifts: str
    records: list[tuple[str, str]]

    @property
    def is_for_police(self) -> bool:
        return self.task.act.who == POLICE

    @property
    def is_asked_for(self) -> bool:
        """Whether an enterprise has to ask the police, because it has no page to do it itself."""
        return self.is_for_police or not self.url


@dataclass(frozen=True)
class ShownPlan:
    """A plan with its tasks. ``first_url`` is the URL of the first task that the enterprise does itself."""

    plan: Plan
    tasks: list[ShownTask]

    @property
    def things(self) -> int:
        """How many things the list names: a task about several records is one for each."""
        return sum(len(each.records) or 1 for each in self.tasks)

    @property
    def first_url(self) -> str:
        return next((each.url for each in self.tasks if not each.is_asked_for), "")


def shown_plan(simulation: Simulation, plan: Plan, actor: Actor) -> ShownPlan:
    """Return a plan with the URL of each task and what the task lifts."""
    tasks = [
        ShownTask(
            task,
            address(task.first, actor),
            lifted(simulation, task),
            [(step.record, address(step, actor)) for step in task.steps] if task.act.each else [],
        )
        for task in plan.tasks
    ]
    return ShownPlan(plan, tasks)


def simulated(simulation: Simulation | None, actor: Actor) -> dict[str, Any]:
    """Return the template context of a simulation: its plans, and why the next colour is out of reach."""
    return {
        "simulation": simulation,
        "plans": [shown_plan(simulation, each, actor) for each in simulation.plans] if simulation else [],
        "obstacle": obstacle_sentences(simulation.book, simulation.obstacle, release=simulation.release)
        if simulation
        else [],
    }

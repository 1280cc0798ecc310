"""Activities that an enterprise can still hold in the current quarter."""

from collections.abc import Callable, Iterator

from django.utils.translation import gettext_lazy, ngettext

from foundation.contributions.measures import ENTERPRISE, Act, Running, Step, register_act

EDUCATION_A_YEAR = 2  # seed text 001 (A8)


def _held(measure: str, most: Callable[[Running], int]) -> Callable[[Running], Iterator[Step]]:
    """Return steps that each add one activity to a measure, at most ``most``, on any remaining day of the quarter."""

    def steps(running: Running) -> Iterator[Step]:
        for number in range(most(running)):
            yield Step(
                key=str(number),
                from_on=running.today,
                by_on=running.period.end,
                page=("service:activity_create", {"enterprise": running.enterprise_id}),
                adds={measure: 1},
            )

    return steps


register_act(
    Act(
        code="education",
        label=gettext_lazy("Legal education"),
        unit=gettext_lazy("events"),
        who=ENTERPRISE,
        icon="school",
        button=gettext_lazy("Record activity"),
        measures=("legal_education_year",),
        task=lambda number: (
            ngettext("Hold a legal education session", "Hold %(number)d legal education sessions", number)
            % {"number": number}
        ),
        steps=_held("legal_education_year", lambda running: EDUCATION_A_YEAR),
    )
)
register_act(
    Act(
        code="drill",
        label=gettext_lazy("Emergency drill"),
        unit=gettext_lazy("drills"),
        who=ENTERPRISE,
        icon="flame",
        button=gettext_lazy("Record activity"),
        measures=("drills_half_year",),
        task=lambda number: (
            ngettext("Hold an emergency drill", "Hold %(number)d emergency drills", number)
            % {"number": number}
        ),
        hint=gettext_lazy("It counts once the number of people present and a photo are on file."),
        steps=_held("drills_half_year", lambda running: 1),
    )
)
register_act(
    Act(
        code="training",
        label=gettext_lazy("Safety training"),
        unit=gettext_lazy("events"),
        who=ENTERPRISE,
        icon="shield-check",
        button=gettext_lazy("Record activity"),
        measures=("trainings",),
        task=lambda number: (
            ngettext("Hold a safety training", "Hold %(number)d safety trainings", number)
            % {"number": number}
        ),
        # nobody can be expected to hold more than one a week
        steps=_held("trainings", lambda running: 1 + (running.period.end - running.today).days // 7),
    )
)

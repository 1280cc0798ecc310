"""``manage.py demo``: write the demo data and rate its quarters."""

import time
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.utils import translation

from demo.build import Summary, build
from demo.departments import answer
from demo.draws import draw_inspections
from demo.logins import login_table
from demo.organisations import RATED_QUARTERS
from demo.places import BUREAU, SMALL_BUREAU
from demo.plan import plan_inspections
from foundation.accounts.actors import Actor
from foundation.accounts.models import Bureau
from foundation.periods import Period
from foundation.tenancy.scope import station_scope
from ratings.operations import adopt_default_standard, adopt_standard, issue_interim_vetoes
from ratings.operations.evaluations import bureau_actor
from ratings.selectors import adoptions, last_official_quarter, standards

FROM_NOW_ON = "default-4"  # it measures what becomes of disputes


class Command(BaseCommand):
    help = "Create two invented bureaus with enterprises and facts, rate their last quarters and notify departments. A second run adds nothing."

    def handle(self, *args: Any, **options: Any) -> None:
        if not (settings.DEMO or settings.EMBEDDED):
            raise CommandError("Demo data belongs in a demo: set ANQI_DEMO=1 if this installation is one.")
        began = time.monotonic()
        summary = build()
        self.stdout.write(_summary_text(summary))
        self._rate()
        self.stdout.write(f"Demo ready after {time.monotonic() - began:.1f} s.")
        self.stdout.write(login_table())

    def _rate(self) -> None:
        """Rate, in order, the quarters before those that the bureau rates itself; rated ones stay as they are."""
        for bureau in Bureau.objects.filter(code__in=[BUREAU[0], SMALL_BUREAU[0]]).exclude(rates_from=""):
            first, actor = Period.parse(bureau.rates_from), bureau_actor(bureau.pk)
            # the standard's title is stored in the language of whoever publishes it
            with translation.override("zh-hans"), station_scope(actor.scope()):
                adopt_default_standard(actor=actor)
                adopt_next(actor, first)
            for period in first.shift(-RATED_QUARTERS).until(first.shift(-1)):
                with translation.override("zh-hans"):
                    call_command(
                        "evaluate",
                        bureau=bureau.code,
                        period=period.code,
                        inline=True,
                        stdout=self.stdout,
                        stderr=self.stderr,
                    )
            issue_interim_vetoes(bureau=bureau)
            answer(bureau)
            with translation.override("zh-hans"):
                draw_inspections(bureau)
                plan_inspections(bureau)


def adopt_next(actor: Actor, first: Period) -> None:
    """Let the quarter that is running, and those after it, be rated by the newest default standard; rated ones keep theirs."""
    last = last_official_quarter(actor)
    if (last and last >= first) or adoptions(actor).filter(from_quarter=first.code).exists():
        return
    published = standards(actor).get(code=FROM_NOW_ON)
    adopt_standard(actor=actor, standard_id=published.pk, from_quarter=first.code)


def _summary_text(summary: Summary) -> str:
    if not summary.added:
        return "The demo data is there already; nothing was added."
    return "Added " + ", ".join(f"{count} {name}" for name, count in summary.added.items()) + "."

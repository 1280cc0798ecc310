"""``manage.py check_draw``: draw again from what is stored, and say whether it is the same."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from foundation.accounts.actors import system_actor
from foundation.accounts.models import Bureau
from foundation.accounts.selectors import stations_of
from foundation.lots.models import Draw
from foundation.lots.operations import is_as_drawn
from foundation.tenancy.scope import station_scope


class Command(BaseCommand):
    help = "Draws again from the pool and the seed that are stored, and says whether the result is the same."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("id", type=int, help="the number of the draw")

    def handle(self, *args: Any, id: int, **options: Any) -> None:
        for bureau_id in Bureau.objects.order_by("pk").values_list("pk", flat=True):
            actor = system_actor(bureau_id=bureau_id, stations=stations_of(bureau_id))
            with station_scope(actor.scope()):
                if (draw := Draw.objects.filter(pk=id).first()) is not None:
                    self._check(draw)
                    return
        raise CommandError(f"There is no draw {id}.")

    def _check(self, draw: Draw) -> None:
        if draw.seed is None:
            raise CommandError(f"Draw {draw} was frozen with the digest {draw.digest} and not drawn yet.")
        if not is_as_drawn(draw):
            raise CommandError(f"Draw {draw} DIFFERS: pool or result are not those of its digest and seed.")
        self.stdout.write(
            f"Draw {draw} is equal: {len(draw.result)} of {len(draw.pool)}, digest {draw.digest}, seed {draw.seed}."
        )

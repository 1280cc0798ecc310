"""Which enterprise of the bureau's register a party is."""

from collections.abc import Collection

from enterprises.models import Enterprise
from foundation.accounts.actors import Actor
from foundation.accounts.selectors import stations_of
from foundation.tenancy.scope import Audience, Scope, station_scope


def registered_as(actor: Actor, codes: Collection[str]) -> dict[str, int]:
    """Return the id of the enterprise of the actor's bureau with each of these unified social credit codes.

    Of any station of the bureau: that an enterprise with this code exists is all that the caller learns. One of another
    bureau is not found, so it stays text.
    """
    scope = Scope(tuple(stations_of(actor.bureau_id)), bureau=actor.bureau_id, audience=Audience.SYSTEM)
    with station_scope(scope):
        rows = Enterprise.objects.filter(bureau_id=actor.bureau_id, credit_code__in=list(codes))
        return {code: pk for pk, code in rows.order_by("-pk").values_list("pk", "credit_code")}

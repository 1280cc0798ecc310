"""``python -m embedded.https``: TLS before the web server, with the machine's own certificate. For demos, not for production.

It takes one request of each connection, says in its head who sent it, hands it to the web server on this machine and passes the
answer back as it comes. The web server has the limits of everything else; here are those of what comes before: the handshake,
the head of the request, and how many connections there are.
"""

import asyncio
import contextlib
import os
import signal
import ssl
from pathlib import Path

from embedded.certificates import FOLDER, Files, ensure, lan_addresses
from embedded.configuration import HOST, Environment, ServersError, port_is_free

AUTHORITY_PATH = "/anqi-ca.crt"  # phones fetch the authority there
MOST_HEAD = 64 * 1024
MOST_CONNECTIONS = 500
HANDSHAKE_S, HEAD_S, IDLE_S = 10, 20, 120
PIECE = 64 * 1024
# What only this process says, and what concerns one hop.
OURS = {
    b"connection",
    b"keep-alive",
    b"proxy-connection",
    b"upgrade",
    b"forwarded",
    b"x-forwarded-for",
    b"x-forwarded-host",
    b"x-forwarded-proto",
    b"x-forwarded-port",
    b"x-real-ip",
}


def settings_for(env: Environment, data_dir: Path, port: int) -> dict[str, str]:
    """Return the environment of all processes of an Anqi with https for phones, whose web server listens on ``port``.

    The certificate is made on the way. What the environment sets already stays. Raise ServersError if the port of https is
    taken.
    """
    outside = env.int("ANQI_HTTPS_PORT", default=port + 443)
    if not 0 < outside < 65_536 or not port_is_free(outside):
        raise ServersError(
            f"Port {outside} for https is in use or impossible. Set ANQI_HTTPS_PORT to another one."
        )
    addresses = lan_addresses()
    ensure(data_dir, addresses)
    hosts = [*addresses, "localhost", HOST, "[::1]"]
    own = f"{addresses[0] if addresses else 'localhost'}:{outside}"
    wanted = {
        "HTTPS": "1",
        "ALLOWED_HOSTS": ",".join(hosts),
        "CSRF_TRUSTED_ORIGINS": ",".join(f"https://{each}:{outside}" for each in hosts),
        "TRUSTED_PROXIES": HOST,
        "PUBLIC_URL": f"https://{own}",
        "SSL_HOST": own,
        "ANQI_HTTPS_BIND": f"0.0.0.0:{outside}",
        "ANQI_HTTPS_FOLDER": str(data_dir / FOLDER),
    }
    return {name: env.str(name, default=value) for name, value in wanted.items()}


class BadHead(ValueError):
    """The head of a request is none that the web server should see."""


def rewritten(head: bytes, peer: str) -> bytes:
    """Return the head of a request with the sender's address and the scheme, for one request of the connection.

    Raise BadHead for folded lines, lines without a colon and stray line breaks, which two servers may read differently.
    """
    first, *lines = head.removesuffix(b"\r\n\r\n").split(b"\r\n")
    kept = [first]
    for line in lines:
        name, colon, _value = line.partition(b":")
        if not colon or not name or name != name.strip() or b"\n" in line or b"\r" in line:
            raise BadHead
        if name.lower() not in OURS:
            kept.append(line)
    if not first or b"\n" in first or b"\r" in first:
        raise BadHead
    kept += [b"X-Forwarded-For: " + peer.encode(), b"X-Forwarded-Proto: https", b"Connection: close"]
    return b"\r\n".join(kept) + b"\r\n\r\n"


class Front:
    """The connections from outside, each with one to the web server."""

    def __init__(self, port: int, files: Files) -> None:
        self.port, self.files = port, files
        self.number = 0

    async def take(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Serve one connection; whatever goes wrong with it ends it alone."""
        if self.number >= MOST_CONNECTIONS:
            writer.close()
            return
        self.number += 1
        try:
            # a client that vanishes, dawdles or talks nonsense: its connection ends, nobody need know
            with contextlib.suppress(OSError, asyncio.IncompleteReadError):
                await self._answer(reader, writer)
        finally:
            self.number -= 1
            writer.close()
            with contextlib.suppress(OSError):
                await asyncio.wait_for(writer.wait_closed(), HEAD_S)

    async def _answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            head = await asyncio.wait_for(reader.readuntil(b"\r\n\r\n"), HEAD_S)
            passed = rewritten(head, writer.get_extra_info("peername")[0])
        except (asyncio.LimitOverrunError, BadHead):
            writer.write(b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
            await asyncio.wait_for(writer.drain(), IDLE_S)
            return
        if head.split(b" ", 2)[1:2] == [AUTHORITY_PATH.encode()]:
            await self._give_authority(writer)
            return
        try:
            inner_reader, inner = await asyncio.open_connection(HOST, self.port)
        except OSError:
            writer.write(
                b"HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
            )
            await asyncio.wait_for(writer.drain(), IDLE_S)
            return
        inner.write(passed)
        rest = asyncio.create_task(_pass_body(reader, inner))
        try:
            await _pass_on(inner_reader, writer)
        finally:
            rest.cancel()
            inner.close()

    async def _give_authority(self, writer: asyncio.StreamWriter) -> None:
        body = self.files.authority.read_bytes()
        head = (
            "HTTP/1.1 200 OK\r\nContent-Type: application/x-x509-ca-cert\r\n"
            'Content-Disposition: attachment; filename="anqi-ca.crt"\r\n'
            f"Content-Length: {len(body)}\r\nCache-Control: no-store\r\nConnection: close\r\n\r\n"
        )
        writer.write(head.encode() + body)
        await asyncio.wait_for(writer.drain(), IDLE_S)


async def _pass_on(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Pass bytes on as fast as the other side takes them, until there are no more."""
    while piece := await asyncio.wait_for(reader.read(PIECE), IDLE_S):
        writer.write(piece)
        await asyncio.wait_for(writer.drain(), IDLE_S)


async def _pass_body(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Pass the body of a request on; if it breaks off, the web server notices, and the answer ends the connection."""
    with contextlib.suppress(OSError):
        await _pass_on(reader, writer)


def context_of(files: Files) -> ssl.SSLContext:
    """Return the TLS settings of the server: 1.2 and newer, with its certificate."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.set_alpn_protocols(["http/1.1"])
    context.load_cert_chain(files.chain, files.key)
    return context


async def serve(host: str, port: int, inner_port: int, files: Files) -> None:
    """Serve until SIGTERM or SIGINT."""
    stopped = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stopped.set)
    front = Front(inner_port, files)
    server = await asyncio.start_server(
        front.take,
        host,
        port,
        limit=MOST_HEAD,
        backlog=256,
        ssl=context_of(files),
        ssl_handshake_timeout=HANDSHAKE_S,
        ssl_shutdown_timeout=HANDSHAKE_S,
    )
    await stopped.wait()
    server.close()  # without waiting for connections that are open: their ends are cancelled with the loop


def main() -> None:
    """Read where to listen and the certificate from the environment, as ``embedded.run`` sets it."""
    folder = Path(os.environ["ANQI_HTTPS_FOLDER"])
    files = Files(folder / "anqi-ca.crt", folder / "server.pem", folder / "server.key")
    host, _colon, port = os.environ["ANQI_HTTPS_BIND"].rpartition(":")
    asyncio.run(serve(host, int(port), int(os.environ["PORT"]), files))


if __name__ == "__main__":
    main()

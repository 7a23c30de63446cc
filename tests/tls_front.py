"""fal's own host names, over real TLS, on this computer: a CONNECT proxy and what stands behind it.

Clients that insist on ``https://queue.fal.run`` are tested unpatched: their `environ` leads them
through the CONNECT listener to a TLS listener with a certificate of the test's own authority, and
from there to a plain HTTP server on loopback. Nothing leaves the computer: a name that is not
among the hosts is refused, and noted.
"""

from __future__ import annotations

import asyncio
import datetime as dt
import ssl
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Self

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from ltx_widgets.blocking import Portal

FAL_HOSTS = ("queue.fal.run", "fal.run", "rest.fal.ai", "v3.fal.media")
# A front speaks for each request, and here each connection has one.
_ADDED = {"connection": "close", "x-forwarded-proto": "https"}


class TlsFront:
    """Leads hosts to plain loopback ports; to be used with ``with``, from any kind of test.

    The server behind sees the host name that was asked, ``X-Forwarded-Proto: https``, and one
    request on each connection; ours needs ``--answer-to`` for each name, and its links then lead
    back through here. Replies pass through untouched, as they come.

    Args:
        folder: Where the certificates are written.
        hosts: Which port each host name leads to.

    Attributes:
        opened: "host:port" of every CONNECT, in order, refused ones too.
        heads: Every request's head as the client sent it inside TLS.
        closed: How many requests are over, by whichever side.
    """

    def __init__(self, folder: Path, hosts: Mapping[str, int]) -> None:
        self.hosts = dict(hosts)
        self.opened: list[str] = []
        self.heads: list[str] = []
        self.closed = 0
        self.ca = folder / "ca.pem"
        self._chain = folder / "hosts.pem"
        _write_certificates(self.ca, self._chain, self.hosts)
        self._portal = Portal()
        self._listeners: list[asyncio.Server] = []
        self._proxy_port = 0
        self._inner: dict[str, int] = {}

    @property
    def environ(self) -> dict[str, str]:
        """What a process needs in its environment to come here."""
        return {
            "HTTPS_PROXY": f"http://127.0.0.1:{self._proxy_port}",
            "SSL_CERT_FILE": str(self.ca),
            "NODE_EXTRA_CA_CERTS": str(self.ca),
        }

    def __enter__(self) -> Self:
        self._portal.call(self._listen())
        return self

    def __exit__(self, *_: object) -> None:
        self._portal.call(self._stop())
        self._portal.close()

    async def _listen(self) -> None:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self._chain)
        for host in self.hosts:
            server = await asyncio.start_server(self._inside(host), "127.0.0.1", 0, ssl=context)
            self._inner[host] = server.sockets[0].getsockname()[1]
            self._listeners.append(server)
        proxy = await asyncio.start_server(_closing(self._connect), "127.0.0.1", 0)
        self._proxy_port = proxy.sockets[0].getsockname()[1]
        self._listeners.append(proxy)

    async def _stop(self) -> None:
        for server in self._listeners:
            server.close()

    async def _connect(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One CONNECT: its bytes go to the TLS listener of that host as they are."""
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
        method, where, _ = head.split(" ", 2)
        self.opened.append(where)
        host, _, port = where.rpartition(":")
        if method != "CONNECT" or port != "443" or host not in self._inner:
            writer.write(b"HTTP/1.1 502 Unknown host\r\nConnection: close\r\n\r\n")
            await writer.drain()
            return
        inner = await asyncio.open_connection("127.0.0.1", self._inner[host])
        writer.write(b"HTTP/1.1 200 Connected\r\n\r\n")
        await _both_ways((reader, writer), inner)

    def _inside(self, host: str) -> Callable[..., object]:
        async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
            self.heads.append(head)
            behind, to_behind = await asyncio.open_connection("127.0.0.1", self.hosts[host])
            to_behind.write(_with(head, _ADDED).encode("latin-1"))
            try:
                await _both_ways((reader, writer), (behind, to_behind))
            finally:
                self.closed += 1

        return _closing(serve)


def _with(head: str, headers: Mapping[str, str]) -> str:
    """A message's head with these headers instead of its own of that name."""
    first, *lines = head.removesuffix("\r\n\r\n").split("\r\n")
    kept = [line for line in lines if line.partition(":")[0].lower() not in headers]
    return "\r\n".join([first, *kept, *(f"{k}: {v}" for k, v in headers.items())]) + "\r\n\r\n"


def _closing(serve: Callable[..., object]) -> Callable[..., object]:
    """`serve`, with its connection closed at the end and broken ones taken calmly."""
    # Before Python 3.12 nobody else holds a connection's task while it waits.
    tasks: set[asyncio.Task[None]] = set()

    async def wrapped(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        broken = (ConnectionError, asyncio.IncompleteReadError, ssl.SSLError, OSError)
        try:
            with suppress(*broken):
                await serve(reader, writer)
                writer.close()
                await writer.wait_closed()
        finally:
            writer.transport.abort()

    def start(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.ensure_future(wrapped(reader, writer))
        tasks.add(task)
        task.add_done_callback(tasks.discard)

    return start


async def _both_ways(
    asker: tuple[asyncio.StreamReader, asyncio.StreamWriter],
    asked: tuple[asyncio.StreamReader, asyncio.StreamWriter],
) -> None:
    """Until the answer is over, or the asker is gone."""
    tasks = [
        asyncio.ensure_future(_pump(asker[0], asked[1])),
        asyncio.ensure_future(_pump(asked[0], asker[1])),
    ]
    try:
        await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        asked[1].transport.abort()


async def _pump(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    while chunk := await reader.read(1 << 16):
        writer.write(chunk)
        await writer.drain()


def _write_certificates(ca: Path, chain: Path, hosts: Mapping[str, int]) -> None:
    """An authority's certificate, and one of it for all hosts with its key."""
    ca_key, key = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
    authority, subject = _name("test authority"), _name("test hosts")
    root = (
        _begun(authority, authority, ca_key.public_key())
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(_key_usage(signs=True), critical=True)
        .sign(ca_key, hashes.SHA256())
    )
    own = x509.AuthorityKeyIdentifier.from_issuer_public_key(ca_key.public_key())
    leaf = (
        _begun(subject, authority, key.public_key())
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_key_usage(signs=False), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .add_extension(
            x509.SubjectAlternativeName([x509.DNSName(host) for host in hosts]), critical=False
        )
        .add_extension(own, critical=False)
        .sign(ca_key, hashes.SHA256())
    )
    ca.write_bytes(root.public_bytes(serialization.Encoding.PEM))
    chain.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
        + leaf.public_bytes(serialization.Encoding.PEM)
    )


def _begun(
    subject: x509.Name, issuer: x509.Name, key: ec.EllipticCurvePublicKey
) -> x509.CertificateBuilder:
    now = dt.datetime.now(dt.UTC)
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - dt.timedelta(hours=1))
        .not_valid_after(now + dt.timedelta(days=1))
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key), critical=False)
    )


def _name(text: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text)])


def _key_usage(*, signs: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=True,
        key_cert_sign=signs,
        crl_sign=signs,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        encipher_only=False,
        decipher_only=False,
    )

"""One POST to an address that was checked: no redirects, no proxies, one deadline for all of it.

On the event loop, where each wait can be cancelled; only names are looked up on a thread. Which
addresses will do differs from media: whoever runs a server at home wants to be called at home.
"""

from __future__ import annotations

import asyncio
import re
import ssl
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from ipaddress import ip_address

from ltx_widgets.errors import MediaError
from ltx_widgets.server.addresses import Place, Resolve, is_own, is_public, look_up, resolved

__all__ = ["NoAnswer", "NotAllowed", "Reach", "post"]

_CONNECT_S = 10.0
_LONGEST_HEAD = 1 << 16
_MOST_HEADS = 4
_STATUS = re.compile(rb"HTTP/1\.[01] ([1-5]\d\d)(?: [^\r\n]*)?\r\n")
_GOODBYE_S = 1.0
_GOODBYE_BYTES = 1 << 16
_FINAL = 200


class NoAnswer(Exception):
    """Nothing that could be read came back; another try may fare better."""


class NotAllowed(Exception):
    """An address that must not be called; another try would not be, either."""


@dataclass(frozen=True, slots=True)
class Reach:
    """Which addresses may be called besides public ones.

    Attributes:
        own: Those of this computer.
        private: All others.
        resolve: Looks up names, once for each try.
    """

    own: bool = True
    private: bool = False
    resolve: Resolve = look_up

    def allows(self, address: str) -> bool:
        """Whether this address may be called."""
        return self.private or is_public(address) or (self.own and is_own(address))

    def check_literal(self, place: Place) -> None:
        """Refuse a host that is itself an address which may not be called.

        Raises:
            NotAllowed: it is. What a name stands for is looked at when it is called.
        """
        with suppress(ValueError):
            ip_address(place.host)
            self.check(place, (place.host,))

    def check(self, place: Place, addresses: tuple[str, ...]) -> None:
        """Refuse a place one of whose addresses may not be called.

        Raises:
            NotAllowed: not which of them, nor what is there: that would be news from inside.
        """
        if not all(self.allows(address) for address in addresses):
            raise NotAllowed(f"names a host that this server does not call ({place.host})")


async def post(
    place: Place,
    headers: Mapping[str, str],
    body: bytes,
    *,
    reach: Reach,
    names: ThreadPoolExecutor,
    within_s: float,
) -> int:
    """Send a body and read the status of the answer; the rest of it is of no interest.

    Args:
        place: Where to.
        headers: Beyond those of every request.
        body: Sent as it is.
        reach: Which addresses will do.
        names: Where names are looked up.
        within_s: Seconds for all of it.

    Raises:
        NoAnswer: nobody could be reached, or no HTTP came back in time.
        NotAllowed: the host may not be called.
    """
    ask = partial(resolved, place, resolve=reach.resolve, wait_s=min(_CONNECT_S, within_s))
    try:
        async with asyncio.timeout(within_s) as limit:
            loop = asyncio.get_running_loop()
            addresses = await loop.run_in_executor(names, ask)
            reach.check(place, addresses)
            trust = None
            if place.scheme == "https":
                trust = await loop.run_in_executor(names, ssl.create_default_context)
            reader, writer = await _connect(place, addresses, trust)
            try:
                writer.write(_head(place, headers, len(body)) + body)
                await writer.drain()
                status = await _status(reader)
                # It was answered, in time; taking leave has a limit of its own.
                limit.reschedule(None)
                await _say_goodbye(reader)
            finally:
                writer.transport.abort()
    except MediaError as error:  # Of the look-up.
        raise NoAnswer(str(error)) from None
    except TimeoutError:
        raise NoAnswer(f"did not answer within {within_s:g} s") from None
    except (OSError, EOFError, asyncio.LimitOverrunError) as error:
        raise NoAnswer(f"was not to be reached ({type(error).__name__})") from None
    return status


async def _connect(
    place: Place, addresses: tuple[str, ...], trust: ssl.SSLContext | None
) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    trouble: OSError = ConnectionError()
    for address in addresses:
        try:
            async with asyncio.timeout(_CONNECT_S):
                return await asyncio.open_connection(
                    address,
                    place.port,
                    ssl=trust,
                    server_hostname=place.host if trust else None,
                    limit=_LONGEST_HEAD,
                )
        except OSError as error:  # TimeoutError is one, too.
            trouble = error
    raise trouble


def _head(place: Place, headers: Mapping[str, str], length: int) -> bytes:
    lines = {
        "Host": place.host_header,
        "Content-Type": "application/json",
        "Content-Length": str(length),
        "Connection": "close",
        "User-Agent": "ltx-widgets",
        **headers,
    }
    text = "".join(f"{name}: {value}\r\n" for name, value in lines.items())
    return f"POST {place.target} HTTP/1.1\r\n{text}\r\n".encode("ascii")


async def _status(reader: asyncio.StreamReader) -> int:
    for _ in range(_MOST_HEADS):
        found = _STATUS.match(await reader.readuntil(b"\r\n\r\n"))
        if found is None:
            raise NoAnswer("was answered with no HTTP reply")
        # Heads below it, such as "100 Continue", come before the one that counts.
        if int(found[1]) >= _FINAL:
            return int(found[1])
    raise NoAnswer("was answered with no final HTTP reply")


async def _say_goodbye(reader: asyncio.StreamReader) -> None:
    """Let the other side finish: hanging up on it would look like a failure over there.

    Where this server ends meanwhile, the leave is cut short, and the answer counts.
    """
    with suppress(TimeoutError, OSError, asyncio.IncompleteReadError, asyncio.CancelledError):
        async with asyncio.timeout(_GOODBYE_S):
            await reader.readexactly(_GOODBYE_BYTES)

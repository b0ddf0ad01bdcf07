"""What stands around every page: the host check, the security headers, a log without queries.

The workspace listens on this machine only. The host check keeps a foreign page from reaching it
through a name that resolves to 127.0.0.1 (DNS rebinding). The log holds method, path and status:
no query string, no body, no header.
"""

import logging
import re
import time
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
AsgiApp = Callable[[Scope, Receive, Send], Awaitable[None]]

PAGE_POLICY = (
    "default-src 'none'; style-src 'self'; img-src 'self' data:; form-action 'self'; "
    "base-uri 'none'; frame-ancestors 'none'"
)
REPORT_POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; img-src data:; form-action 'none'; "
    "base-uri 'none'; frame-ancestors 'none'"
)
_HEADERS = {
    b"content-security-policy": PAGE_POLICY.encode(),
    b"x-content-type-options": b"nosniff",
    b"referrer-policy": b"no-referrer",
    b"cross-origin-opener-policy": b"same-origin",
    b"cross-origin-resource-policy": b"same-origin",
    b"permissions-policy": b"camera=(), geolocation=(), microphone=()",
    b"cache-control": b"no-store",
}
_UNSAFE_IN_LOG = re.compile(r"[^\x21-\x7e]")
log = logging.getLogger("trialwright.access")


class Guard:
    """An ASGI application around another one."""

    def __init__(self, inner: AsgiApp, port: int) -> None:
        self._inner = inner
        names = ("127.0.0.1", "localhost", "[::1]")
        hosts = {f"{name}:{port}" for name in names} | (set(names) if port == 80 else set())
        self._hosts = frozenset(host.encode() for host in hosts)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve a request, or refuse one that names another host."""
        if scope["type"] == "lifespan":
            await self._inner(scope, receive, send)
        elif scope["type"] == "http":
            await self._serve(scope, receive, send)

    async def _serve(self, scope: Scope, receive: Receive, send: Send) -> None:
        began = time.perf_counter()

        async def guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = with_headers(message.get("headers", ()))
                log.info("%s", _line(scope, message["status"], time.perf_counter() - began))
            await send(message)

        if self._host_known(scope):
            await self._inner(scope, receive, guarded)
        else:
            await _misdirected(guarded)

    def _host_known(self, scope: Scope) -> bool:
        hosts = [value.lower() for name, value in scope["headers"] if name.lower() == b"host"]
        return len(hosts) == 1 and hosts[0] in self._hosts


def with_headers(headers: Any) -> list[tuple[bytes, bytes]]:
    """Return a response's headers with the security headers that it does not set itself."""
    given = [(bytes(name), bytes(value)) for name, value in headers]
    have = {name.lower() for name, _ in given}
    return [*given, *((name, value) for name, value in _HEADERS.items() if name not in have)]


async def _misdirected(send: Send) -> None:
    text = b"This workspace answers to 127.0.0.1 and localhost only.\n"
    headers = [
        (b"content-type", b"text/plain; charset=utf-8"),
        (b"content-length", str(len(text)).encode()),
    ]
    await send({"type": "http.response.start", "status": 421, "headers": headers})
    await send({"type": "http.response.body", "body": text})


def _line(scope: Scope, status: int, seconds: float) -> str:
    path = _UNSAFE_IN_LOG.sub("?", str(scope["path"]))[:200]
    return f"{scope['method']} {path} {status} {seconds * 1000:.0f} ms"

"""HTTP connections that do not wait for ever: the head of a request arrives in time, or they end.

Uvicorn only ends a connection that rests after an answer. One whose request line or headers never
end would stay open; here it is closed, as a form whose body does not arrive ends in 408.
"""

import asyncio

from uvicorn.protocols.http.h11_impl import H11Protocol

HEAD_PATIENCE = 10.0  # seconds in which the whole head of a request must have arrived


class PunctualProtocol(H11Protocol):
    """Uvicorn's protocol, which closes a connection whose request does not begin in time."""

    _late: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Start the clock with the connection."""
        super().connection_made(transport)
        self._wait()

    def data_received(self, data: bytes) -> None:
        """Stop the clock where a whole head is there; start it where one has only begun."""
        super().data_received(data)
        if self.cycle is not None and not self.cycle.response_complete:
            self._stop()
        elif self._late is None:
            self._wait()

    def connection_lost(self, exc: Exception | None) -> None:
        """Stop the clock with the connection."""
        self._stop()
        super().connection_lost(exc)

    def _wait(self) -> None:
        self._late = self.loop.call_later(HEAD_PATIENCE, self.transport.close)

    def _stop(self) -> None:
        if self._late is not None:
            self._late.cancel()
            self._late = None

"""A connection whose request never begins is closed; whoever waits beside it is served."""

import socket
import time
from collections.abc import Iterator
from threading import Thread
from typing import Any

import pytest

uvicorn = pytest.importorskip("uvicorn")

from trialwright.interfaces.web import patient_door  # noqa: E402 - after the optional extra


async def workspace(scope: dict[str, Any], receive: Any, send: Any) -> None:
    if scope["type"] == "http":
        length = {"type": "http.response.start", "status": 200,
                  "headers": [(b"content-length", b"2")]}  # fmt: skip
        await send(length)
        await send({"type": "http.response.body", "body": b"ok"})


@pytest.fixture
def port(monkeypatch: pytest.MonkeyPatch) -> Iterator[int]:
    monkeypatch.setattr(patient_door, "HEAD_PATIENCE", 0.3)
    door = socket.socket()
    door.bind(("127.0.0.1", 0))
    door.listen()
    config = uvicorn.Config(
        workspace, log_config=None, lifespan="off", http=patient_door.PunctualProtocol
    )
    server = uvicorn.Server(config)
    thread = Thread(target=server.run, kwargs={"sockets": [door]}, daemon=True)
    thread.start()
    yield door.getsockname()[1]
    server.should_exit = True
    thread.join(5)


def opened(port: int, head: bytes) -> socket.socket:
    connection = socket.create_connection(("127.0.0.1", port), timeout=5)
    connection.sendall(head)
    return connection


def drip(connection: socket.socket, until: float) -> None:
    while time.monotonic() < until:
        time.sleep(0.05)
        connection.sendall(b"a: b\r\n")


def answered(connection: socket.socket) -> bool:
    got = b""
    while not got.endswith(b"ok") and (more := connection.recv(1000)):
        got += more
    return got.endswith(b"ok")


@pytest.mark.parametrize("head", [b"", b"GET / HT", b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\n"])
def test_a_head_that_does_not_end_ends_the_connection(port: int, head: bytes) -> None:
    with opened(port, head) as connection:
        assert connection.recv(1000) == b""


def test_a_head_that_comes_drop_by_drop_has_no_more_time(port: int) -> None:
    began = time.monotonic()
    with opened(port, b"GET / HTTP/1.1\r\n") as connection, pytest.raises(OSError):  # noqa: PT011
        drip(connection, began + 3)
    assert time.monotonic() < began + 2


def test_a_whole_head_is_answered_also_a_second_time(port: int) -> None:
    head = b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"
    with opened(port, head) as connection:
        assert answered(connection)
        time.sleep(0.1)
        connection.sendall(head)
        assert answered(connection)

"""The tool itself: a fault that it does not make would prove nothing."""

import socket
import socketserver
import threading
import time
from collections.abc import Iterator

import pytest

from tests.faults.proxy import Proxy


class Echo(socketserver.StreamRequestHandler):
    def handle(self) -> None:
        for line in self.rfile:
            self.server.heard.append(line)  # type: ignore[attr-defined]
            self.wfile.write(line)


@pytest.fixture
def server() -> Iterator[socketserver.ThreadingTCPServer]:
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Echo) as echo:
        echo.daemon_threads = True
        echo.heard = []  # type: ignore[attr-defined]
        threading.Thread(target=echo.serve_forever, daemon=True).start()
        yield echo
        echo.shutdown()


@pytest.fixture
def proxy(server: socketserver.ThreadingTCPServer) -> Iterator[Proxy]:
    with Proxy(server.server_address[1]) as proxy:
        yield proxy


def connect(proxy: Proxy) -> socket.socket:
    link = socket.create_connection(("127.0.0.1", proxy.port), timeout=3)
    link.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, 500)
    return link


def say(link: socket.socket, line: bytes) -> bytes:
    link.sendall(line)
    return link.recv(100)


def test_what_is_said_arrives_and_is_answered(proxy: Proxy) -> None:
    with connect(proxy) as link:
        assert say(link, b"hello\n") == b"hello\n"


def test_a_cut_is_a_reset_and_the_next_link_works(proxy: Proxy) -> None:
    with connect(proxy) as link:
        say(link, b"hello\n")
        proxy.cut()
        with pytest.raises(ConnectionResetError):
            link.recv(100)
    with connect(proxy) as link:
        assert say(link, b"again\n") == b"again\n"


def test_a_lost_answer_was_heard(proxy: Proxy, server: socketserver.ThreadingTCPServer) -> None:
    with connect(proxy) as link, connect(proxy) as other:
        say(link, b"i am the one\n")
        say(other, b"i am another\n")
        lost = proxy.lose_answer(b"COMMIT", whose=b"the one", skip=1)
        assert say(other, b"COMMIT\n") == b"COMMIT\n"
        assert say(link, b"COMMIT\n") == b"COMMIT\n"
        with pytest.raises(ConnectionResetError):
            say(link, b"COMMIT\n")
        assert lost.is_set()
        assert say(other, b"COMMIT\n") == b"COMMIT\n"
    assert server.heard.count(b"COMMIT\n") == 4  # type: ignore[attr-defined]


def test_a_delay_is_a_delay(proxy: Proxy) -> None:
    proxy.delay(0.2)
    with connect(proxy) as link:
        began = time.monotonic()
        say(link, b"hello\n")
    assert time.monotonic() - began >= 0.4


def test_in_a_hole_nothing_is_acknowledged_and_nobody_is_let_in(
    proxy: Proxy, server: socketserver.ThreadingTCPServer
) -> None:
    with connect(proxy) as link:
        say(link, b"hello\n")
        proxy.black_hole()
        began = time.monotonic()
        # The kernel's own verdict on what it could not deliver: not our timeout of 3 s.
        with pytest.raises(TimeoutError, match="Connection timed out"):
            say(link, b"is anybody there\n")
        assert time.monotonic() - began < 2.5
        with pytest.raises(TimeoutError):
            socket.create_connection(("127.0.0.1", proxy.port), timeout=1)
    proxy.heal()
    with connect(proxy) as link:
        assert say(link, b"again\n") == b"again\n"
    assert b"is anybody there\n" not in server.heard  # type: ignore[attr-defined]

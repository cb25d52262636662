"""The relay makes each fault of a network, seen from both ends."""

import socket
import time
from collections.abc import Iterator

import pytest

from linewright.testing.relay import Relay

SHORT_S = 0.3


class Ends:
    """A client and a server that are connected through a relay."""

    def __init__(self, relay: Relay, listening: socket.socket) -> None:
        self.relay, self.listening = relay, listening
        self.client, self.server = self.pair()

    def pair(self) -> tuple[socket.socket, socket.socket]:
        """Return a further connection, both its ends."""
        client = socket.create_connection(("127.0.0.1", self.relay.port), timeout=5.0)
        server, _ = self.listening.accept()
        server.settimeout(5.0)
        return client, server


@pytest.fixture
def ends() -> Iterator[Ends]:
    """Both ends of one connection through a relay."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        listening.settimeout(5.0)
        with Relay("127.0.0.1", listening.getsockname()[1]) as relay:
            found = Ends(relay, listening)
            yield found
            found.client.close()
            found.server.close()


def is_silent(end: socket.socket) -> bool:
    """Whether nothing comes, neither bytes nor an end."""
    end.settimeout(SHORT_S)
    try:
        end.recv(1)
    except TimeoutError:
        return True
    finally:
        end.settimeout(5.0)
    return False


def test_bytes_flow_both_ways(ends: Ends) -> None:
    """And an end is passed on as an end."""
    ends.client.sendall(b"ask")
    assert ends.server.recv(3) == b"ask"
    ends.server.sendall(b"answer")
    assert ends.client.recv(6) == b"answer"
    ends.server.close()
    assert ends.client.recv(1) == b""


def test_a_freeze_holds_everything_back_until_it_flows(ends: Ends) -> None:
    """No socket is closed, and no byte is lost."""
    ends.relay.freeze()
    ends.client.sendall(b"ask")
    assert is_silent(ends.server)
    ends.relay.flow()
    assert ends.server.recv(3) == b"ask"


def test_half_open_tells_the_server_and_not_the_client(ends: Ends) -> None:
    """The client may send for ever; a new connection gets through."""
    ends.relay.half_open()
    with pytest.raises(ConnectionResetError):
        ends.server.recv(1)
    ends.client.sendall(b"ask")
    assert is_silent(ends.client)
    client, server = ends.pair()
    with client, server:
        client.sendall(b"ask")
        assert server.recv(3) == b"ask"


def test_a_cut_resets_both_ends(ends: Ends) -> None:
    """Both are told at once, and may come back."""
    ends.relay.cut()
    for end in (ends.client, ends.server):
        with pytest.raises(ConnectionResetError):
            end.recv(1)
    client, server = ends.pair()
    client.close()
    server.close()


def test_refused_until_it_flows_again(ends: Ends) -> None:
    """Nobody listens meanwhile; the port stays the same."""
    port = ends.relay.port
    ends.relay.refuse()
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", port), timeout=1.0)
    ends.relay.flow()
    client, server = ends.pair()
    client.close()
    server.close()
    assert ends.relay.port == port


def test_bytes_come_later_by_the_delay(ends: Ends) -> None:
    """By no less than was asked."""
    ends.relay.delay_s = SHORT_S
    begun = time.monotonic()
    ends.client.sendall(b"ask")
    assert ends.server.recv(3) == b"ask"
    assert time.monotonic() - begun >= SHORT_S


def test_a_dead_target_resets_the_client(ends: Ends) -> None:
    """As a port that a host forwards to nobody."""
    with socket.create_server(("127.0.0.1", 0)) as gone:
        port = gone.getsockname()[1]
    ends.relay.lead_to("127.0.0.1", port)
    with (
        pytest.raises(ConnectionResetError),  # the connection itself may be reset already
        socket.create_connection(("127.0.0.1", ends.relay.port), timeout=5.0) as client,
    ):
        client.recv(1)

"""Tests stay on this machine."""

import socket

import pytest
from pytest_socket import SocketConnectBlockedError

from tests.network import BeyondThisMachine

_ELSEWHERE = ("192.0.2.1", 9)  # an address that documentation alone may use


def _tcp() -> socket.socket:
    return socket.socket(socket.AF_INET, socket.SOCK_STREAM)


def test_a_connection_to_another_machine_is_refused() -> None:
    with _tcp() as wire, pytest.warns(match="192.0.2.1"), pytest.raises(SocketConnectBlockedError):
        wire.connect(_ELSEWHERE)


def test_the_other_way_to_connect_is_refused_as_well() -> None:
    with _tcp() as wire, pytest.raises(BeyondThisMachine):
        wire.connect_ex(_ELSEWHERE)


def test_a_datagram_to_another_machine_is_refused() -> None:
    wire = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    with wire, pytest.raises(BeyondThisMachine):
        wire.sendto(b"hello", _ELSEWHERE)


def test_names_of_other_machines_are_not_looked_up() -> None:
    with pytest.raises(BeyondThisMachine):
        socket.getaddrinfo("example.org", 443)


def test_this_machine_may_talk_to_itself() -> None:
    with (
        socket.create_server(("127.0.0.1", 0)) as server,
        socket.create_connection(server.getsockname(), timeout=5) as wire,
    ):
        assert wire.getpeername() == server.getsockname()

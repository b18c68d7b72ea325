"""No test reaches beyond this machine, by whatever way a socket is used."""

import ipaddress
from typing import Any

_WATCHED = {
    "socket.connect": 1,
    "socket.sendto": 1,
    "socket.sendmsg": 1,
    "socket.getaddrinfo": 0,
    "socket.gethostbyname": 0,
}


class BeyondThisMachine(RuntimeError):
    """A test wanted to reach another machine."""

    def __init__(self, host: object) -> None:
        super().__init__(f"tests reach this machine only, and one wanted to reach {host!r}")


def keep_to_this_machine(event: str, arguments: tuple[Any, ...]) -> None:
    """An audit hook: Python calls it before any use of a socket, and an error stops that use."""
    place = _WATCHED.get(event)
    if place is None:
        return
    host = arguments[place]
    if event in {"socket.connect", "socket.sendto", "socket.sendmsg"}:
        if not isinstance(host, tuple):
            return  # a socket file, or a socket that was connected before
        host = host[0]
    if not _is_here(host):
        raise BeyondThisMachine(host)


def _is_here(host: object) -> bool:
    if isinstance(host, bytes):
        host = host.decode("ascii", "replace")
    if not isinstance(host, str) or host in {"", "localhost"}:
        return True
    try:
        address = ipaddress.ip_address(host.partition("%")[0])
    except ValueError:
        return False
    return address.is_loopback or address.is_unspecified

"""Cutting off a gateway that no longer answers, so that the others need not wait for it.

paramiko has no counterpart of OpenSSH's ``ServerAliveInterval``: its keepalive asks for no answer, and a
host that vanished without a word holds a command up for as long as TCP repeats itself. sshd answers this
question beside whatever runs, so a long installation is not cut off.
"""

from contextlib import suppress
from typing import Any
from weakref import WeakSet

import gevent
from pyinfra import logger

QUESTION = "keepalive@openssh.com"
"""What OpenSSH's own ``ServerAliveInterval`` asks; sshd says no to it, and that is an answer."""
INTERVAL_S = 5.0
LIMIT_S = 30.0
"""Longest wait for an answer, in seconds; a tunnel or a router may be away for a moment."""

_watched: "WeakSet[Any]" = WeakSet()


def watch(host: Any) -> None:  # noqa: ANN401 - pyinfra's host, or its stand-in
    """Close the host's connection once it did not answer for ``LIMIT_S``: what runs there then fails.

    A host that we are on ourselves has no connection, and is not watched.
    """
    client = getattr(host.connector, "client", None)
    transport = client.get_transport() if client is not None else None
    if transport is None or transport in _watched:
        return
    _watched.add(transport)
    # pyinfra's ``host`` is another one, or none, in a greenlet of our own: only its name goes along.
    gevent.spawn(_keep_asking, transport, str(host.print_prefix))


def _keep_asking(transport: Any, prefix: str) -> None:  # noqa: ANN401 - paramiko's transport
    while transport.is_active():
        if not _answers(transport):
            transport.close()
            logger.error(f"{prefix}no answer for {LIMIT_S:g} s, so its connection is cut off")
            return
        gevent.sleep(INTERVAL_S)


def _answers(transport: Any) -> bool:  # noqa: ANN401
    with gevent.Timeout(LIMIT_S, False):
        with suppress(OSError, EOFError):  # the connection ended by itself
            transport.global_request(QUESTION, wait=True)
        return True
    return False

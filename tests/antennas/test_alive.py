"""Cutting off a gateway that does not answer, without any host."""

import sys
from types import SimpleNamespace

import pytest

from millwright.core.places import product_root

gevent = pytest.importorskip("gevent")


class Transport:
    """A connection whose host answers after so many seconds, one question at a time."""

    def __init__(self, *waits):
        self.waits, self.active, self.asked = list(waits), True, []

    def is_active(self):
        return self.active and bool(self.waits)

    def global_request(self, kind, wait):
        self.asked.append((kind, wait))
        gevent.sleep(self.waits.pop(0))

    def close(self):
        self.active = False


@pytest.fixture
def alive(monkeypatch):
    monkeypatch.syspath_prepend(product_root())
    from antennas import alive

    monkeypatch.setattr(alive, "INTERVAL_S", 0.01)
    monkeypatch.setattr(alive, "LIMIT_S", 0.2)
    yield alive
    sys.modules.pop("antennas.alive", None)


def host_on(transport):
    client = SimpleNamespace(get_transport=lambda: transport)
    return SimpleNamespace(connector=SimpleNamespace(client=client), print_prefix="[gw] ")


def test_one_that_answers_slowly_stays_connected(alive, caplog):
    transport = Transport(0.01, 0.1, 0.05)
    host = host_on(transport)
    alive.watch(host)
    gevent.sleep(0.4)
    assert (transport.active, caplog.messages) == (True, [])
    assert transport.asked == [("keepalive@openssh.com", True)] * 3


def test_one_that_says_nothing_is_cut_off(alive, caplog):
    transport = Transport(0.01, 60, 0.01)
    host = host_on(transport)
    alive.watch(host)
    gevent.sleep(0.5)
    assert not transport.active
    assert len(transport.asked) == 2
    assert caplog.messages == ["[gw] no answer for 0.2 s, so its connection is cut off"]


def test_it_needs_no_more_of_the_host_than_its_name(alive):
    """Where pyinfra's own ``host`` is asked for in another greenlet, it is nobody."""
    transport = Transport(60, 0.01)
    host = host_on(transport)
    alive.watch(host)
    del host.connector, host.print_prefix
    gevent.sleep(0.4)
    assert not transport.active


def test_a_host_is_watched_once_and_our_own_not_at_all(alive):
    transport = Transport(0.05)
    alive.watch(host_on(transport))
    alive.watch(host_on(transport))
    alive.watch(SimpleNamespace(connector=SimpleNamespace()))
    gevent.sleep(0.2)
    assert len(transport.asked) == 1

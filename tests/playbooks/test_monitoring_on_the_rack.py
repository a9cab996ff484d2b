"""Monitoring on real hosts: every target answers, and an alert comes with its cause and goes with it."""

import json
import subprocess
import time

import pytest

pytestmark = [pytest.mark.rack, pytest.mark.rehearsal]

PROMETHEUS = "http://127.0.0.1:9090/api/v1"
ASK = "import sys, urllib.request as u; print(u.urlopen(sys.argv[1], timeout=10).read().decode())"


@pytest.fixture(scope="module")
def on(provisioned_rack):
    def run(node, command):
        done = subprocess.run(
            ["ssh", "-F", str(provisioned_rack.ssh_config), node, command],
            capture_output=True,
            text=True,
            check=False,
            timeout=60,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    return run


@pytest.fixture(scope="module")
def ask(on):
    def run(path):
        return json.loads(on("rack-ctl2", f"python3 -c '{ASK}' '{PROMETHEUS}/{path}'"))["data"]

    return run


def wait_until(condition, seconds=60):
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "waited too long"
        time.sleep(1)


def values(found, label):
    return {row["metric"].get(label, ""): float(row["value"][1]) for row in found["result"]}


def test_prometheus_reaches_every_host_of_the_facility(ask):
    hosts = {"rack-ctl", "rack-ctl2", "rack-login", "rack-c1", "rack-c2", "rack-r1"}

    def up():
        return values(ask("query?query=up%7Bjob%3D%22node%22%7D"), "instance")

    wait_until(lambda: up() == dict.fromkeys(hosts, 1.0))


def test_slurm_and_node_health_are_told(ask):
    wait_until(lambda: values(ask("query?query=millwright_slurm_up"), "instance") == {"rack-ctl": 1.0})
    partitions = values(ask("query?query=sum%20by%20(partition)%20(millwright_slurm_nodes)"), "partition")
    assert partitions == {"cpu": 2.0, "dare": 1.0}


def firing(ask):
    alerts = ask("alerts")["alerts"]
    return {
        (a["labels"]["alertname"], a["labels"].get("instance", "")) for a in alerts if a["state"] == "firing"
    }


def test_an_alert_comes_when_a_host_falls_silent_and_goes_when_it_is_back(ask, on):
    silent = ("HostSilent", "rack-c2")
    assert silent not in firing(ask)
    on("rack-c2", "systemctl stop prometheus-node-exporter")
    try:
        wait_until(lambda: silent in firing(ask))
    finally:
        on("rack-c2", "systemctl start prometheus-node-exporter")
    wait_until(lambda: silent not in firing(ask))

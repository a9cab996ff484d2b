"""What the kernel counted, read from ss."""

import importlib.util
import sys

import pytest

from millwright.core.places import product_root

FOLDER = product_root() / "reframe_checks"


@pytest.fixture
def loss_probe(monkeypatch):
    """The probe as it is staged: its parts beside it."""
    monkeypatch.setattr(sys, "path", [str(FOLDER / "access" / "shared"), str(FOLDER), *sys.path])
    spec = importlib.util.spec_from_file_location("loss_probe", FOLDER / "access" / "loss" / "loss_probe.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    yield module
    for name in ("antenna_probe", "probe"):
        sys.modules.pop(name, None)


@pytest.mark.parametrize(
    ("text", "counts"),
    [
        ("0 0 10.92.0.1:22 10.92.0.2:4711 cubic rtt:1/1 bytes_sent:9000 bytes_acked:9000", (9000, 0)),
        ("0 0 a b cubic bytes_sent:9000 bytes_retrans:90 bytes_acked:8910", (9000, 90)),
        ("0 0 a b cubic rtt:1/1", None),
        ("", None),
    ],
)
def test_counts_are_read(loss_probe, text, counts):
    assert loss_probe.parse_counts(text) == counts

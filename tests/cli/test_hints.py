"""Commands that a hint names can be typed: by the path of the facility, which may hold a blank."""

import json
import shlex

import pytest

from millwright.adapters.ansible.accounts import AccountingReport, OpenGrant
from millwright.app.change import accounts
from millwright.cli.main import run

TIDE = OpenGrant("tide", "playground", "billing=60000000000", (), ("account=tide",))


class KnowsNoNode:
    """A controller that an apply has not told of any node yet."""

    def run(self, _argv):
        return json.dumps({"nodes": []})


@pytest.fixture
def typed(rack_file, tmp_path, monkeypatch):
    """A facility that is not shipped, in a folder with a blank in its name; nothing of it runs."""
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    report = AccountingReport((), (("account", "tide"),), (TIDE,), (), (), ())
    monkeypatch.setattr(accounts, "compare_accounting", lambda *_, **__: report)
    monkeypatch.setattr("millwright.fleet.service.node_service.controller_of", lambda *_: KnowsNoNode())
    copy = tmp_path / "my site" / "facility.yaml"
    copy.parent.mkdir()
    copy.write_bytes(rack_file.read_bytes())
    return str(copy)


@pytest.mark.parametrize(
    ("arguments", "hint", "code"),
    [
        (("accounts", "plan", "FACILITY"), "millwright accounts apply FACILITY --delete account=tide", 0),
        (("antenna", "rotate-ca", "FACILITY", "--status"), "millwright antenna apply FACILITY makes it", 3),
        (("image", "list", "FACILITY"), "millwright image build FACILITY PARTITION", 0),
        (("maintain", "FACILITY", "--resume"), "millwright maintain FACILITY without it", 2),
        (
            ("apply", "FACILITY", "--check", "--limit", "rack-antenna"),
            "millwright antenna apply FACILITY is for",
            2,
        ),
        (
            ("nodes", "drain", "FACILITY", "rack-c1", "--reason", "fan"),
            "millwright apply FACILITY has added",
            2,
        ),
    ],
    ids=lambda value: " ".join(value[:2]) if isinstance(value, tuple) else "",
)
def test_a_hint_is_typed_as_the_user_typed(arguments, hint, code, typed, capsys):
    assert run([typed if word == "FACILITY" else word for word in arguments]) == code
    said = " ".join("".join(capsys.readouterr()).split())
    assert hint.replace("FACILITY", shlex.quote(typed)) in said


@pytest.mark.parametrize(
    ("arguments", "meant"),
    [
        (["apply", "rack", "--by", "swich"], "switch"),
        (["image", "build", "rack", "cpuu"], "cpu"),
        (["image", "build", "rack", "cpu", "--release", "trixy"], "trixie"),
        (["image", "build", "rack", "cpu", "--format", "squashf"], "squashfs"),
        (["rack", "exec", "rack-cc1", "true"], "rack-c1"),
        (["nodes", "status", "rack", "rack-cc1"], "rack-c1"),
        (["antenna", "plan", "rack", "--antenna", "coats"], "coast"),
        (["antenna", "config", "rack", "--antenna", "coast", "--user", "adda"], "ada"),
        (["antenna", "revoke", "rack", "--user", "adda"], "ada"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else value,
)
def test_a_mistyped_name_is_answered_with_the_nearest_one(arguments, meant, tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("HOME", str(tmp_path))
    assert run(arguments) == 2
    assert f"did you mean {meant}?" in capsys.readouterr().err

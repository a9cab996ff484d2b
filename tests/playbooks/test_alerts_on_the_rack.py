"""Every alert rule as the host has it, by promtool: which numbers raise it, and which do not."""

import re
import subprocess
from pathlib import Path

import pytest

pytestmark = pytest.mark.rack

HERE = Path(__file__).resolve().parent
CASES = (HERE / "data/alerts.yml").read_text()
RULES = (HERE.parents[1] / "playbooks/roles/prometheus/templates/rules.yml.j2").read_text()
DEPLOYED = "/etc/prometheus/millwright-rules.yml"
TRIAL = 'f=$(mktemp --suffix=.yml) && cat > "$f" && promtool test rules "$f"; code=$?; rm "$f"; exit $code'


@pytest.fixture(scope="module")
def judged(provisioned_rack):
    """Exit code and output of promtool for a file of cases."""

    def judge(cases):
        return subprocess.run(
            ["ssh", "-F", str(provisioned_rack.ssh_config), "rack-ctl2", TRIAL],
            input=cases.replace("RULES", DEPLOYED),
            capture_output=True,
            text=True,
            check=False,
            timeout=60,
        )

    return judge


def test_every_alert_comes_of_its_cause_and_of_nothing_else(judged):
    done = judged(CASES)
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_cases_can_fail(judged):
    assert judged(CASES.replace("4 nodes of cpu", "5 nodes of cpu")).returncode != 0


@pytest.mark.parametrize("alert", re.findall(r"- alert: (\w+)", RULES))
def test_every_alert_has_a_case_in_which_it_comes(alert):
    assert re.search(rf"alertname: {alert}\n +exp_alerts:\n", CASES), (
        f"{alert} never comes in data/alerts.yml"
    )

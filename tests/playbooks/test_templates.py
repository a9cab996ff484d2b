"""What the templates of the roles make of a facility, with Ansible's own engine, against golden files."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
HERE = Path(__file__).parent
FACILITIES = {
    "rack": (ROOT / "inventories/rack/facility.yaml", "rack-login"),
    "factory": (HERE / "cases/factory.facility.yaml", "login"),
}
TEMPLATES = (
    "base/hosts.j2",
    "base/limits.conf.j2",
    "base/sysctl.conf.j2",
    "slurm_database/slurmdbd.conf.j2",
    "slurm_controller/slurm.conf.j2",
    "slurm_controller/cgroup.conf.j2",
    "slurm_controller/gres.conf.j2",
    "slurm_controller/topology.conf.j2",
    "slurm_rest/slurmrestd.conf.j2",
    "slurm_configless/service.conf.j2",
    "node_exporter/prometheus-node-exporter.j2",
    "dcgm_exporter/counters.csv.j2",
    "dcgm_exporter/dcgm-exporter.conf.j2",
    "prometheus/prometheus.yml.j2",
    "prometheus/targets.json.j2",
    "prometheus/dcgm-targets.json.j2",
    "prometheus/rules.yml.j2",
    "alertmanager/alertmanager.yml.j2",
    "grafana/datasource.yml.j2",
    "ssh_trust/sshd.conf.j2",
    "ssh_entry/node_principals.j2",
    "antenna_peer/settings.conf.j2",
    "antenna_peer/allowed-ips.j2",
)
HILLS_KEY = "aGlsbHMgaGlsbHMgaGlsbHMgaGlsbHMgaGlsbHMgaGk="


@pytest.fixture(scope="module")
def rendered(tmp_path_factory):
    """Every template for every facility; of the antennas only hills has published its key."""
    home = tmp_path_factory.mktemp("home")
    keys = home / ".local/state/millwright/factory/wireguard"
    keys.mkdir(parents=True)
    (keys / "hills.pub").write_text(HILLS_KEY + "\n")
    return {name: render(*facility, home) for name, facility in FACILITIES.items()}


def render(facility_file, host, home, **environment):
    done = subprocess.run(
        [sys.executable, HERE / "render.py", facility_file, host, *TEMPLATES],
        env={**os.environ, "ANSIBLE_CONFIG": str(ROOT / "ansible.cfg"), "HOME": str(home), **environment},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


@pytest.mark.parametrize("facility", FACILITIES)
@pytest.mark.parametrize("template", TEMPLATES)
def test_template(rendered, facility, template, golden):
    golden(f"{facility}/{Path(template).stem}", rendered[facility][template])


def test_a_backslash_at_the_end_of_a_title_joins_no_lines_of_a_configuration(rendered):
    """Slurm reads a line that ends so together with the next one."""
    for template, text in rendered["factory"].items():
        assert not [line for line in text.splitlines() if line.endswith("\\")], template


def test_an_sshd_without_penalties_is_told_nothing_of_them(tmp_path):
    """Debian 12 (OpenSSH 9.2) and EL 9 refuse a keyword that they do not know, and with it the whole file."""
    asked = {"ssh_trust_sshd": {"stdout": "port 22\nmaxstartups 10:30:100\n"}}
    older = render(*FACILITIES["rack"], tmp_path, RENDER_REGISTERED=json.dumps(asked))[
        "ssh_trust/sshd.conf.j2"
    ]
    newer = (HERE / "golden/rack/sshd.conf").read_text()
    assert "Penalt" in newer
    lines = [line for line in newer.splitlines() if "Penalt" not in line and "Many users come" not in line]
    assert older.splitlines() == lines


def test_an_antenna_without_a_key_is_no_peer_but_has_its_way(rendered):
    settings = rendered["factory"]["antenna_peer/settings.conf.j2"]
    assert settings.count("[Peer]") == 1
    assert "ip route replace 10.92.0.2/32" in settings


def test_the_length_of_slurm_conf_depends_on_classes_and_partitions_only(rendered):
    lines = rendered["factory"]["slurm_controller/slurm.conf.j2"].splitlines()
    assert sum(line.startswith("NodeName=") for line in lines) == 3
    assert sum(line.startswith("PartitionName=") for line in lines) == 3


def test_a_site_keeps_what_its_slurm_conf_had_besides(rendered, tmp_path):
    """An adopted cluster has settings that no facility knows: each stands there once, whoever wrote it."""
    file = tmp_path / "site/facility.yaml"
    file.parent.mkdir()
    shutil.copy(FACILITIES["factory"][0], file)
    (file.parent / "group_vars").mkdir()
    mine = {"schedulerparameters": "bf_interval=20", "PriorityWeightAge": 50, "MpiDefault": None}
    (file.parent / "group_vars/all.yml").write_text(json.dumps({"slurm_controller_settings": mine}))
    template = "slurm_controller/slurm.conf.j2"
    before, after = (
        text.splitlines()
        for text in (rendered["factory"][template], render(file, "login", tmp_path)[template])
    )
    assert [line for line in before if line not in after] == ["PriorityWeightAge=1000", "MpiDefault=pmix"]
    added = [line for line in after if line not in before and not line.startswith("#")]
    assert added == ["PriorityWeightAge=50", "schedulerparameters=bf_interval=20"]

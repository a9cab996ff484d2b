"""Which files a gateway's apply runs, found by what imports what."""

import shutil

from millwright.antennas.bundle.product import product_sum, reached_files
from millwright.core.places import product_root


def names():
    return {str(file.relative_to(product_root())) for file in reached_files(product_root())}


def test_it_holds_the_deploy_and_all_that_it_leads_to():
    expected = {"antennas/deploy.py", "antennas/trust.py", "antennas/alive.py", "antennas/apply_bundle.py"}
    library = (
        "sshd.py",
        "firewall.py",
        "guard.py",
        "guard.sh",
        "guard.service",
        "wireguard.py",
    )
    expected |= {f"tools/millwright/antennas/gateway/{name}" for name in library} | {
        "tools/millwright/core/errors.py"
    }
    assert expected <= names()


def test_it_holds_no_part_that_a_gateway_never_runs():
    assert not [name for name in names() if "/cli/" in name or "/report/" in name or "playbooks" in name]


def test_the_packages_count(tmp_path):
    shutil.copytree(product_root() / "antennas", tmp_path / "antennas")
    lock = (product_root() / "requirements.lock").read_text()
    sums = []
    for text in (lock, lock.replace("pyinfra==", "pyinfra==9."), lock.replace("pandas==", "pandas==9.")):
        (tmp_path / "requirements.lock").write_text(text)
        sums.append(product_sum(tmp_path, python="3.13", machine="x86_64"))
    assert sums[0] == sums[2], "a gateway needs no pandas"
    assert sums[0] != sums[1]

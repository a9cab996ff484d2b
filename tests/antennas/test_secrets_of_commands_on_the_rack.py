"""No private key comes to light while the other commands run; see ``test_secrets_on_the_rack.py``.

Two are watched where they run anyway: ``antenna import`` in ``test_bundle_on_the_rack.py``, ``rotate-ca`` in
``test_rotation_on_the_rack.py`` and ``test_host_rotation_on_the_rack.py``.
"""

import subprocess

import pytest
from rack_secrets import Watch

pytestmark = pytest.mark.rack

SERIAL = "4611686018427387904"
"""Of no certificate that was ever made here."""


def commands(folder):
    """What is typed, each on the antenna that it is quickest for; at the end nothing is revoked."""
    certificate = (str(folder / "ada.pub"), "-a", "coast", "-u", "ada")
    return (
        ("plan", "rack", "-a", "coast"),
        ("check", "rack", "-a", "coast"),
        ("config", "rack", "-a", "coast", "-u", "ada"),
        ("certify", "rack", *certificate),
        ("bundle", "rack", "-a", "hills", "-o", str(folder / "hills.bundle")),
        ("revoke", "rack", "-a", "coast", "--serial", SERIAL, "--reason", "lost"),
        ("revoke", "rack", "-a", "coast", "--serial", SERIAL, "--lift"),
    )


@pytest.fixture(scope="module")
def watch(antennas, tmp_path_factory):
    """What was printed, and what was seen of processes meanwhile."""
    folder, watch = tmp_path_factory.mktemp("operator"), Watch(antennas)
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", folder / "ada"], check=True)
    typed = commands(folder)
    try:
        for words in typed:
            done = watch.run(*words)
            assert done.returncode == 0, (words, done.stdout + done.stderr)
    except BaseException:
        watch.run(*typed[-1])  # lifts what was revoked
        raise
    return watch


def test_no_secret_in_the_list_of_processes(watch):
    watch.assert_processes_show_nothing()


def test_no_secret_in_what_is_printed(watch):
    watch.assert_nothing_is_printed()


def test_no_secret_in_a_log_result_or_journal(watch):
    watch.assert_nothing_is_written()

"""Installing packages starts no service, and leaves no trace of how."""

import pytest

from millwright.rack.host_packages import MARK, no_service_starts


@pytest.fixture
def policy(tmp_path):
    return tmp_path / "policy-rc.d"


def test_services_are_kept_from_starting_for_that_time_only(policy):
    with no_service_starts(policy):
        assert policy.read_text().endswith("exit 101\n")
        assert policy.stat().st_mode & 0o111
    assert not policy.exists()


def test_a_policy_of_the_hosts_own_stays(policy):
    policy.write_text("#!/bin/sh\nexit 0\n")
    with no_service_starts(policy):
        assert policy.read_text() == "#!/bin/sh\nexit 0\n"
    assert policy.read_text() == "#!/bin/sh\nexit 0\n"


def test_a_policy_that_our_crash_left_is_removed(policy):
    policy.write_text(f"#!/bin/sh\n{MARK}\nexit 101\n")
    with no_service_starts(policy):
        pass
    assert not policy.exists()


def test_it_is_removed_even_when_the_installation_fails(policy):
    with pytest.raises(RuntimeError), no_service_starts(policy):
        raise RuntimeError
    assert not policy.exists()

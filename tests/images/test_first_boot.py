"""Whatever needs a host that lives is named among what is left for the first boot."""

from pathlib import Path

from millwright.images.first_boot import LEFT, WITHOUT, left_for

ROLES = Path(__file__).resolve().parents[2] / "playbooks/roles"


def test_every_role_with_a_task_for_live_hosts_is_named():
    asking = {
        path.relative_to(ROLES).parts[0]
        for path in ROLES.rglob("*.yml")
        if path.parent.name in {"tasks", "handlers"} and "host_is_live" in path.read_text()
    }
    assert asking | set(WITHOUT) == {each.role for each in LEFT}


def test_nodes_have_what_their_groups_have():
    assert {each.role for each in left_for({"managed"})} == {
        "base",
        "munge",
        "ssh_entry",
        "ssh_hosts",
        "verify",
    }
    assert "nvidia" in {each.role for each in left_for({"managed", "accelerated_nvidia"})}

"""When a role has to run again: its digest follows everything that it may depend on, and nothing else."""

from dataclasses import replace

import pytest

from millwright.fleet.look.role_inputs import (
    WHOLE_INVENTORY,
    Play,
    Variables,
    basis_of,
    connected_roles,
    inputs_of,
)

ROLES = {
    "base": {
        "defaults/main.yml": 'base_names: "{{ facility_addresses }}"\nbase_zone: Etc/UTC\n',
        "tasks/main.yml": "- name: Ensure\n  ansible.builtin.template: {src: a.j2, dest: /etc/a}\n",
        "templates/a.j2": "{{ base_names }}\n",
        "README.md": "facility_secret\n",
    },
    "munge": {
        "defaults/main.yml": 'munge_key: "{{ facility_state_folder }}/munge.key"\n',
        "tasks/main.yml": '- ansible.builtin.copy: {src: "{{ munge_key }}", dest: /etc/munge/munge.key}\n',
    },
    "node": {"tasks/main.yml": "- ansible.builtin.import_role:\n    name: configless\n"},
    "configless": {"tasks/main.yml": "- template: {src: x, dest: '{{ facility_port }}'}\n"},
    "peer": {
        "defaults/main.yml": 'peer_keys: "{{ facility_state_folder }}/wireguard"\n',
        "tasks/main.yml": "- assert: {that: lookup('ansible.builtin.file', peer_keys ~ '/' ~ item.name)}\n",
    },
    "lock": {"tasks/main.yml": "- copy: {content: \"{{ lookup('ansible.builtin.url', lock_url) }}\"}\n"},
    "stamp": {"tasks/main.yml": '- copy: {content: "{{ now().year }}"}\n'},
    "apart": {"tasks/main.yml": "- debug: {}\n", "tasks/rotate.yml": "- debug: {msg: '{{ now() }}'}\n"},
    "within": {
        "tasks/main.yml": "- import_tasks: part.yml\n",
        "tasks/part.yml": "- debug: {msg: '{{ now() }}'}\n",
    },
    "harness": {"defaults/main.yml": 'harness_checkout: "{{ playbook_dir | dirname }}"\n'},
    "nosy": {"tasks/main.yml": "- debug: {msg: \"{{ hostvars['c1'] }}\"}\n"},
    "neighbourly": {"tasks/main.yml": "- debug: {msg: \"{{ hostvars['c1'].site_port }}\"}\n"},
    "named": {
        "tasks/main.yml": "- debug: {msg: \"{{ lookup('vars', 'facility_' ~ x) }}\"}\n  vars: {x: secret}\n"
    },
    "local": {"tasks/main.yml": "- debug: {}\n  vars: {local_x: 1}\n"},
    "grouped": {"tasks/main.yml": '- debug: {msg: "{{ groups.nodes }}"}\n'},
    "own": {"tasks/main.yml": "- slurm_thing: {}\n"},
}
PLAY = Play(ROLES, {"slurm_thing": "1"}, "when: facility_manages", "shared")
VARIABLES = Variables(
    {
        "facility_addresses": ({"c1": "10.0.0.1"},),
        "facility_port": ("{{ site_port }}",),
        "facility_secret": ("x",),
        "facility_state_folder": ("/state",),
        "facility_manages": (["base"],),
        "site_port": (6817,),
    },
    ("nodes",),
    "all groups",
)


def digest(role, play=PLAY, variables=VARIABLES):
    return inputs_of(role, play, variables).digest


def changed(name, value):
    return replace(VARIABLES, definitions={**VARIABLES.definitions, name: (value,)})


@pytest.mark.parametrize(
    ("text", "is_whole"),
    [
        ("hostvars[groups.controller | first].operating_system", False),
        ("hostvars['c1']['x']", False),
        ("map('extract', hostvars, ['x', 'stdout'])", False),
        ("map('extract', hostvars) | selectattr('x.rc', 'defined')", False),
        ("map('extract', hostvars) | list", True),
        ("hostvars['c1'] | to_json", True),
        ("hostvars['c1'][name]", True),
        ("lookup('vars', 'a' ~ b)", True),
    ],
)
def test_a_text_asks_for_the_whole_inventory_where_it_spells_no_names(text, is_whole):
    assert bool(WHOLE_INVENTORY.search(text)) is is_whole


def test_playbooks_that_ask_another_host_for_one_thing_do_not_follow_every_variable():
    asking = replace(PLAY, playbooks="that: hostvars[groups.nodes | first].site_port == 1")
    assert basis_of(asking, VARIABLES) == basis_of(asking, changed("facility_secret", "changed"))
    assert basis_of(asking, VARIABLES) != basis_of(asking, changed("site_port", "changed"))


@pytest.mark.parametrize(
    ("name", "follow"),
    [
        ("facility_addresses", {"base", "nosy", "named"}),
        ("site_port", {"node", "configless", "neighbourly", "nosy", "named"}),
        ("facility_secret", {"nosy", "named"}),
        ("facility_state_folder", {"munge", "peer", "nosy", "named"}),
    ],
)
def test_a_role_follows_the_variables_that_it_mentions_at_any_distance(name, follow):
    other = changed(name, "changed")
    assert {role for role in ROLES if digest(role) != digest(role, variables=other)} == follow


@pytest.mark.parametrize(("role", "follow"), [("base", {"base"}), ("configless", {"configless", "node"})])
def test_a_role_follows_its_own_files_and_those_of_roles_that_it_includes(role, follow):
    roles = {**ROLES, role: {**ROLES[role], "files/x": "new"}}
    other = replace(PLAY, roles=roles)
    assert {name for name in ROLES if digest(name) != digest(name, other)} == follow


def test_a_role_follows_the_modules_that_it_uses():
    other = replace(PLAY, modules={"slurm_thing": "2"})
    assert {role for role in ROLES if digest(role) != digest(role, other)} == {"own"}


def test_every_role_follows_plugins_and_groups_of_the_host():
    assert all(digest(role) != digest(role, replace(PLAY, shared="other")) for role in ROLES)
    assert all(digest(role) != digest(role, variables=replace(VARIABLES, groups=())) for role in ROLES)


def test_only_who_asks_for_groups_follows_the_groups_of_others():
    other = replace(VARIABLES, all_groups="one node more")
    assert {role for role in ROLES if digest(role) != digest(role, variables=other)} == {
        "grouped",
        "neighbourly",
        "nosy",
    }


@pytest.mark.parametrize(("role", "path"), [("munge", "/state/munge.key"), ("peer", "/state/wireguard/")])
def test_files_that_a_role_looks_up_are_named(role, path):
    assert path in inputs_of(role, PLAY, VARIABLES).paths


def test_a_path_that_turns_in_a_circle_ends():
    circle = changed("facility_state_folder", "{{ facility_state_folder }}")
    assert inputs_of("munge", PLAY, circle).paths == ()


@pytest.mark.parametrize(
    ("role", "asked"),
    [("lock", ("url",)), ("stamp", ("the clock",)), ("within", ("the clock",)), ("apart", ()), ("peer", ())],
)
def test_what_no_file_tells(role, asked):
    assert inputs_of(role, PLAY, VARIABLES).dynamic == asked


def test_who_may_install_this_checkout():
    assert [role for role in ROLES if inputs_of(role, PLAY, VARIABLES).needs_product] == ["harness"]


def test_which_roles_a_host_has_follows_playbooks_groups_and_what_the_playbooks_ask():
    basis = basis_of(PLAY, VARIABLES)
    assert basis != basis_of(replace(PLAY, playbooks="other"), VARIABLES)
    assert basis != basis_of(PLAY, replace(VARIABLES, groups=()))
    assert basis != basis_of(PLAY, changed("facility_manages", []))
    assert basis == basis_of(PLAY, changed("facility_addresses", {}))


def test_roles_that_share_a_result_run_together():
    play = replace(
        PLAY,
        roles={
            "database": {"tasks/main.yml": "- command: x\n  register: database_daemon\n"},
            "accounts": {"tasks/main.yml": "- debug: {}\n  when: database_daemon is changed\n"},
            "other": {"tasks/main.yml": "- debug: {}\n"},
        },
    )
    assert connected_roles(play, ["accounts"]) == {"database", "accounts"}
    assert connected_roles(play, ["database"]) == {"database", "accounts"}
    assert connected_roles(play, ["other"]) == {"other"}

"""Whom both a host and its directory know: the question, the answer, and what is found in it."""

import importlib.util
import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

ROOT = Path(__file__).resolve().parents[2]
SPEC = importlib.util.spec_from_file_location(
    "directory_people", ROOT / "playbooks/library/directory_people.py"
)
module = importlib.util.module_from_spec(SPEC)
SPEC.loader.exec_module(module)

OWN = """\
root:x:0:0:root:/root:/bin/sh
+::::::
ada:x:22152:22152::/home/ada:/bin/sh
nobody:x:65534:65534::/:/bin/false
"""
LDIF = """\
dn: uid=ada,dc=rack
uid: ada
uidNumber: 5001

dn: uid=a very long name that is folded over the end of its line,dc=ra
 ck
uid:: bWFsbG9yecO8
uidNumber: 22152

"""


def test_lists_of_a_host_are_read_without_the_lines_of_nis():
    assert module.read_entries(OWN) == [("root", 0), ("ada", 22152), ("nobody", 65534)]


def test_the_question_names_everybody_and_ids_of_people_alone():
    (question,) = module.filters_of("user", module.read_entries(OWN), 1000)
    terms = "(uid=root)(uid=ada)(uid=nobody)(uidNumber=22152)"
    assert question == f"(&(objectClass=posixAccount)(|{terms}))"


def test_a_long_list_is_asked_in_several_questions():
    entries = [(f"u{number}", 2000 + number) for number in range(300)]
    questions = list(module.filters_of("group", entries, 1000))
    assert [len(re.findall(r"\((?:cn|gidNumber)=", question)) for question in questions] == [200, 200, 200]


@given(st.text())
def test_no_name_ends_its_term_or_begins_another(name):
    escaped = module.escape(name)
    assert not set("*()\0\n") & set(escaped)
    assert re.fullmatch(r"(?:[^\\]|\\[0-9a-f]{2})*", escaped)
    back = re.sub(
        rb"\\([0-9a-f]{2})", lambda found: bytes([int(found[1], 16)]), escaped.encode("ascii", "strict")
    )
    assert back == name.encode("utf-8", "surrogateescape")


def test_folded_and_encoded_lines_of_an_answer():
    first, second = [entry for entry in module.parse_ldif(LDIF) if entry]
    assert first["uidnumber"] == ["5001"]
    assert second["uid"] == ["malloryü"]
    assert second["dn"][0].endswith("dc=rack")


def test_a_name_with_another_id_and_an_id_with_another_name_are_found():
    found = module.parse_ldif(LDIF)
    assert list(module.find_clashes("user", module.read_entries(OWN), [e for e in found if "dn" in e])) == [
        "user ada has id 22152 here and 5001 in the directory",
        "id 22152 is user ada here and malloryü in the directory",
    ]


def test_people_whom_only_the_directory_knows_are_no_clash():
    entries = [{"dn": ["uid=dora"], "uid": ["dora"], "uidnumber": ["70001"]}]
    assert not list(module.find_clashes("user", module.read_entries(OWN), entries))


@pytest.mark.parametrize(("uri", "tls"), [("ldap://a", True), ("ldaps://a", False)])
def test_no_question_goes_out_without_tls_and_no_password_stands_in_it(uri, tls):
    argv = module.command_of({"bind_dn": "cn=hosts", "base": "dc=rack"}, uri, "(uid=a)")
    assert ("-ZZ" in argv) is tls
    assert argv[argv.index("-y") + 1] == "/dev/stdin"
    assert "-w" not in argv


def test_the_password_is_read_from_the_settings_of_sssd():
    text = "[domain/rack]\nldap_default_authtok_type = password\nldap_default_authtok = a = b #c;d\n"
    assert module.password_in(text) == "a = b #c;d"
    assert module.password_in("") == ""

"""Ansible module ``directory_people``: find people who are somebody else in the directory."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

DOCUMENTATION = r"""
module: directory_people
short_description: Users and groups whom both this host and the directory know
description:
  - Asks the first server that answers, over TLS with the pinned certification authority, for every name and
    id of this host's own lists. Nothing is changed.
  - Fails where no server answers, where its certificate or the password is refused, and where a name or id is
    taken.
options:
  uris: {description: Servers., type: list, elements: str, required: true}
  base: {description: Where people and groups lie., type: str, required: true}
  ca: {description: File of the pinned certification authority., type: path, required: true}
  bind_dn: {description: As whom to ask., type: str}
  settings: {description: "File of sssd that holds the password, so that no task does.", type: path}
  first_id: {description: Lower ids belong to the system., type: int, default: 1000}
attributes:
  check_mode: {support: full, description: Only reads.}
author: Millwright
"""

EXAMPLES = r"""
- name: Check that the directory answers, and that nobody is two people
  directory_people:
    uris: [ldaps://ldap1.example.org]
    base: dc=example,dc=org
    ca: /etc/sssd/millwright-ca.pem
"""

RETURN = r"""
clashes:
  description: Sentences, one for each name or id that is somebody else's.
  type: list
  returned: always
  sample: ["user ada has id 22152 here and 5001 in the directory"]
"""

SECONDS = 10
NOBODY = frozenset({65534})
MAX_TERMS = 200
"""Terms of one question: servers limit the length of a filter."""
PASSWORD = re.compile(r"^ldap_default_authtok = (.*)$", re.MULTILINE)
Entries = Sequence[tuple[str, int]]
"""Names with ids."""


def read_entries(text: str) -> list[tuple[str, int]]:
    """Names and ids of ``/etc/passwd`` or ``/etc/group``."""
    fields = (line.split(":") for line in text.splitlines() if not line.startswith(("#", "+", "-")))
    return [(words[0], int(words[2])) for words in fields if len(words) > 2 and words[2].isdigit()]


def escape(value: str) -> str:
    r"""A value as a filter may hold it (RFC 4515): it ends no term and begins none.

    >>> escape("a*)(uid=")
    'a\\2a\\29\\28uid='
    """
    return "".join(
        rf"\{byte:02x}" if byte < 0x20 or byte > 0x7E or chr(byte) in "*()\\" else chr(byte)
        for byte in value.encode("utf-8", "surrogateescape")
    )


def filters_of(kind: str, entries: Entries, first_id: int) -> Iterator[str]:
    """Questions for everybody with one of these names or ids."""
    of_kind, name, number = NAMES[kind]
    terms = [f"({name}={escape(entry)})" for entry, _ in entries]
    terms += [f"({number}={found})" for _, found in entries if found >= first_id and found not in NOBODY]
    for start in range(0, len(terms), MAX_TERMS):
        yield f"(&(objectClass={of_kind})(|{''.join(terms[start : start + MAX_TERMS])}))"


NAMES = {"user": ("posixAccount", "uid", "uidNumber"), "group": ("posixGroup", "cn", "gidNumber")}
"""Object class, name and id of each kind (RFC 2307)."""


def parse_ldif(text: str) -> list[dict[str, list[str]]]:
    """Entries as LDIF names them: attributes in lower case, values as text (RFC 2849)."""
    entries: list[dict[str, list[str]]] = [{}]
    for line in text.replace("\n ", "").splitlines():
        if not line:
            entries.append({})
            continue
        name, separator, value = line.partition(":")
        if separator and not line.startswith("#"):
            entries[-1].setdefault(name.lower(), []).append(_value(value))
    return [entry for entry in entries if "dn" in entry]


def _value(text: str) -> str:
    if not text.startswith(":"):
        return text.lstrip(" ")
    try:
        return base64.b64decode(text[1:].strip()).decode("utf-8", "replace")
    except binascii.Error:
        return text


def find_clashes(kind: str, here: Entries, found: Sequence[Mapping[str, Sequence[str]]]) -> Iterator[str]:
    """Names that have another id in the directory, ids that are somebody else's there, and equal people."""
    _, name_key, number_key = NAMES[kind]
    ids, names = dict(here), {number: name for name, number in here}
    for entry in found:
        number = int(next(iter(entry.get(number_key.lower(), ["-1"]))))
        for name in entry.get(name_key.lower(), []):
            if name in ids:
                yield f"{kind} {name} has id {ids[name]} here and {number} in the directory"
            elif number in names:
                yield f"id {number} is {kind} {names[number]} here and {name} in the directory"


def command_of(params: Mapping[str, Any], uri: str, question: str) -> list[str]:
    """The command that asks; it reads the password where it reads its input."""
    bind = ["-D", params["bind_dn"], "-y", "/dev/stdin"] if params["bind_dn"] else []
    tls = ["-ZZ"] if uri.startswith("ldap://") else []
    limits = ["-o", f"nettimeout={SECONDS}", "-l", str(SECONDS)]
    attributes = ["uid", "uidNumber", "cn", "gidNumber"]
    asked = ["-b", params["base"], question, *attributes]
    return ["ldapsearch", "-x", "-LLL", "-H", uri, *tls, *bind, *limits, *asked]


def password_in(text: str) -> str:
    """The password in a file of sssd."""
    found = PASSWORD.search(text)
    return found[1] if found else ""


def main() -> None:
    """Entry point for Ansible."""
    from ansible.module_utils.basic import AnsibleModule  # noqa: PLC0415 - the rest is plain Python, tested as such

    texts = {"type": "list", "elements": "str", "required": True}
    module = AnsibleModule(
        argument_spec={
            "uris": texts,
            "base": {"type": "str", "required": True},
            "ca": {"type": "path", "required": True},
            "bind_dn": {"type": "str"},
            "settings": {"type": "path"},
            "first_id": {"type": "int", "default": 1000},
        },
        supports_check_mode=True,
    )
    given = module.params
    password = ""
    if given["bind_dn"]:
        password = password_in(Path(given["settings"]).read_text(encoding="ascii"))
    # An ldap.conf of the host's could name other authorities beside the pinned one.
    environment = {"LDAPTLS_CACERT": given["ca"], "LDAPTLS_REQCERT": "demand", "LDAPCONF": "/dev/null"}
    clashes: list[str] = []

    def ask(question: str) -> list[dict[str, list[str]]]:
        refusals = []
        for uri in given["uris"]:
            code, out, err = module.run_command(
                command_of(given, uri, question), data=password, binary_data=True, environ_update=environment
            )
            if code == 0:
                return parse_ldif(out)
            refusals.append(f"{uri}: {' '.join((err or out).split())[-300:]}")
        message = "; ".join(refusals)
        module.fail_json(
            msg=f"The directory could not be asked. {message}. Whom sssd has met is still known here."
        )
        raise AssertionError

    for kind, path in (("user", "/etc/passwd"), ("group", "/etc/group")):
        here = read_entries(Path(path).read_text(encoding="utf-8", errors="surrogateescape"))
        for question in filters_of(kind, here, given["first_id"]):
            clashes += [text for text in find_clashes(kind, here, ask(question)) if text not in clashes]
    if clashes:
        module.fail_json(
            msg=f"{'; '.join(clashes)}. The host's own win; rename or renumber one of each pair.",
            clashes=clashes,
        )
    module.exit_json(changed=False, clashes=[])


if __name__ == "__main__":
    main()

"""What a role's outcome on a host depends on, as one digest: pure functions over texts and values.

A role that runs again with the same digest declares the same state, so a look at the host is enough.
Everything here errs on the side of more: a name that is mentioned counts as used, whatever it is used for.
"""

import hashlib
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

import yaml

IDENTIFIER = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
REFERENCE = re.compile(r"\{\{\s*([A-Za-z_][A-Za-z0-9_]*)\s*\}\}")
CONCATENATION = re.compile(r"\b([A-Za-z_][A-Za-z0-9_]*)\s*~\s*'([^']*)'")
LOOKUP = re.compile(r"\b(?:lookup|query|q)\(\s*['\"](?:ansible\.builtin\.)?([\w.]+)['\"]")
INCLUDED_BY_VARIABLE = re.compile(r"(?:include_tasks|import_tasks|tasks_from|file):[^\n]*\{\{")
CLOCK = re.compile(r"\bnow\(|\bansible_date_time\b")
STATIC_LOOKUPS = frozenset(
    {*("dict", "file", "fileglob", "first_found", "indexed_items", "items", "list", "nested", "password")}
    | {*("sequence", "subelements", "template", "together", "varnames", "vars")}
)
"""Lookups whose answer depends on files and variables alone."""
WHOLE_INVENTORY = re.compile(
    r"\bhostvars\b(?!\[[^\]]*\](?:\.\w|\[['\"]))(?!\s*,\s*\[?\s*['\"])(?!\)\s*\|\s*(?:select|reject)attr\(\s*['\"])"
    r"|\bvars\[|\b(?:lookup|query|q)\(\s*['\"](?:ansible\.builtin\.)?(?:vars|varnames)['\"]"
)
"""How a text asks for variables whose names it does not spell; the keyword ``vars:`` is none of these.

``hostvars[host].name``, ``map('extract', hostvars, 'name')`` and ``hostvars) | selectattr('name')`` spell it.
"""
PRODUCT = frozenset({"playbook_dir", "ansible_playbook_python"})
"""Names that mean this checkout: the role may install it."""
REGISTER = re.compile(r"^\s*(?:- )?register:\s*(\w+)", re.MULTILINE)
MAX_DEPTH = 8


@dataclass(frozen=True, slots=True)
class Play:
    """What the playbooks are made of."""

    roles: Mapping[str, Mapping[str, str]]
    """Files of each role: path below the role, text."""
    modules: Mapping[str, str]
    """The product's own modules: name, text."""
    playbooks: str
    """Text of the playbooks, which say which host has which roles."""
    shared: str
    """Digest of what every role rests on: plugins, configuration, Ansible's version."""


@dataclass(frozen=True, slots=True)
class Variables:
    """What the inventory says to one kind of host."""

    definitions: Mapping[str, tuple[object, ...]]
    """Every value that a name is given anywhere, in the order of the files."""
    groups: tuple[str, ...]
    """Groups of the host."""
    all_groups: str
    """Digest of all groups with their hosts."""


@dataclass(frozen=True, slots=True)
class Inputs:
    """What a role depends on."""

    digest: str
    paths: tuple[str, ...]
    """Files and folders of this machine that it may read, by absolute path."""
    needs_product: bool
    """Whether it may install this checkout."""
    dynamic: tuple[str, ...]
    """Lookups whose answers no file tells; such a role always runs."""


def inputs_of(role: str, play: Play, variables: Variables) -> Inputs:
    """What a role depends on, on hosts of one kind."""
    files = _with_included_roles(role, play)
    texts = [text for name, text in sorted(files.items()) if not name.endswith("README.md")]
    own = _own_values(files)
    names, used = _mentioned(texts, variables.definitions)
    words = frozenset().union(*map(_words, [*texts, *map(_text, used.values())]))
    modules = {name: text for name, text in play.modules.items() if name in words}
    digest = _digest(
        {
            "shared": play.shared,
            "files": sorted(files.items()),
            "modules": sorted(modules.items()),
            "variables": {name: [_text(value) for value in used[name]] for name in sorted(names)},
            "groups": sorted(variables.groups),
            "all_groups": variables.all_groups if words & {"groups", "hostvars"} else "",
        }
    )
    values = [_text(value) for found in used.values() for value in found]
    sources = [*texts, *values]
    return Inputs(
        digest,
        tuple(sorted(set(_paths(sources, {**variables.definitions, **own})))),
        bool(words & PRODUCT),
        tuple(sorted(_asked([*_reached(files), *values]))),
    )


def _reached(files: Mapping[str, str]) -> Iterator[str]:
    """Texts that a run of the role comes to: a task file that no other names is for another playbook."""
    for path, text in files.items():
        name = path.rpartition("/")[2]
        others = (other for place, other in files.items() if place != path)
        is_apart = "/tasks/" in path and name not in {"main.yml", "verify.yml"}
        if not is_apart or any(name in other or INCLUDED_BY_VARIABLE.search(other) for other in others):
            yield text


def _asked(texts: Iterable[str]) -> set[str]:
    """What texts ask that neither files nor variables tell."""
    found = {name for text in texts for name in LOOKUP.findall(text)} - STATIC_LOOKUPS
    return found | ({"the clock"} if any(CLOCK.search(text) for text in texts) else set())


def basis_of(play: Play, variables: Variables) -> str:
    """Digest of what decides which roles hosts of one kind have."""
    _, used = _mentioned([play.playbooks], variables.definitions)
    values = {name: [_text(value) for value in found] for name, found in used.items()}
    return _digest([play.shared, play.playbooks, values, sorted(variables.groups)])


def _digest(value: object) -> str:
    return hashlib.sha256(json.dumps(value, sort_keys=True, default=str).encode()).hexdigest()


def _text(value: object) -> str:
    return value if isinstance(value, str) else json.dumps(value, sort_keys=True, default=str)


def _words(text: str) -> frozenset[str]:
    return frozenset(IDENTIFIER.findall(text))


def _with_included_roles(role: str, play: Play) -> dict[str, str]:
    """Files of a role and of every role that it includes, by path below ``roles/``."""
    found: dict[str, str] = {}
    waiting, seen = [role], set()
    while waiting:
        name = waiting.pop()
        if name in seen:
            continue
        seen.add(name)
        files = play.roles.get(name, {})
        found |= {f"{name}/{path}": text for path, text in files.items()}
        waiting.extend(_included(files, play.roles))
    return found


def _included(files: Mapping[str, str], roles: Iterable[str]) -> Iterator[str]:
    for path, text in files.items():
        if path.endswith((".yml", ".yaml")) and ("_role" in text or "dependencies" in text):
            for name in _role_names(_parse(text)):
                yield from (roles if "{{" in name else [name])


def _role_names(node: object) -> Iterator[str]:
    if isinstance(node, dict):
        for key, value in node.items():
            if str(key).endswith(("import_role", "include_role")) and isinstance(value, dict):
                yield str(value.get("name"))
            elif key == "dependencies" and isinstance(value, list):
                yield from (str(item.get("role") if isinstance(item, dict) else item) for item in value)
            else:
                yield from _role_names(value)
    elif isinstance(node, list):
        for item in node:
            yield from _role_names(item)


def _parse(text: str) -> object:
    try:
        return yaml.safe_load(text)
    except yaml.YAMLError:  # tags of Ansible's own: the text counts as it stands
        return None


def _own_values(files: Mapping[str, str]) -> dict[str, tuple[object, ...]]:
    """Values that the role itself gives to names."""
    found: dict[str, tuple[object, ...]] = {}
    for path, text in files.items():
        parts = path.split("/")
        if len(parts) > 2 and parts[1] in {"defaults", "vars"}:
            values = _parse(text)
            if isinstance(values, dict):
                found |= {str(name): (value,) for name, value in values.items()}
    return found


def _mentioned(
    texts: Iterable[str], definitions: Mapping[str, tuple[object, ...]]
) -> tuple[frozenset[str], dict[str, tuple[object, ...]]]:
    """Names of the inventory that texts mention, and those that their values mention."""
    texts = list(texts)
    names: set[str] = set()
    waiting = set().union(*map(_words, texts))
    if any(WHOLE_INVENTORY.search(text) for text in texts):
        names, waiting = set(definitions), set()
    while waiting:
        new = (waiting & definitions.keys()) - names
        names |= new
        waiting = {word for name in new for value in definitions[name] for word in _words(_text(value))}
    return frozenset(names), {name: definitions[name] for name in names}


def _paths(texts: Iterable[str], values: Mapping[str, tuple[object, ...]]) -> Iterator[str]:
    """Absolute paths that texts spell with the help of variables."""
    for text in texts:
        for name, literal in CONCATENATION.findall(text):
            yield from (start + literal for start in _resolve("{{ " + name + " }}", values))
        for line in text.splitlines():
            for found in REFERENCE.finditer(line):
                rest = re.match(r"[\w./@-]*", line[found.end() :])
                yield from (start + (rest[0] if rest else "") for start in _resolve(found[0], values))


def _resolve(text: str, values: Mapping[str, tuple[object, ...]], depth: int = 0) -> Iterator[str]:
    """Every absolute path that a text may stand for, references filled in."""
    found = REFERENCE.search(text)
    if not found:
        if text.startswith("/") and "{{" not in text:
            yield text
        return
    if depth < MAX_DEPTH:
        for value in values.get(found[1], ()):
            if isinstance(value, str):
                yield from _resolve(text[: found.start()] + value + text[found.end() :], values, depth + 1)


def _registers(files: Mapping[str, str]) -> frozenset[str]:
    texts = (text for path, text in files.items() if path.endswith(".yml"))
    return frozenset(name for text in texts for name in REGISTER.findall(text))


def connected_roles(play: Play, chosen: Iterable[str]) -> frozenset[str]:
    """The chosen roles and those that share the result of a task with one of them.

    A role that asks what happened in another one must not run without it.
    """
    written = {
        role: [text for path, text in files.items() if path.endswith((".yml", ".j2"))]
        for role, files in play.roles.items()
    }
    mentions = {role: frozenset().union(*map(_words, texts)) for role, texts in written.items()}
    registers = {role: _registers(files) for role, files in play.roles.items()}
    found, waiting = set(chosen), [role for role in chosen if role in play.roles]
    while waiting:
        role = waiting.pop()
        sharing = {
            other
            for other in play.roles
            if registers[role] & mentions[other] or registers[other] & mentions[role]
        }
        waiting.extend(sharing - found)
        found |= sharing
    return frozenset(found)

"""Reads what roles depend on from this machine: playbooks, variables, files that roles look up."""

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from importlib.metadata import version
from pathlib import Path

import yaml

from millwright.adapters.ansible.inventory import AnsibleInventory, build_inventory
from millwright.adapters.ansible.stored_inventory import Narrowing
from millwright.adapters.here.product_archive import list_members, own_members
from millwright.core.places import product_root
from millwright.facility.model import Facility
from millwright.fleet.look.role_inputs import Inputs, Play, Variables, basis_of, inputs_of

CONNECTION = "ansible_"
"""How names of variables begin that say how a host is reached, not what it becomes."""
LEFT_OUT = frozenset({"declared", "logs", "apply.lock", "__pycache__"})
"""What runs leave behind in the facility's state folder."""
MAX_FILE_BYTES = 64 << 20
SHARED = ("callback_plugins", "filter_plugins", "module_utils", "action_plugins", "lookup_plugins")


def read_play(root: Path) -> Play:
    """Everything under ``playbooks/`` that decides about hosts."""
    playbooks = root / "playbooks"
    roles = {
        folder.name: {path.relative_to(folder).as_posix(): _read(path) for path in _files_below(folder)}
        for folder in sorted((playbooks / "roles").glob("*"))
        if folder.is_dir()
    }
    modules = {path.stem: _read(path) for path in sorted((playbooks / "library").glob("*.py"))}
    shared = [root / "ansible.cfg"]
    for name in SHARED:
        shared += _files_below(playbooks / name)
    parts = [f"{path.relative_to(root)}\0{_read(path)}" for path in shared if path.is_file()]
    texts = "\n".join(_read(path) for path in sorted(playbooks.glob("*.yml")))
    return Play(roles, modules, texts, _sha256("\0".join([version("ansible-core"), *parts]).encode()))


def _files_below(folder: Path) -> list[Path]:
    return [
        path for path in sorted(folder.rglob("*")) if path.is_file() and not LEFT_OUT.intersection(path.parts)
    ]


def _read(path: Path) -> str:
    return path.read_bytes().decode(errors="backslashreplace")


def _sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


class _AnyTag(yaml.SafeLoader):
    """YAML with Ansible's own tags, such as ``!vault``, as the texts behind them."""


_AnyTag.add_multi_constructor("!", lambda _loader, _suffix, node: f"{node.tag} {node.value}")


@dataclass
class Sources:
    """What roles depend on, read once for a run."""

    file: Path
    facility: Facility
    inventory: AnsibleInventory
    root: Path
    state: Path
    play: Play
    _inputs: dict[tuple[str, str], Inputs] = field(default_factory=dict)
    _variables: dict[str, Variables] = field(default_factory=dict)
    _paths: dict[str, str] = field(default_factory=dict)
    _bases: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._groups_of: dict[str, list[str]] = {}
        for group, hosts in self.inventory.groups.items():
            for host in hosts:
                self._groups_of.setdefault(host, []).append(group)
        groups = {name: list(hosts) for name, hosts in self.inventory.groups.items()}
        self._all_groups = _sha256(json.dumps(groups, sort_keys=True).encode())
        self._files = self._variable_files()
        self.narrowing = Narrowing(self.inventory)

    def inputs(self, host: str, role: str) -> Inputs:
        """What a role depends on, on one host; hosts of one kind share the answer."""
        kind = self._kind_of(host)
        if (kind, role) not in self._inputs:
            self._inputs[kind, role] = inputs_of(role, self.play, self._variables[kind])
        return self._inputs[kind, role]

    def basis(self, host: str) -> str:
        """Digest of what decides which roles a host has."""
        kind = self._kind_of(host)
        if kind not in self._bases:
            self._bases[kind] = basis_of(self.play, self._variables[kind])
        return self._bases[kind]

    def files_digest(self, inputs: Inputs) -> str:
        """Digest of the files of this machine that a role may read."""
        parts = [f"{path}\0{self._digest_of(path)}" for path in inputs.paths]
        if inputs.needs_product:
            parts.append(self._digest_of("product"))
        return _sha256("\0".join(parts).encode())

    def read_again(self) -> None:
        """Begin another run: what is in files counts as it is now; the facility stays as it was read."""
        self.play = read_play(self.root)
        self._files = self._variable_files()
        for known in (self._inputs, self._variables, self._paths, self._bases):
            known.clear()

    def _variable_files(self) -> dict[str, dict[str, list[Path]]]:
        found: dict[str, dict[str, list[Path]]] = {}
        for name in ("group_vars", "host_vars"):
            found[name] = {}
            for folder in (self.root / "playbooks", self.file.resolve().parent):
                for owner, paths in _variable_files(folder / name):
                    found[name].setdefault(owner, []).extend(paths)
        return found

    def forget_files(self) -> None:
        """Read the files again when asked next: a run may have made some."""
        self._paths.clear()

    def _kind_of(self, host: str) -> str:
        groups = self._groups_of.get(host, [])
        own = {
            name: value
            for name, value in self.inventory.host_vars.get(host, {}).items()
            if not name.startswith(CONNECTION)
        }
        named = self._files["host_vars"].get(host, [])
        kind = json.dumps([sorted(groups), own, [str(path) for path in named]], sort_keys=True, default=str)
        if kind not in self._variables:
            self._variables[kind] = self._read_variables(groups, own, named)
        return kind

    def _read_variables(
        self, groups: Iterable[str], own: Mapping[str, object], named: Iterable[Path]
    ) -> Variables:
        found: dict[str, list[object]] = {}
        layers: list[Mapping[str, object]] = [self.inventory.variables]
        for group in ("all", *groups):
            layers += [_load(path) for path in self._files["group_vars"].get(group, [])]
        layers += [own, *(_load(path) for path in named)]
        for layer in layers:
            for name, value in layer.items():
                if not name.startswith(CONNECTION):
                    found.setdefault(name, []).append(value)
        definitions = {name: tuple(values) for name, values in found.items()}
        return Variables(definitions, tuple(groups), self._all_groups)

    def _digest_of(self, path: str) -> str:
        if path not in self._paths:
            self._paths[path] = "".join(self._contents(path))
        return self._paths[path]

    def _contents(self, path: str) -> Iterator[str]:
        """Digests of a file, or of everything in a folder of the facility's state."""
        if path == "product":
            own = own_members(self.file, self.file.parent.name)
            files = [*list_members(self.root).values(), *own.values()]
        else:
            place = Path(path)
            is_own = self.state in place.parents and place.is_dir()
            files = _files_below(place) if is_own else [place]
        for file in files:
            try:
                if file.is_file() and file.stat().st_size <= MAX_FILE_BYTES:
                    yield f"{file}:{_sha256(file.read_bytes())}\n"
            except OSError:  # a file of the host's that is no business of this user
                continue


def sources_of(file: Path, facility: Facility, state: Path) -> "Sources":
    """The sources of a facility in this checkout.

    Raises :exc:`BadInputError` where it would mislead Ansible.
    """
    inventory = build_inventory(facility, file)
    return Sources(file, facility, inventory, product_root(), state, read_play(product_root()))


def _variable_files(folder: Path) -> Iterator[tuple[str, list[Path]]]:
    """Files of variables by the group or host that they belong to."""
    for path in sorted(folder.glob("*")):
        if path.is_dir():
            yield path.name, _files_below(path)
        elif path.suffix in {".yml", ".yaml", ".json"}:
            yield path.stem, [path]
        elif not path.suffix:
            yield path.name, [path]


def _load(path: Path) -> Mapping[str, object]:
    text = _read(path)
    try:
        values = yaml.load(text, Loader=_AnyTag)  # noqa: S506 - a SafeLoader that builds texts only
    except yaml.YAMLError:
        return {f"file_{path.name}": text}
    return {str(name): value for name, value in values.items()} if isinstance(values, dict) else {}

"""A store with documents, and looks and sources that say what a test wants."""

from dataclasses import dataclass, field
from types import SimpleNamespace

from millwright.fleet.look.declared_state import DeclaredHost, DeclaredRole
from millwright.fleet.look.finding import HostLook
from millwright.fleet.look.role_inputs import Inputs

FILE = {"kind": "path", "of": {"path": "/etc/a"}, "wants": {"digest": "1"}, "seal": []}
HOST = {"kind": "host", "of": {}, "wants": {"hostname": "c1"}, "seal": []}
SETTLED = DeclaredRole("inputs", "files", is_settled=True, things=(FILE,))


@dataclass
class FakeSources:
    """What roles depend on, as a test says."""

    bases: dict = field(default_factory=dict)
    digests: dict = field(default_factory=dict)
    files: str = "files"
    dynamic: tuple = ()
    grants: tuple = ()

    @property
    def facility(self):
        return SimpleNamespace(accounts=self.grants)

    def basis(self, host):
        return self.bases.get(host, "basis")

    def inputs(self, _host, role):
        return Inputs(self.digests.get(role, "inputs"), (), needs_product=False, dynamic=self.dynamic)

    def files_digest(self, _inputs):
        return self.files

    def forget_files(self):
        pass


def keep(store, *hosts, roles=None):
    for host in hosts:
        store.save(DeclaredHost(host, "basis", roles or {"base": SETTLED, "munge": SETTLED}, HOST))


def looker(**found):
    """A look that finds what a test says; everything else is as declared."""

    def look_at(orders):
        look_at.orders = orders
        return {host: found.get(host, HostLook(host, is_reached=True)) for host in orders}

    return look_at

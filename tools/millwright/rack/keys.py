"""SSH without trust on first use: own key, own host keys, all of them pinned."""

from pathlib import Path

from millwright.core.process import output_of
from millwright.rack.files import give_to_caller, write_file
from millwright.rack.plan import RackPlan

CLIENT_OPTIONS = (
    "IdentitiesOnly yes",
    "IdentityAgent none",
    "GlobalKnownHostsFile /dev/null",
    "StrictHostKeyChecking yes",
    "UpdateHostKeys no",
    "HostKeyAlgorithms ssh-ed25519",
    "PasswordAuthentication no",
    "KbdInteractiveAuthentication no",
    "ForwardAgent no",
    "ControlMaster no",
    "ControlPath none",
    "ConnectTimeout 5",
    "LogLevel ERROR",
)


def client_key(plan: RackPlan) -> Path:
    """The private key that every node lets in as root."""
    return plan.state / "keys" / "id_ed25519"


def host_key(plan: RackPlan, node: str) -> Path:
    """A node's private host key."""
    return plan.state / "keys" / "hosts" / node / "ssh_host_ed25519_key"


def public_key(private: Path) -> str:
    """The public half of a key, without its comment."""
    return " ".join(private.with_name(private.name + ".pub").read_text().split()[:2])


def _make_key(path: Path, comment: str) -> None:
    if path.exists() and path.with_name(path.name + ".pub").exists():
        return
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    for leftover in (path, path.with_name(path.name + ".pub")):
        leftover.unlink(missing_ok=True)
    output_of(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", comment, "-f", path])


def make_keys(plan: RackPlan) -> None:
    """Make whatever key is missing, and the client's files that pin them."""
    _make_key(client_key(plan), f"millwright-{plan.name}")
    for node in plan.nodes:
        _make_key(host_key(plan, node.name), node.name)
    for path in (plan.state / "keys", *(plan.state / "keys").rglob("*")):
        give_to_caller(path)
    write_file(plan.state / "known_hosts", render_known_hosts(plan))
    write_file(plan.ssh_config, render_ssh_config(plan))


def render_known_hosts(plan: RackPlan) -> str:
    """One pinned host key a node, under its name and its address."""
    lines = (f"{n.name},{n.address} {public_key(host_key(plan, n.name))}\n" for n in plan.nodes)
    return "".join(lines)


def quote_path(path: Path) -> str:
    """A path as ssh_config(5) reads it literally: quoted, percent signs doubled.

    >>> print(quote_path(Path("/home/a b/100%")))
    "/home/a b/100%%"
    """
    return '"' + str(path).replace("%", "%%") + '"'


def render_ssh_config(plan: RackPlan) -> str:
    """OpenSSH client configuration with one block a node and one for what they share."""
    hosts = "".join(f"Host {node.name}\n  HostName {node.address}\n\n" for node in plan.nodes)
    shared = [
        f"User {plan.ssh_user}",
        f"IdentityFile {quote_path(client_key(plan))}",
        f"UserKnownHostsFile {quote_path(plan.state / 'known_hosts')}",
        *CLIENT_OPTIONS,
    ]
    names = " ".join(node.name for node in plan.nodes)
    return hosts + f"Host {names}\n" + "".join(f"  {line}\n" for line in shared)


def ssh_argv(plan: RackPlan, node: str, command: str | None, *, options: tuple[str, ...] = ()) -> list[str]:
    """Arguments that reach a node; ``command`` is one shell line, quoted by the caller."""
    argv = ["ssh", "-F", str(plan.ssh_config), *options, "--", node]
    return argv if command is None else [*argv, command]

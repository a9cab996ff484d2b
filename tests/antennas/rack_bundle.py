"""A bundle's way on the rack: made here, carried in, applied there, and its result carried out."""

import contextlib
import json
import subprocess

from rack_user import millwright

TABLE = "inet millwright_test"
RULES = """
table {table} {{
  chain output {{
    type filter hook output priority 0;
    ip daddr {address} tcp dport 22 drop
  }}
}}
"""


@contextlib.contextmanager
def ssh_blocked(address):
    """Drop every packet from here to a gateway's sshd."""
    rules = RULES.format(table=TABLE, address=address)
    subprocess.run(["nft", "-f", "-"], input=rules, text=True, check=True)
    try:
        yield
    finally:
        subprocess.run(["nft", "delete", "table", *TABLE.split()], check=True)


def make_and_apply(console, folder, *program, facility="rack", signer=False):
    """One bundle for ``hills``, applied by ``program`` or by what an earlier one left; its result's file."""
    bundle = folder / "hills.bundle"
    made = json.loads(millwright("antenna", "bundle", facility, "-a", "hills", "-o", bundle, "--json"))
    console.put("/root/hills.bundle", bundle.read_bytes())
    vouched = ("--signer", made["signer"]) if signer else ()
    done = console.run(*(program or ("millwright-gateway",)), "/root/hills.bundle", *vouched)
    assert done.returncode == 0, done.stderr.decode()
    result = folder / "hills.result"
    result.write_bytes(console.take("/root/hills.result"))
    return result

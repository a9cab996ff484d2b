"""Whom a gateway lets through, and how users know it; part of ``deploy.py``, and run alone to revoke.

Example: pyinfra inventories/rack/pyinfra.py antennas/trust.py
"""

import hashlib
from io import StringIO
from pathlib import Path
from typing import Any

from pyinfra.context import host
from pyinfra.facts.files import Sha256File
from pyinfra.operations import files, systemd

from antennas import alive
from millwright.antennas.gateway import sshd as gateway_sshd

antenna = host.data.antenna
alive.watch(host)
OF_ROOT: dict[str, Any] = {"add_deploy_dir": False, "user": "root", "group": "root", "mode": "644"}

revoked = hashlib.sha256(Path(antenna["revoked_file"]).read_bytes()).hexdigest()
files.put(
    name="Ensure revoked users and keys stay out",
    src=antenna["revoked_file"],
    dest=gateway_sshd.REVOKED_FILE,
    # pyinfra compares two files as text, and stops at one that is none; a rewritten one may be binary
    force=host.get_fact(Sha256File, path=gateway_sshd.REVOKED_FILE) != revoked,
    **OF_ROOT,
)
files.put(
    name="Ensure the gateway knows the user CAs",
    src=antenna["user_ca_file"],
    dest=gateway_sshd.USER_CA_FILE,
    **OF_ROOT,
)
files.put(
    name="Ensure only this antenna's projects pass",
    src=StringIO(gateway_sshd.principals_text(antenna["projects"], antenna["outside_principals"])),
    dest=gateway_sshd.PRINCIPALS_FILE,
    user="root",
    group="root",
    mode="644",
)
certificate = files.put(
    name="Ensure the gateway shows a certificate of the host CA",
    src=antenna["host_certificate_file"],
    dest=gateway_sshd.HOST_CERTIFICATE,
    **OF_ROOT,
)
systemd.service(
    name="Ensure sshd shows the new one",
    service="ssh.service",
    running=None,
    reloaded=True,
    _if=certificate.did_change,
)

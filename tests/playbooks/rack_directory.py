"""A real directory on a host of the rack: OpenLDAP with TLS by an authority of the test's own."""

import datetime
from dataclasses import dataclass
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

SERVER = "rack-ctl2"
BASE = "dc=rack,dc=internal"
BIND_DN = f"cn=hosts,{BASE}"
APT = "DEBIAN_FRONTEND=noninteractive apt-get -qy"
UNIT = "rehearsed-directory"
FOLDER = "/run/rehearsed-directory"
CONFIGURATION = f"""\
include /etc/ldap/schema/core.schema
include /etc/ldap/schema/cosine.schema
include /etc/ldap/schema/nis.schema
attributetype ( 1.3.6.1.4.1.24552.500.1.1.1.13 NAME 'sshPublicKey'
  EQUALITY octetStringMatch SYNTAX 1.3.6.1.4.1.1466.115.121.1.40 )
objectclass ( 1.3.6.1.4.1.24552.500.1.1.2.0 NAME 'ldapPublicKey' SUP top AUXILIARY MAY sshPublicKey )
modulepath /usr/lib/ldap
moduleload back_mdb
TLSCACertificateFile {FOLDER}/ca.pem
TLSCertificateFile {FOLDER}/server.pem
TLSCertificateKeyFile {FOLDER}/server.key
# Nobody learns anything without TLS, and nobody without a name.
security ssf=128
disallow bind_anon
require authc
database mdb
suffix "{BASE}"
directory {FOLDER}/data
rootdn "cn=admin,{BASE}"
access to attrs=userPassword by anonymous auth by * none
access to * by dn.exact="{BIND_DN}" read by * none
"""


@dataclass(frozen=True)
class Authority:
    """A certification authority with one server's certificate, all in PEM."""

    ca: str
    fingerprint: str
    certificate: str
    key: str


def make_authority(server: str) -> Authority:
    """An authority and a certificate of it for one server."""
    ca_key, key = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Authority of a rehearsal")])
    ca = _signed(name, name, ca_key, ca_key, x509.BasicConstraints(ca=True, path_length=0))
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, server)])
    certificate = _signed(subject, name, key, ca_key, x509.SubjectAlternativeName([x509.DNSName(server)]))
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    return Authority(
        _pem(ca), ca.fingerprint(hashes.SHA256()).hex(":").upper(), _pem(certificate), private.decode()
    )


def _signed(subject, issuer, key, ca_key, extension):
    now = datetime.datetime.now(datetime.UTC)
    builder = x509.CertificateBuilder().subject_name(subject).issuer_name(issuer).public_key(key.public_key())
    builder = builder.serial_number(x509.random_serial_number()).add_extension(extension, critical=True)
    builder = builder.not_valid_before(now - datetime.timedelta(hours=1))
    return builder.not_valid_after(now + datetime.timedelta(days=1)).sign(ca_key, hashes.SHA256())


def _pem(certificate):
    return certificate.public_bytes(serialization.Encoding.PEM).decode()


def person(name: str, number: int, public_key: str, password: str = "") -> str:
    """Somebody as LDIF."""
    secret = f"userPassword: {password}\n" if password else ""
    return (
        f"dn: uid={name},{BASE}\nobjectClass: account\nobjectClass: posixAccount\n"
        f"objectClass: ldapPublicKey\nuid: {name}\ncn: {name}\nuidNumber: {number}\n"
        f"gidNumber: {number}\nhomeDirectory: /home/{name}\n"
        f"loginShell: /bin/bash\nsshPublicKey: {public_key}\n{secret}\n"
    )


def group(name: str, number: int, *members: str) -> str:
    """A group as LDIF, its members by name (RFC 2307)."""
    told = "".join(f"memberUid: {member}\n" for member in members)
    return f"dn: cn={name},{BASE}\nobjectClass: posixGroup\ncn: {name}\ngidNumber: {number}\n{told}\n"


def top(password: str) -> str:
    """The root of the tree, and as whom hosts ask."""
    return (
        f"dn: {BASE}\nobjectClass: dcObject\nobjectClass: organization\ndc: rack\no: Rack\n\n"
        f"dn: {BIND_DN}\nobjectClass: organizationalRole\nobjectClass: simpleSecurityObject\ncn: hosts\n"
        f"userPassword: {password}\n\n"
    )


class RehearsedDirectory:
    """The server on its host; ``put`` writes a file there and ``on`` runs a command."""

    def __init__(self, on, put):
        self._on, self._put = on, put

    def install(self, authority: Authority, ldif: str) -> None:
        """Make and start it; it keeps nothing of an earlier one."""
        # No service starts when it is unpacked: this one has a configuration of its own.
        self._on(
            SERVER,
            "printf '#!/bin/sh\\nexit 101\\n' > /usr/sbin/policy-rc.d && chmod 755 /usr/sbin/policy-rc.d &&"
            f" {APT} install --no-install-recommends slapd;"
            " code=$?; rm /usr/sbin/policy-rc.d; exit $code",
        )
        self._on(SERVER, f"rm -rf {FOLDER} && mkdir -p -m 0700 {FOLDER}/data")
        self._put(SERVER, f"{FOLDER}/slapd.conf", CONFIGURATION)
        self.show(authority)
        self._put(SERVER, f"{FOLDER}/people.ldif", ldif)
        self._on(SERVER, f"slapadd -q -f {FOLDER}/slapd.conf -l {FOLDER}/people.ldif")
        self.start()

    def show(self, authority: Authority) -> None:
        """Certificate and key that the server shows from its next start on."""
        for name, text in (("ca.pem", authority.ca), ("server.pem", authority.certificate)):
            self._put(SERVER, f"{FOLDER}/{name}", text)
        self._put(SERVER, f"{FOLDER}/server.key", authority.key)

    def start(self) -> None:
        """Let it answer on the port of StartTLS."""
        command = f"/usr/sbin/slapd -d none -f {FOLDER}/slapd.conf -h ldap://0.0.0.0:389/"
        self._on(SERVER, f"systemd-run --quiet --collect --unit={UNIT} {command}")
        self._on(SERVER, "for i in $(seq 50); do ss -ltn | grep -q :389 && exit 0; sleep 0.1; done; exit 1")

    def stop(self) -> None:
        """Let nobody answer any more."""
        self._on(SERVER, f"systemctl stop {UNIT}", check=False)

    def add(self, ldif: str) -> None:
        """Somebody more, from the next start on."""
        self.stop()
        self._put(SERVER, f"{FOLDER}/more.ldif", ldif)
        self._on(SERVER, f"slapadd -q -f {FOLDER}/slapd.conf -l {FOLDER}/more.ldif")
        self.start()

    def remove(self) -> None:
        """Take it off its host."""
        self.stop()
        self._on(SERVER, f"rm -rf {FOLDER}; {APT} purge slapd", check=False)


def facility_beside(folder: Path, shipped: str, changes: str) -> Path:
    """A facility file in a folder: the shipped one with lines added."""
    path = folder / "facility.yaml"
    path.write_text(shipped + changes)
    return path

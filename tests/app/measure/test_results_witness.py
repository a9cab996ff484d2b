"""A time stamp authority made with OpenSSL, and a second party, attest which runs there are."""

import shutil
import subprocess
import threading
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from millwright.app.context import Context
from millwright.app.measure.results_verify import VerifyRequest, verify_results
from millwright.app.measure.results_witness import WitnessRequest, witness_chain
from millwright.app.measure.witnesses import WitnessTrust
from millwright.checks.registry import shipped_checks
from millwright.core.errors import BadInputError, FailedError, NotTestableError
from millwright.results.session import open_session
from millwright.results.storing import store_run

pytestmark = [
    pytest.mark.skipif(not shutil.which("openssl"), reason="OpenSSL is not installed"),
    pytest.mark.skipif(not shutil.which("ssh-keygen"), reason="OpenSSH's client is not installed"),
]

CONFIGURATION = """
[tsa]
default_tsa = one
[one]
serial = serial
signer_digest = sha256
default_policy = 1.2.3.4.1
digests = sha256
ess_cert_id_alg = sha256
[stamps]
extendedKeyUsage = critical,timeStamping
[req]
distinguished_name = none
[none]
"""


class Authority:
    """A CA and a time stamp authority that it certified."""

    def __init__(self, folder):
        self.folder, self.ca = folder, folder / "ca.pem"
        (folder / "tsa.cnf").write_text(CONFIGURATION)
        (folder / "serial").write_text("01\n")
        new = "-newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -config tsa.cnf"
        self.openssl(f"req -x509 {new} -keyout ca.key -out ca.pem -subj /CN=CA -days 30")
        self.openssl(f"req {new} -keyout tsa.key -out tsa.csr -subj /CN=TSA")
        by = "-CA ca.pem -CAkey ca.key -CAcreateserial -days 30 -extfile tsa.cnf -extensions stamps"
        self.openssl(f"x509 -req -in tsa.csr {by} -out tsa.pem")

    def openssl(self, words):
        subprocess.run(["openssl", *words.split()], cwd=self.folder, check=True, capture_output=True)

    def answer(self, query):
        (self.folder / "query.tsq").write_bytes(query)
        words = "-queryfile query.tsq -signer tsa.pem -inkey tsa.key -config tsa.cnf -section one"
        self.openssl(f"ts -reply {words} -out answer.tsr")
        return (self.folder / "answer.tsr").read_bytes()


@pytest.fixture(scope="module")
def authority(tmp_path_factory):
    return Authority(tmp_path_factory.mktemp("authority"))


@pytest.fixture
def results(stored_run):
    return stored_run.parents[1]


@pytest.fixture
def verify(results):
    def run(**witness):
        return verify_results(
            Context(), VerifyRequest("rack", results=results, witness=WitnessTrust(**witness))
        )

    return run


@pytest.fixture
def store(results, run_info, session_folder, rack_file):
    def make(**other):
        info = replace(run_info, **other)
        return store_run(
            results, info, rack_file.read_bytes(), [open_session(session_folder)], registry=shipped_checks()
        )

    return make


@pytest.fixture
def stamp(results, authority, tmp_path):
    """Have the chain stamped by way of a request that is carried to the authority."""

    def make():
        query, answer = tmp_path / "rack.tsq", tmp_path / "rack.tsr"
        witness_chain(Context(), WitnessRequest("rack", request=query, results=results))
        answer.write_bytes(authority.answer(query.read_bytes()))
        return witness_chain(Context(), WitnessRequest("rack", response=answer, results=results))

    return make


@pytest.fixture
def stamped(stamp):
    return stamp()


def test_a_stamp_is_good_by_its_authority_only(stamped, verify, authority, tmp_path):
    assert (stamped.number, stamped.runs, stamped.time[-1]) == (1, 1, "Z")
    found = verify(authority=authority.ca)
    assert found.ok
    (witness,) = found.chain.witnesses
    assert (witness.kind, witness.state, witness.time) == ("time stamp", "good", stamped.time)
    (tmp_path / "other").mkdir()
    other = verify(authority=Authority(tmp_path / "other").ca)
    assert (other.exit_code, other.chain.witnesses[0].state) == (1, "bad")


def test_a_stamp_that_was_taken_away_is_missed_by_whoever_asks_for_it(stamped, verify, results, authority):
    shutil.rmtree(results / "rack" / ".witness")
    assert verify().ok
    found = verify(authority=authority.ca)
    assert found.chain.unwitnessed == (f"no time stamp of the chain is good by {authority.ca}",)


def test_a_run_that_was_forged_after_the_stamp_is_found_in_the_kept_list(
    stamped, verify, store, authority, tmp_path
):
    """The forger makes the whole chain anew: alone it is consistent."""
    place = tmp_path / "results" / "rack"
    (place / ".witness").rename(tmp_path / "kept")
    shutil.rmtree(place)
    store(host={"kernel": "9.9"})
    assert verify().ok
    found = verify(authority=authority.ca, folder=tmp_path / "kept")
    assert found.exit_code == 1
    assert any("had another manifest" in line for line in found.chain.unwitnessed)


def test_a_run_that_says_it_started_after_the_stamp_is_named(authority, verify, store, stamp):
    store(run_id="20990101T000000Z-00000001", started="2099-01-01T00:00:00Z")
    stamp()
    found = verify(authority=authority.ca)
    assert any("started at 2099-01-01T00:00:00Z, after it was" in line for line in found.chain.unwitnessed)


def test_an_authority_is_asked_over_http(results, authority, verify):
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            assert self.headers["Content-Type"] == "application/timestamp-query"
            reply = authority.answer(self.rfile.read(int(self.headers["Content-Length"])))
            self.send_response(200)
            self.end_headers()
            self.wfile.write(reply)

        def log_message(self, *_):
            pass

    with HTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        url = f"http://127.0.0.1:{server.server_port}/"
        witness_chain(Context(), WitnessRequest("rack", tsa=url, results=results))
        server.shutdown()
    assert verify(authority=authority.ca).ok
    with pytest.raises(FailedError, match="witnessed already"):
        witness_chain(Context(), WitnessRequest("rack", tsa=url, results=results))


def test_an_authority_that_does_not_answer_or_is_none_leaves_no_stamp(results):
    with pytest.raises(NotTestableError, match="did not answer"):
        witness_chain(Context(), WitnessRequest("rack", tsa="http://127.0.0.1:1/", results=results))
    with pytest.raises(FailedError, match="no address"):
        witness_chain(Context(), WitnessRequest("rack", tsa="file:///etc/passwd", results=results))
    assert not list((results / "rack" / ".witness").glob("*.tsr"))


def test_an_answer_for_something_else_is_refused(results, authority, tmp_path):
    query, answer = tmp_path / "x.tsq", tmp_path / "x.tsr"
    (tmp_path / "other").write_text("other")
    subprocess.run(
        ["openssl", "ts", "-query", "-data", str(tmp_path / "other"), "-sha256", "-out", str(query)],
        check=True,
        capture_output=True,
    )
    answer.write_bytes(authority.answer(query.read_bytes()))
    witness_chain(Context(), WitnessRequest("rack", request=tmp_path / "rack.tsq", results=results))
    with pytest.raises(FailedError, match="stamps no list of runs"):
        witness_chain(Context(), WitnessRequest("rack", response=answer, results=results))


def test_exactly_one_witness_is_asked(results, tmp_path):
    for more in ({}, {"tsa": "http://127.0.0.1/", "sign_with": tmp_path}):
        with pytest.raises(BadInputError, match="one of --tsa"):
            witness_chain(Context(), WitnessRequest("rack", results=results, **more))

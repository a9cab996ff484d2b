"""The project's lock of Python packages, reduced and fetched for one host; more in the rack's wheelhouse."""

from pathlib import Path

from millwright.adapters.here.python_lock import download_argv, marker_environment, parse_lock, reduce_lock
from millwright.core.places import product_root


def test_what_a_gateway_needs_is_in_the_lock_with_hashes():
    lock = parse_lock((product_root() / "requirements.lock").read_text())
    found = reduce_lock(lock, ("pyinfra", "pydantic"), marker_environment("3.13", "x86_64"))
    assert {"pyinfra", "pydantic", "pydantic-core", "gevent", "paramiko"} <= {each.name for each in found}
    assert all(each.hashes for each in found)


def test_wheels_are_fetched_for_that_python_and_checked():
    argv = download_argv(Path("/l"), Path("/d"), "3.13", "x86_64")
    for needed in (
        "--require-hashes",
        "--only-binary=:all:",
        "--python-version=3.13",
        "--abi=cp313",
        "--no-deps",
    ):
        assert needed in argv

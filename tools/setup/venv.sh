#!/usr/bin/env bash
# Make the environment from requirements.lock: PYTHON VENV. Leaves no half-made environment behind.
set -euo pipefail
python=$1 venv=$2

if [ -z "$python" ]; then
  echo "make: Python 3.11 or newer is missing; install it (Debian, Ubuntu: apt-get install python3 python3-venv)" >&2
  exit 3
fi

as_root() {
  if [ "$(id -u)" -eq 0 ]; then "$@"; else sudo -n "$@"; fi
}

if ! "$python" -c 'import venv, ensurepip' 2>/dev/null; then
  version=$("$python" -c 'import sys; print("python%d.%d-venv" % sys.version_info[:2])')
  echo "==> $python lacks venv: installing $version" >&2
  if ! command -v apt-get >/dev/null || ! as_root true 2>/dev/null; then
    echo "make: install the package $version (or python3-venv), then run make again" >&2
    exit 3
  fi
  as_root apt-get update -qq
  as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$version"
fi

echo "==> Making $venv from requirements.lock (about a minute)" >&2
rm -rf "$venv"
"$python" -m venv "$venv"
"$venv/bin/python" -m pip --disable-pip-version-check install --require-hashes --no-deps -r requirements.lock |
  awk '/^Collecting/ { n++; if (n % 10 == 0) print "    " n " packages" > "/dev/stderr" } /^Installing/ { print "    installing" > "/dev/stderr" }'
"$venv/bin/python" -m pip --disable-pip-version-check install --quiet --no-build-isolation --no-deps --editable .
touch "$venv/.ready"

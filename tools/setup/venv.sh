#!/usr/bin/env bash
# Make the environment from requirements.lock: PYTHON VENV. Leaves no half-made environment behind.
#
# uv installs the packages: the one on PATH if it is new enough, else the one that uv.txt pins by hash. pip does
# it if uv can't be had or fails. Both check every hash of the lock. A line at least every SIGN_S seconds.
set -euo pipefail
python=$1 venv=$2
here=$(cd "$(dirname "$0")" && pwd)
OLDEST_UV=0.5
SIGN_S=3
log=

fail() {
  echo "make: $1" >&2
  exit 3
}

as_root() {
  if [ "$(id -u)" -eq 0 ]; then "$@"; else sudo -n "$@"; fi
}

# Run a command quietly. Prints its name every SIGN_S seconds, and the end of its output if it fails.
follow() {
  local says=$1 child status=0 began=$SECONDS last=$SECONDS
  shift
  "$@" </dev/null >>"$log" 2>&1 &
  child=$!
  trap 'kill "$child" 2>/dev/null || true; wait "$child" 2>/dev/null || true; exit 130' INT TERM HUP
  while kill -0 "$child" 2>/dev/null; do
    sleep 0.2
    if [ $((SECONDS - last)) -ge $SIGN_S ]; then
      last=$SECONDS
      echo "    $says: $((last - began)) s" >&2
    fi
  done
  wait "$child" || status=$?
  trap - INT TERM HUP
  return "$status"
}

# The log's last lines without the lines on unreachable extra indexes, which hide the reason.
explain() {
  grep -v -e '^WARNING: Location' -e '^Looking in ' "$log" | tail -n 8 | sed 's/^/    | /' >&2 || true
}

put_back() {
  local status=$?
  rm -f "$log"
  if [ "$status" -eq 0 ]; then
    rm -rf "$venv.old"
    return
  fi
  rm -rf "$venv"
  if [ -d "$venv.old" ]; then
    mv "$venv.old" "$venv"
    echo "make: $venv is as it was before" >&2
  fi
}

is_new_enough() {
  "$1" --version 2>/dev/null | "$python" -c '
import re, sys
found = re.match(r"uv (\d+)\.(\d+)", sys.stdin.read())
oldest = tuple(int(part) for part in sys.argv[1].split("."))
sys.exit(not found or tuple(map(int, found.groups())) < oldest)' "$OLDEST_UV"
}

# Print the uv to use; fails if there is none.
find_uv() {
  local uv
  if uv=$(command -v uv) && is_new_enough "$uv"; then
    echo "$uv"
    return
  fi
  follow "getting uv" "$venv/bin/python" -m pip install --require-hashes --no-deps -r "$here/uv.txt" || return 1
  is_new_enough "$venv/bin/uv" && echo "$venv/bin/uv"
}

# uv does not read pip's configuration: hand on the index and the certificates of this site.
with_pips_index() {
  local index
  index=${PIP_INDEX_URL:-$("$venv/bin/python" -m pip config get global.index-url 2>/dev/null || true)}
  if [ -z "${UV_DEFAULT_INDEX:-}" ] && [ -n "$index" ]; then export UV_DEFAULT_INDEX=$index; fi
  if [ -z "${SSL_CERT_FILE:-}" ] && [ -n "${PIP_CERT:-}" ]; then export SSL_CERT_FILE=$PIP_CERT; fi
  UV_NO_PROGRESS=1 VIRTUAL_ENV="$venv" "$@"
}

install_with_uv() {
  local target=(--python "$venv/bin/python")
  follow "installing with uv" with_pips_index "$1" pip install "${target[@]}" --require-hashes --no-deps \
    -r requirements.lock &&
    follow "installing millwright" with_pips_index "$1" pip install "${target[@]}" --no-build-isolation \
      --no-deps --editable .
}

install_with_pip() {
  local pip=("$venv/bin/python" -m pip --disable-pip-version-check install)
  follow "installing with pip" "${pip[@]}" --require-hashes --no-deps -r requirements.lock &&
    follow "installing millwright" "${pip[@]}" --no-build-isolation --no-deps --editable .
}

[ -n "$python" ] || fail "Python 3.11 or newer is missing; install it (Debian, Ubuntu: apt-get install python3 python3-venv)"

log=$(mktemp)
trap 'rm -f "$log"' EXIT

if ! "$python" -c 'import venv, ensurepip' 2>/dev/null; then
  version=$("$python" -c 'import sys; print("python%d.%d-venv" % sys.version_info[:2])')
  echo "==> $python lacks venv: installing $version" >&2
  if ! command -v apt-get >/dev/null || ! as_root true 2>/dev/null; then
    fail "install the package $version (or python3-venv), then run make again"
  fi
  follow "reading package lists" as_root apt-get update -qq &&
    follow "installing $version" as_root env DEBIAN_FRONTEND=noninteractive \
      apt-get install -y -qq --no-install-recommends "$version" || {
    explain
    fail "$version could not be installed"
  }
fi

echo "==> Making $venv from requirements.lock" >&2
trap put_back EXIT
if [ -e "$venv/.ready" ]; then
  rm -rf "$venv.old"
  mv "$venv" "$venv.old"
fi
rm -rf "$venv"
follow "making $venv" "$python" -m venv "$venv" || {
  explain
  fail "$python can't make an environment"
}
if uv=$(find_uv) && install_with_uv "$uv"; then
  touch "$venv/.ready"
  exit 0
fi
echo "    uv can't be used here; going on with pip, which takes some minutes:" >&2
explain
: >"$log"
install_with_pip || {
  explain
  fail "the packages could not be installed; what the package index answered is above"
}
touch "$venv/.ready"

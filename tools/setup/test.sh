#!/usr/bin/env bash
# All tests but the rehearsals: MAKE. Those that need only a processor run beside those on real hosts and give way to
# them; what they print comes when they have ended, so that the two don't mix.
set -euo pipefail
make=$1
printed=$(mktemp)
nice -n 19 "$make" --no-print-directory test-unit test-tools >"$printed" 2>&1 &
beside=$!
trap 'kill "$beside" 2>/dev/null || true; rm -f "$printed"' EXIT

result=0
"$make" --no-print-directory test-rack || result=$?
wait "$beside" || result=$?
echo "==> Tests without the rack"
cat "$printed"
exit "$result"

#!/usr/bin/env bash
# Run the tests on the rack, which mostly wait, beside those of this machine, which get the processor time that is left:
# hosts of the rack that lack a processor miss their deadlines. What the latter print follows the former's output. The tests
# that break a rack of their own wait for those of units: by then the shipped rack is up, so that neither changes the kernel's
# limits below the other.
set -euo pipefail
cd "$(dirname "$0")/../.."
log=$(mktemp)
# A session of its own is a scheduling group of its own (sched(7), autogroup); where there are none, nice does the same.
setsid bash -c '
	echo 19 >/proc/self/autogroup 2>/dev/null
	code=0
	nice -n 19 "$@" test-unit || code=$?
	nice -n 19 "$@" --jobs=2 --output-sync=target --keep-going test-tools test-own-rack || code=$?
	exit "$code"
' _ "${MAKE:-make}" --no-print-directory >"$log" 2>&1 &
beside=$!
trap 'kill -- "-$beside" 2>/dev/null || true; rm -f "$log"' EXIT
trap 'exit 130' INT
trap 'exit 143' TERM HUP
failed=()
"${MAKE:-make}" --no-print-directory test-rack || failed+=("on the rack")
tail -n +1 -f --pid="$beside" "$log"
wait "$beside" || failed+=("on this machine")
((${#failed[@]} == 0)) || {
	printf 'Tests failed: %s\n' "${failed[@]}"
	exit 1
}

#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Instructions that one operation of the nucleus takes, counted by callgrind: the same on every host with this compiler,
# whatever else it does. The difference of two runs leaves the start and the end of the program out.
set -euo pipefail
nucleus=${1:-$AEGIS_ROOT/build/null-full/bench/nucleus}
[[ -x $nucleus ]] || exit 0
if ! command -v valgrind >/dev/null; then
    echo "instructions.sh: no valgrind, nothing counted" >&2
    exit 0
fi

count() { # NAME OPERATIONS
    valgrind --tool=callgrind --callgrind-out-file=/dev/null "$nucleus" "$1" "$2" 2>&1 |
        sed -nE 's/.*Collected : ([0-9]+).*/\1/p'
}

for pair in "switch:thread switch" "call:CALL and reply, core path" "dispatch:call dispatch" "loop:system call, core path"; do
    name=${pair%%:*}
    few=$(count "$name" 1000)
    many=$(count "$name" 3000)
    per=$(((many - few) / 2000))
    printf '{"name": "%s", "unit": "instructions", "p50": %d, "p99": %d}\n' "${pair#*:}" "$per" "$per"
done

#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# The transcript does not depend on how the machine was built: compiler, optimisation, sanitizers, valgrind.
# usage: across_builds.sh ISA PRESET...   ("valgrind" is the plain build under valgrind)
set -u
cd "$(dirname "${BASH_SOURCE[0]}")/../.." || exit 1
isa=$1
shift
failed=0
for arguments in "--image=tour --seed=3" "--image=tour --cpus=4 --seed=3" "--image=hostile-garbage_calls --stop-at=2s"; do
    read -ra words <<<"$arguments"
    plain=$(./aegis-sim --arch="$isa" "${words[@]}") || { echo "FAILED: $arguments: status $?"; exit 1; }
    for preset; do
        if [[ $preset == valgrind ]]; then
            other=$(./aegis valgrind --arch="$isa" "${words[@]}")
        else
            other=$(./aegis-sim --arch="$isa" --preset="$preset" "${words[@]}")
        fi
        # A sanitizer or valgrind that found something says so by its status.
        status=$?
        [[ $status == 0 && $other == "$plain" ]] && continue
        echo "FAILED: $isa $arguments: $preset ended with status $status"
        failed=1
        diff <(printf '%s\n' "$plain") <(printf '%s\n' "$other") | head -n 10
    done
done
exit "$failed"

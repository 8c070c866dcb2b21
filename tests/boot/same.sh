#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# The transcript is a function of the options: twice the same with one seed, moved by another.
# usage: same.sh MACHINE IMAGES
set -u
machine=$1
export AEGIS_IMAGES=$2
run() { timeout 100 "$machine" --image=tour --cpus="$1" --seed="$2" 2>/dev/null | cksum; }

failed=0
for cpus in 1 4; do
    first=$(run "$cpus" 7)
    [[ $(run "$cpus" 7) == "$first" ]] || { failed=1; echo "FAILED: --cpus=$cpus --seed=7 twice: two transcripts"; }
done
[[ $(run 4 8) != "$first" ]] || { failed=1; echo "FAILED: --cpus=4: seeds 7 and 8 print the same"; }
exit "$failed"

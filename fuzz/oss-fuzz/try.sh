#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Runs build.sh as a fuzzing service would, and each target for a moment.
#
# usage: try.sh ROOT [SECONDS]
set -euo pipefail
root=$(cd "$1" && pwd) seconds=${2:-5}
for tool in clang zip; do
    command -v "$tool" >/dev/null || { echo "SKIP: $tool is missing"; exit 77; }
done
work=$(mktemp -d "${TMPDIR:-/tmp}/aegis-oss-fuzz-XXXXXX")
trap 'rm -rf "$work"' EXIT
mkdir "$work/src" "$work/work" "$work/out"
ln -s "$root" "$work/src/aegis"
instrument="-O1 -fno-omit-frame-pointer -gline-tables-only -fsanitize=address,undefined,fuzzer-no-link -fno-sanitize-recover=all"
CC=clang CFLAGS=$instrument LDFLAGS="-fsanitize=address,undefined" LIB_FUZZING_ENGINE=-fsanitize=fuzzer \
    SRC=$work/src WORK=$work/work OUT=$work/out "$root/fuzz/oss-fuzz/build.sh" >"$work/log" 2>&1 ||
    { tail -n 30 "$work/log"; echo "0 passed, 1 failed"; exit 1; }
passed=0 failed=0
for binary in "$work"/out/fuzz_*; do
    [[ -x $binary ]] || continue
    name=${binary##*/}
    mkdir "$work/$name"
    unzip -q "$work/out/${name}_seed_corpus.zip" -d "$work/$name"
    if (cd "$work" && "$binary" -max_total_time="$seconds" "$work/$name" >"$work/$name.log" 2>&1); then
        echo "$name: built as a service would, $seconds s clean"
        passed=$((passed + 1))
    else
        tail -n 30 "$work/$name.log"
        failed=$((failed + 1))
    fi
done
echo "$passed passed, $failed failed"
((failed == 0 && passed > 0))

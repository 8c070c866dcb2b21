#!/bin/sh
# SPDX-License-Identifier: MIT
# The compiler must refuse each lock mistake planted in unlocked.c, for its own reason, and accept the file without them.
#     unlocked.sh SOURCE_ROOT INCLUDE_DIR...
set -eu
root=$1
shift
command -v clang >/dev/null || {
    echo 'SKIP: tool clang, version >= 14 wanted (thread safety analysis)'
    exit 77
}

# compile MACRO: what clang says to the file with that plant.
compile() {
    for dir in $dirs; do
        printf ' -I%s' "$dir"
    done | xargs clang -std=c11 -ffreestanding -fsyntax-only -Wthread-safety -Werror -D"$1" "$root/tests/race/unlocked.c"
}

# refused MACRO TEXT: the compiler must fail and say TEXT.
refused() {
    if compile "$1" >"$log" 2>&1; then
        echo "FAIL: $1 compiles"
        exit 1
    fi
    grep -q "$2" "$log" || {
        echo "FAIL: $1 is refused, but not with '$2':"
        cat "$log"
        exit 1
    }
    echo "$1: refused"
}

dirs=$*
log=$(mktemp)
trap 'rm -f "$log"' EXIT
compile PLANT_NOTHING
echo 'as it should be: accepted'
refused PLANT_NO_LOCK "writing variable 'value' requires holding lock 'counter_role'"
refused PLANT_CALL_WITHOUT_LOCK "calling function 'add_locked' requires holding lock 'counter_role'"
refused PLANT_MISSING_UNLOCK "lock 'counter_role' is not held on every path\|is not held on every path through here"

#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# One boot of a machine, simulated or in QEMU, and what its transcript must say.
# usage: run.sh MACHINE IMAGES STATUS TEXT[|TEXT...] ARGUMENT...
# Every TEXT occurs in standard output, in this order; one that begins with '!' occurs nowhere.
set -u
machine=$1 status=$3
IFS='|' read -ra texts <<<"$4"
export AEGIS_IMAGES=$2
shift 4
output=$(timeout 100 "$machine" "$@" 2>"${TMPDIR:-/tmp}/boot.$$")
got=$?
[[ $got == 77 ]] && exit 77 # what the command needs is not installed
errors=$(<"${TMPDIR:-/tmp}/boot.$$")
rm -f "${TMPDIR:-/tmp}/boot.$$"
failed=0
rest=$output
for text in "${texts[@]}"; do
    if [[ $text == !* ]]; then
        [[ $output == *"${text#!}"* ]] && failed=1 && echo "FAILED: the transcript says '${text#!}'"
    elif [[ $rest == *"$text"* ]]; then
        rest=${rest#*"$text"}
    else
        failed=1
        echo "FAILED: the transcript does not say '$text' (here)"
    fi
done
[[ $got == "$status" ]] || { failed=1; echo "FAILED: status $got, expected $status"; }
printf '%s\n' "$output"
((failed)) && printf -- '--- stderr\n%s\n' "$errors"
exit "$failed"

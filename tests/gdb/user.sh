#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# gdb itself on the stub: it finds the programs and their sources, stops, steps, shows variables and faults, and the run is
# the one without it.
# usage: user.sh AEGIS-SIM
set -u
cd "$(dirname "${BASH_SOURCE[0]}")/../.." || exit 1
gdb=$(command -v gdb-multiarch) || exit 77
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT

cat >"$folder/commands" <<GDB
set pagination off
set confirm off
set style enabled off
set debuginfod enabled off
set sysroot target:
target remote $folder/socket
break hello.c:main
continue
backtrace 2
step
info args
finish
next
info threads
tbreak sensor_measure
continue
up
print counter
continue
backtrace 1
continue
continue
GDB
timeout 100 "$1" --image=tour --gdb=unix:"$folder/socket" >"$folder/stdout" 2>"$folder/stderr" &
for _ in {1..200}; do
    [[ -S $folder/socket ]] && break
    sleep 0.05
done
output=$(timeout 100 "$gdb" -q -nx -batch -x "$folder/commands" 2>&1 </dev/null)
wait $!
code=$?
failed=0
expect() { # text
    [[ $output == *"$1"* ]] && return
    echo "FAILED: gdb did not say: $1"
    failed=1
}
expect 'Breakpoint 1, main () at user/apps/hello.c:'
expect '#1  0x'
expect 'aegis_start () at user/libaegis/start.c:'
expect 's = 0x4010'
expect '"L5:ELF hello'
expect 'Value returned is'
expect '(task 2, hello)'
expect '(task 0, uart_driver)'
expect 'Temporary breakpoint 2, sensor_measure'
expect '= 0'
expect 'received signal SIGSEGV, Segmentation fault.'
expect 'user/apps/clumsy.c:'
expect 'exited normally'
((failed)) && printf '%s\n' "$output"
timeout 100 "$1" --image=tour >"$folder/plain" 2>/dev/null
if ((code != 0)) || ! cmp "$folder/stdout" "$folder/plain"; then
    echo "FAILED: exit code $code, or the run under gdb is another"
    failed=1
fi
exit "$failed"

#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# gdb on the bare-metal kernel: it stops in core with symbols and lines on every CPU, and the project's commands read what
# the kernel is doing.
# usage: gdb_qemu.sh ISA PROFILE PRESET
set -u
cd "$(dirname "${BASH_SOURCE[0]}")/../.." || exit 1
command -v gdb-multiarch >/dev/null || exit 77
commands=$(mktemp)
trap 'rm -f "$commands"' EXIT
cat >"$commands" <<'GDB'
set style enabled off
break kernel_main
continue
backtrace 2
delete
break sched_switch_locked
ignore 2 12
continue
delete
info threads
aegis ps
aegis bt uart_driver
aegis bt client
aegis pt sensor 0x4010c123
aegis pt 0 0x40001000-8
aegis locks
aegis endpoints
aegis log
print thread_get(0)
GDB
output=$(timeout 100 ./aegis gdb --qemu --offline --arch="$1" --profile="$2" --preset="$3" --image=tasks --cpus=2 \
    --batch="$commands" 2>&1)
failed=0
for pattern in 'hit Breakpoint 1, kernel_main \(info=0x' '^#1 .* in arch_boot_init ' 'hit Breakpoint 2, sched_switch_locked ' \
    'CPU#1' '^ +0 uart_driver +[a-z]+ +6/6 ' '^ +4 logger ' '^user pc 0x401' '^#[0-9]+ +0x[0-9a-f]+ in sched_thread_start at ' \
    '^0x4010c123 is 0x[0-9a-f]+123, r-xu$' '^level 0: table 0x' 'sched.lock: lock sched \(rank 40\): held' \
    '^0: endpoint: receiver ' 'boot complete' 'Cannot call functions'; do
    grep -Eq "$pattern" <<<"$output" || { failed=1; echo "FAILED: no line of gdb matches: $pattern"; }
done
((failed)) && printf '%s\n' "$output"
exit "$failed"

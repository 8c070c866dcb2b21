#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# gdb on the machine: it stops in core with symbols and lines, and the printers show what the kernel is doing.
# usage: gdb.sh MACHINE IMAGES
set -u
cd "$(dirname "${BASH_SOURCE[0]}")/../.." || exit 1
command -v gdb >/dev/null || exit 77
commands=$(mktemp)
trap 'rm -f "$commands"' EXIT
cat >"$commands" <<'GDB'
break task_power_off
run
backtrace 3
info functions ^sched_switch_locked$
aegis tasks
aegis endpoints
aegis log
print sched_state()->lock
print *thread_get(0)
print task_get(0)->trap
print (status_t)-2
aegis nonsense
GDB
output=$(AEGIS_IMAGES=$2 timeout 50 gdb -q -batch -ex 'set debuginfod enabled off' -ex 'source tools/gdb/aegis.py' -x "$commands" \
    --args "$1" --image=tour 2>&1)
failed=0
for text in 'Breakpoint 1, task_power_off' '#1 ' 'core/sched/sched.c' 'task 0 "uart_driver": exited' \
    '0: endpoint: receiver -' 'boot complete' 'lock sched (rank 40): free' 'thread 0 "uart_driver": exited' \
    'ERR_NO_MEMORY (-2)' 'usage: aegis tasks | log | endpoints'; do
    if [[ $output != *"$text"* ]]; then
        echo "FAILED: gdb did not say: $text"
        failed=1
    fi
done
((failed)) && printf '%s\n' "$output"
exit "$failed"

#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# gdb on the machine: it stops in core with symbols and lines, and the project's commands and printers show what the kernel
# is doing.
# usage: gdb.sh MACHINE IMAGES
set -u
cd "$(dirname "${BASH_SOURCE[0]}")/../.." || exit 1
command -v gdb >/dev/null || exit 77
commands=$(mktemp)
trap 'rm -f "$commands"' EXIT
failed=0

# on_gdb IMAGE [OPTION...]: gdb's commands come from stdin, what it says is in $output.
on_gdb() {
    cat >"$commands"
    output=$(AEGIS_IMAGES=$images timeout 100 gdb -q -nx -batch -ex 'set debuginfod enabled off' -ex 'set style enabled off' \
        -ex 'source tools/gdb/aegis.py' -x "$commands" --args "$machine" --image="$1" "${@:2}" 2>&1)
}
expect() { # text...
    local text
    for text; do
        [[ $output == *"$text"* ]] && continue
        echo "FAILED: gdb did not say: $text"
        printf '%s\n' "$output" | grep -v 'boot [0-9]'
        failed=1
        return
    done
}
expect_line() { # regular expression...
    local pattern
    for pattern; do
        grep -Eq "$pattern" <<<"$output" && continue
        echo "FAILED: no line of gdb matches: $pattern"
        printf '%s\n' "$output" | grep -v 'boot [0-9]'
        failed=1
        return
    done
}
machine=$1 images=$2

on_gdb tasks <<'GDB'
break kernel_main
run
backtrace 2
break sys_handle_call
continue
print *task
print *thread_get(0)
aegis ps
aegis bt uart_driver
aegis bt hello
aegis pt hello 0x40108123
aegis pt 2 0x40009000-8
aegis pt hello 0
GDB
expect 'Breakpoint 1, kernel_main (info=' ' in arch_boot_init (' 'Breakpoint 2, sys_handle_call (task=' \
    'task 0 "uart_driver": running, 0 calls' 'thread 0 "uart_driver": running, priority 6 (base 6), CPU 0' '0x0 is not mapped'
expect_line '^ +0 uart_driver +running +6/6 ' '^ +4 logger +ready +3/3 ' '^user pc 0x4010' '^#0 +sys_handle_call ' \
    '^#[0-9]+ .*task_main \(' '^task 2 "hello": ready' '^#[0-9]+ +0x[0-9a-f]+ in trampoline at sim/fiber/fiber.c:' \
    '^0x40108123 is 0x[0-9a-f]+123, r-xu$' '^0x40008ff8 is not mapped$' '^level 0: table 0x'

on_gdb tasks <<'GDB'
break core/sched/sched.c:sched_switch_locked
ignore 1 12
run
aegis ps
aegis bt 0
aegis locks
print sched_state()->lock
aegis pt hello 0x40007ff8
GDB
expect 'CPU 0 holds sched' 'sched.lock: lock sched (rank 40): held' 'ipc.lock: lock ipc (rank 20): free' ', rw-u'
expect_line '^ +0 uart_driver +blocked .* a message on endpoint 0$' '^ +2 hello +exited ' \
    '^#[0-9]+ +0x[0-9a-f]+ in ipc_recv at core/ipc/message.c:' ' in sched_thread_start at core/sched/thread.c:'

on_gdb tour <<'GDB'
break task_power_off
run
backtrace 3
info functions ^sched_switch_locked$
aegis ps
aegis endpoints
aegis log
print *thread_get(0)
print task_get(0)->trap
print (status_t)-2
print (struct uaddr){0x1234}
aegis bt nobody
GDB
expect 'Breakpoint 1, task_power_off' '#1 ' 'core/sched/sched.c' '0: endpoint: receiver -' 'boot complete' \
    'thread 0 "uart_driver": exited' 'ERR_NO_MEMORY (-2)' 'user 0x1234' "no task 'nobody'; aegis ps lists them"

on_gdb deadlock <<'GDB'
break task_power_off
run
aegis nonsense
GDB
expect 'Undefined aegis command: "nonsense"'
exit "$failed"

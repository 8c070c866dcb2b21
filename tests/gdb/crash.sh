#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# A crash of the kernel, which only a debugger can bring about: the kernel panics as it does by itself, and stderr says where.
# usage: crash.sh AEGIS-SIM
set -u
cd "$(dirname "${BASH_SOURCE[0]}")/../.." || exit 1
command -v gdb >/dev/null || exit 77
case $(uname -m) in
x86_64) first_argument=rdi ;;
aarch64) first_argument=x0 ;;
*) exit 77 ;;
esac
output=$(timeout 100 gdb -q -nx -batch -ex 'set debuginfod enabled off' -ex 'break *sys_handle_call' -ex run \
    -ex "set \$$first_argument = 0" -ex 'delete' -ex continue -ex continue \
    --args "$1" --image=tasks --on-panic="$2" 2>&1 </dev/null)
failed=0
expect() { # text
    [[ $output == *"$1"* ]] && return
    echo "FAILED: nobody said: $1"
    failed=1
}
expect 'received signal SIGSEGV'
expect 'aegis-sim: invalid memory access (signal 11'
expect 'in the executable) at @1:'
expect '#0 sys_handle_call, core/sys/gate.c:'
expect 'task_main, core/task/task.c:'
expect 'panic: core/diag/panic.c:'
expect 'the kernel crashed: invalid memory access'
expect 'registers:'
expect 'backtrace:'
expect '  #0 0x'
expect 'last log lines:'
expect 'boot complete'
if [[ $2 == exit ]]; then
    expect 'exited with code 0120' # octal
else
    expect 'received signal SIGABRT'
fi
((failed)) && printf '%s\n' "$output"
exit "$failed"

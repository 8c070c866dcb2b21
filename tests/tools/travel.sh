#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Time travel for the kernel: gdb runs the same machine again to moments, to the last hit of a breakpoint and to the last
# change of a variable.
# usage: travel.sh MACHINE IMAGES
set -u
cd "$(dirname "${BASH_SOURCE[0]}")/../.." || exit 1
command -v gdb >/dev/null || { echo "SKIP: tool gdb, version 13 or newer wanted"; exit 77; }
commands=$(mktemp)
trap 'rm -f "$commands"' EXIT
cat >"$commands" <<'GDB'
break sys_handle_call
run
printf "[1] %lu %#lx\n", moment_clock.now, $pc
continue
printf "[2] %lu %#lx\n", moment_clock.now, $pc
continue
printf "[3] %lu %#lx\n", moment_clock.now, $pc
aegis moment
aegis reverse-continue
printf "[2] %lu %#lx\n", moment_clock.now, $pc
aegis reverse-continue
printf "[1] %lu %#lx\n", moment_clock.now, $pc
python
def attempt(command):
    try:
        gdb.execute(command)
    except gdb.error as e:
        print("refused:", e)
attempt("aegis reverse-continue")
end
continue
printf "[2] %lu %#lx\n", moment_clock.now, $pc
aegis goto @1:6500
printf "[goto] %lu %s\n", moment_clock.now, machine.host_request ? "?" : "asked for nothing"
printf "[calls] %u\n", task_get(1)->calls
aegis back 400
printf "[back] %lu\n", moment_clock.now
aegis goto @6500
printf "[calls] %u\n", task_get(1)->calls
delete
python
value = int(gdb.parse_and_eval("task_get(1)->calls"))
attempt("aegis last-writer task_get(1)->calls")
print("[writer]", int(gdb.parse_and_eval("moment_clock.now")) <= 6500, int(gdb.parse_and_eval("task_get(1)->calls")) == value)
last = int(gdb.parse_and_eval("moment_clock.now"))
attempt(f"aegis goto @1:{last}")
print("[before]", value - int(gdb.parse_and_eval("task_get(1)->calls")))
for command in ("aegis goto @2:7000", "aegis goto 17", "aegis goto @0", "aegis back x", "aegis back 0", "aegis back 99999999",
                "aegis last-writer machine", "aegis last-writer 3", "aegis reverse-continue", "aegis goto @1:99999999", "aegis moment"):
    attempt(command)
end
GDB
output=$(AEGIS_IMAGES=$2 timeout 100 gdb -q -nx -batch -ex 'set debuginfod enabled off' -ex 'set style enabled off' \
    -ex 'source tools/gdb/aegis.py' -x "$commands" --args "$1" --image=tour 2>&1)
failed=0
expect() { # text...
    local text
    for text; do
        [[ $output == *"$text"* ]] && continue
        echo "FAILED: gdb did not say: $text"
        failed=1
    done
}
same() { # MARK TIMES: the lines of a mark are equal, and so many
    local lines
    mapfile -t lines < <(grep -F "[$1] " <<<"$output" | sed 's/.*\[/[/')
    ((${#lines[@]} == $2)) && (($(printf '%s\n' "${lines[@]}" | sort -u | wc -l) == 1)) && return
    echo "FAILED: [$1] is not $2 times the same: ${lines[*]}"
    failed=1
}
same 1 2
same 2 3
same calls 2
expect '[goto] 6500 asked for nothing' '[back] 6100' '[writer] True True' '[before] 1' 'became 0x' \
    'refused: no breakpoint was hit before' 'refused: @2:7000: this run has seed 1' "refused: '17' is no moment" \
    "refused: '@0' is no moment" "refused: 'x': expected how many moments" "refused: '0': expected how many" \
    'is not 99999999 moments from the beginning' 'refused: machine: expected a variable of' 'refused: 3: expected a variable' \
    'refused: no breakpoint is set' 'refused: the run ended before event 99999999' 'refused: the machine does not run'
((failed)) && printf '%s\n' "$output" | grep -v 'boot [0-9]'
exit "$failed"

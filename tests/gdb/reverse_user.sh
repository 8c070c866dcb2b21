#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# gdb's own reverse commands on the stub: instructions, lines, breakpoints and watchpoints backwards, and forwards again to
# the same end.
# usage: reverse_user.sh AEGIS-SIM
set -u
cd "$(dirname "${BASH_SOURCE[0]}")/../.." || exit 1
gdb=$(command -v gdb-multiarch) || { echo "SKIP: tool gdb-multiarch, version 13 or newer wanted"; exit 77; }
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT

cat >"$folder/commands" <<GDB
set pagination off
set confirm off
set style enabled off
set debuginfod enabled off
set sysroot target:
target remote $folder/socket
break clumsy.c:main
continue
echo [A]\n
stepi
stepi
printf "there %#lx\n", \$pc
stepi
reverse-stepi
printf "back %#lx\n", \$pc
reverse-stepi
reverse-stepi
printf "begin %#lx\n", \$pc
delete
watch fresh
continue
echo [B]\n
delete
continue
echo [C]\n
monitor moment
reverse-stepi
reverse-step
reverse-next
python print("then in", gdb.selected_frame().name())
echo [D]\n
watch fresh
reverse-continue
echo [E]\n
python print(gdb.execute("monitor last-writer %#x,4" % int(gdb.parse_and_eval("&fresh")), to_string=True))
delete
break clumsy.c:main
reverse-continue
delete
reverse-continue
echo [F]\n
continue
echo [G]\n
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
part() { # LETTER: what gdb said from [LETTER] on, up to the next
    local rest=${output#*"[$1]"}
    printf '%s' "${rest%%$'\n['[A-Z]]*}"
}
expect() { # LETTER text
    [[ $output == *"[$1]"* && $(part "$1") == *"$2"* ]] && return
    echo "FAILED: after [$1] gdb did not say: $2"
    failed=1
}
there=$(sed -n 's/^there //p' <<<"$output")
[[ -n $there && $there == "$(sed -n 's/^back //p' <<<"$output")" ]] || { echo "FAILED: reverse-stepi is elsewhere"; failed=1; }
expect A 'Hardware watchpoint 2: fresh'
expect A 'New value = 0'
expect B 'received signal SIGSEGV'
expect C '@1:'
expect C 'then in main'
expect D 'Old value = 0'
expect D 'New value = 1'
expect E 'the kernel, after @1:'
expect E 'Breakpoint '
expect E 'No more reverse-execution history.'
expect F 'received signal SIGSEGV'
expect G 'exited normally'
((failed)) && printf '%s\n' "$output"
timeout 100 "$1" --image=tour >"$folder/plain" 2>/dev/null
if ((code != 0)) || ! cmp "$folder/stdout" "$folder/plain"; then
    echo "FAILED: exit code $code, or the run under gdb is another"
    failed=1
fi
exit "$failed"

#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Follow docs/tutorial-system-call.md in a copy of the tree: add the line and the body it shows, generate, build, run.
# usage: tutorial.sh ROOT
set -euo pipefail
root=$(cd "$1" && pwd)
copy=$(mktemp -d)
trap 'rm -rf "$copy"' EXIT

cd "$root"
git ls-files -z | tar --null --files-from=- --create --file=- 2>/dev/null | tar --extract --file=- --directory="$copy"
cd "$copy"
page=docs/tutorial-system-call.md
block() { awk -v fence="\`\`\`$1" '$0 == fence {on = 1; next} /^```/ {on = 0} on' "$page"; }

block "text aegis.tbl" >>core/abi/aegis.tbl
python3 tools/gen_abi.py
block c-new >>core/sys/aegis.c
block c-example >examples/uptime.c
python3 tools/gen_abi.py --check

jobs=$(nproc)
cmake -S . -B build/t -G Ninja -DAEGIS_HAL=sim -DAEGIS_ISA=x86_64 -DAEGIS_DEPS="$root/build/deps" >configure.log 2>&1 ||
    { cat configure.log; exit 1; }
ninja -C build/t -j"$jobs" >build.log 2>&1 || { tail -30 build.log; exit 1; }
tools/aegis-cc --arch=x86_64 examples/uptime.c -o uptime.elf
output=$(timeout 60 build/t/sim/aegis-sim-x86_64 --task=uptime.elf 2>&1) || { echo "$output" | tail -20; exit 1; }
if ! grep -q "^up for .* ticks" <<<"$output"; then
    echo "FAILED: the program did not say how long the machine is up"
    echo "$output" | tail -20
    exit 1
fi
echo "the tutorial works: $(grep "^up for" <<<"$output")"

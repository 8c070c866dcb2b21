#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# What the two launchers and the package script say about bad words, other hosts and help. Nothing is installed or built.
set -u
cd "$(dirname "${BASH_SOURCE[0]}")/../.." || exit 1
failed=0 count=0

# expect STATUS TEXT COMMAND...: the command ends with STATUS and says TEXT on either stream.
expect() {
    local status=$1 text=$2 output got
    shift 2
    output=$("$@" 2>&1 </dev/null)
    got=$?
    count=$((count + 1))
    if [[ $got != "$status" || $output != *"$text"* ]]; then
        echo "FAILED: $* -> status $got, expected $status and '$text'; it said: $output"
        failed=1
    fi
}

expect 64 "did you mean test?" ./aegis tset
expect 64 "did you mean gdb?" ./aegis gbd
expect 64 "unknown command 'qqqqqq' (known:" ./aegis qqqqqq
expect 64 "unknown command '../lib.sh'" ./aegis ../lib.sh
expect 64 "did you mean --preset?" ./aegis build --presett=asan
expect 64 "did you mean aarch64?" ./aegis build --arch=aarch46
expect 64 "needs a value" ./aegis build --arch
expect 64 "takes no value" ./aegis build --yes=1
expect 64 "did you mean asan?" ./aegis build --preset=asna
expect 64 "did you mean null?" ./aegis build --hal=nul
expect 64 "did you mean --all?" ./aegis test --al
expect 64 "no row of tests/matrix.tbl is called sim-arm" ./aegis test --offline sim-arm
expect 64 "did you mean --json?" ./aegis doctor --jsn
expect 64 "did you mean --json?" ./aegis features --josn
expect 64 "did you mean --html?" ./aegis coverage --htm=x
expect 64 "did you mean --seeds?" ./aegis explore --seds=1
expect 64 "did you mean --out?" ./aegis minimize --ou=x
expect 64 "did you mean --code?" ./aegis bisect --cod=1
expect 64 "did you mean --gate?" ./aegis coverage --gat
expect 64 "preset mcdc measures the unit tests" ./aegis build --hal=sim --preset=mcdc
expect 64 "not a positive number" ./aegis fuzz --seconds=0
expect 64 "did you mean --quick?" ./aegis prove --quik
expect 64 "did you mean --quick?" ./aegis lint --quik
expect 64 "did you mean sparse?" ./aegis lint sparsee
expect 64 "did you mean --smoke?" ./aegis mutate --smok
expect 64 "not a positive number" ./aegis mutate --sample=x
expect 64 "preset asan needs a process" ./aegis build --hal=metal --preset=asan
expect 64 "preset tsan needs a process" ./aegis qemu --preset=tsan
expect 64 "did you mean riscv64?" ./aegis qemu --arch=risv64
if command -v qemu-system-x86_64 >/dev/null; then
    expect 64 "did you mean --image?" ./aegis qemu --imge=tour
    expect 64 "expected a size such as 256M" ./aegis qemu --memory=5X
    expect 64 "expected a number" ./aegis qemu --cpus=0
    expect 64 "no regular expression" ./aegis qemu '--expect=('
    expect 64 "--screenshot needs --expect or --timeout" ./aegis qemu --screenshot=x.png
    expect 64 "--task and --image: one of them" ./aegis qemu --task=x.elf --image=tour
    expect 0 "--icount" ./aegis qemu --help
fi
if command -v qemu-system-x86_64 >/dev/null; then
    expect 64 "did you mean --events?" ./aegis twin --evnts=3
    expect 64 "expected 1 to 8" ./aegis twin --cpus=9
    expect 64 "expected 1 to 1000000" ./aegis twin --events=0
    expect 0 "--json" ./aegis twin --help
fi
expect 64 "preset asan needs a process" ./aegis twin --preset=asan
expect 64 "did you mean --format?" ./aegis release --fromat=iso
expect 64 "did you mean iso?" ./aegis release --format=ios
expect 64 "option --format needs a value" ./aegis release --format iso
expect 64 "GRUB images are for x86_64; riscv64 has elf and img" ./aegis release --arch=riscv64 --format=iso
expect 64 "nothing to compile" ./aegis cc
expect 64 "did you mean --slot?" ./aegis cc --slt=3 examples/hello.c
expect 0 "usage: ./aegis COMMAND" ./aegis
expect 0 "simulated machine" ./aegis help
expect 0 "aegis 0." ./aegis version
expect 0 "aegis 0." ./aegis --version
expect 0 "null-full" ./aegis test --list
for command in tools/cmd/*; do
    expect 0 "usage: ./aegis ${command##*/}" ./aegis help "${command##*/}"
done
expect 64 "did you mean riscv64?" ./aegis-sim --arch=risv64
expect 64 "did you mean safety?" ./aegis-sim --profile=safty
expect 64 "needs a value" ./aegis-sim --arch
expect 0 "--print-binary" ./aegis-sim --help
expect 64 "did you mean sim?" tools/deps.sh simm
expect 64 "did you mean --offline?" tools/deps.sh --ofline sim
expect 0 "ninja-build" tools/deps.sh --list build

host=$(mktemp)
trap 'rm -f "$host"' EXIT
printf 'ID=fedora\nVERSION_ID=43\nPRETTY_NAME="Fedora Linux 43"\n' >"$host"
expect 69 "this host is Fedora Linux 43" env AEGIS_OS_RELEASE="$host" tools/deps.sh build
expect 69 "Dockerfile" env AEGIS_OS_RELEASE="$host" tools/deps.sh build
printf 'ID=debian\nVERSION_ID="11"\nPRETTY_NAME="Debian GNU/Linux 11"\n' >"$host"
expect 69 "Debian 12 or newer" env AEGIS_OS_RELEASE="$host" tools/deps.sh build
printf 'ID=ubuntu\nVERSION_ID="24.04"\nPRETTY_NAME="Ubuntu 24.04"\n' >"$host"
expect 69 "this host is Ubuntu 24.04" env AEGIS_OS_RELEASE="$host" tools/deps.sh build

((failed)) || echo "$count commands behave"
exit "$failed"

#!/bin/sh
# SPDX-License-Identifier: MIT
# aegis-cc and mkimage: what they make, what they refuse, and that the same input makes the same bytes.
set -u

root=$(CDPATH='' cd -- "$(dirname -- "$0")/../.." && pwd)
cc=$root/tools/aegis-cc
mkimage=$root/tools/mkimage
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work" || exit 1
cases=0 failures=0

check() # words status
{
    cases=$((cases + 1))
    [ "$2" -eq 0 ] && return
    failures=$((failures + 1))
    echo "failed: $1"
}

# refused WORDS STATUS PATTERN COMMAND...: the command fails with that status, one line on stderr that matches.
refused()
{
    words=$1 status=$2 pattern=$3
    shift 3
    "$@" >out 2>err
    got=$?
    [ $got -eq "$status" ] && [ "$(wc -l <err)" -eq 1 ] && grep -q -e "$pattern" err && [ ! -s out ]
    check "$words (status $got: $(cat err))" $?
}

same() # words file file
{
    cmp -s "$2" "$3"
    check "$1" $?
}

hello=$root/examples/hello.c

for isa in x86_64 aarch64 riscv64; do
    command -v "$isa-linux-gnu-gcc" >/dev/null || continue
    "$cc" --arch=$isa "$hello" -o "hello-$isa.elf" 2>err && [ ! -s err ]
    check "examples/hello.c compiles for $isa without a word" $?
done

# A native compiler may be all there is on this machine.
arch=$(uname -m)
case $arch in x86_64 | aarch64 | riscv64) ;; *) exit 77 ;; esac
aegis_cc() { "$cc" "--arch=$arch" "$@"; }
entry() { readelf -hW "$1" | sed -n 's/.*Entry point address: *//p'; }

aegis_cc "$hello" -o default.elf && [ "$(entry default.elf)" = 0x40114000 ]
check "slot 5 is the default" $?
aegis_cc --slot=0 "$hello" -o slot.elf && [ "$(entry slot.elf)" = 0x40100000 ]
check "slot 0" $?
aegis_cc --slot=63 "$hello" -o slot.elf && [ "$(entry slot.elf)" = 0x401fc000 ]
check "slot 63" $?
aegis_cc --slot=08 "$hello" -o slot.elf && [ "$(entry slot.elf)" = 0x40120000 ]
check "slot 08 is 8" $?

refused "slot 64" 64 "slot '64'" aegis_cc --slot=64 "$hello" -o x.elf
refused "slot 100" 64 "slot '100'" aegis_cc --slot=100 "$hello" -o x.elf
refused "a slot that is no number" 64 "slot '1x'" aegis_cc --slot=1x "$hello" -o x.elf
refused "an empty slot" 64 "slot ''" aegis_cc --slot= "$hello" -o x.elf
refused "an unknown ISA" 64 "unknown instruction set 'mips'" "$cc" --arch=mips "$hello" -o x.elf
refused "an unknown option" 64 "unknown option '--slto=3'" aegis_cc --slto=3 "$hello" -o x.elf
refused "no source" 64 "no source file" aegis_cc -o x.elf
refused "no output" 64 "no output file" aegis_cc "$hello"
refused "-o without a file" 64 "-o needs a file" aegis_cc "$hello" -o
refused "a source that is not there" 66 "cannot read nothing.c" aegis_cc nothing.c -o x.elf
refused "two sources with -c" 64 "one source" aegis_cc -c "$hello" "$hello" -o x.o
refused "a dependency file without -c" 64 "goes with -c" aegis_cc --depfile=x.d "$hello" -o x.elf
[ ! -e x.elf ]
check "a refusal writes nothing" $?

mkdir empty
! PATH=$work/empty /bin/sh "$cc" "--arch=$arch" "$hello" -o x.elf 2>/dev/null
check "without a compiler it fails" $?

echo '#include <aegis/aegis.h>
static char big[20000]; int main(void) { big[0] = 1; return print(big); }' >big.c
! aegis_cc big.c -o big.elf 2>err && grep -q "larger than its slot" err && [ ! -e big.elf ]
check "a program larger than its slot does not link" $?

echo '#include <stdio.h>
int main(void) { return 0; }' >libc.c
! aegis_cc libc.c -o libc.elf 2>err && grep -q "stdio.h" err
check "there is no libc" $?

echo 'int main(void) { double d = 1; return (int)(d * 2.5); }
double f(double a, double b) { return a * b; }' >float.c
# RISC-V computes it in software and so lacks the routine; the others refuse the type.
! aegis_cc float.c -o float.elf 2>err
check "floating point does not compile" $?

cp "$hello" "with a blank.c"
aegis_cc "with a blank.c" -o "with a blank.elf" && [ -s "with a blank.elf" ]
check "blanks in file names" $?

# The same tree at another path gives the same program.
mkdir -p "another tree/core" "another tree/tools"
cp -R "$root/core/abi" "another tree/core/"
cp -R "$root/user" "$root/examples" "another tree/"
cp "$cc" "another tree/tools/"
(cd "$root" && tools/aegis-cc "--arch=$arch" -c user/apps/hello.c -o "$work/here.o")
(cd "another tree" && tools/aegis-cc "--arch=$arch" -c user/apps/hello.c -o "$work/there.o")
strip --strip-debug here.o there.o
same "the code does not depend on where the tree lies" here.o there.o
for tree in "$root" "$work/another tree"; do
    name=$(basename "$tree")
    "$tree/tools/aegis-cc" "--arch=$arch" -c "$tree/user/apps/hello.c" -o "full-$name.o"
done
same "nor does its debug information" "full-$(basename "$root").o" "full-another tree.o"

cp default.elf a.elf
cp default.elf b.elf
manifest() { printf '# a manifest\ntask 1 name=a file=b.elf\ntask 0 name=b file=a.elf\ntask 2 name=c file=a.elf caps=all\n'; }
manifest >m
"$mkimage" m . one.img
check "an image" $?
[ "$(tar -tf one.img | tr '\n' ' ')" = "manifest b.elf a.elf " ]
check "the manifest comes first, then each file once" $?
tar -xOf one.img manifest | cmp -s - m
check "the manifest is as it was" $?
touch -d 2001-01-01 a.elf m
chmod 0600 b.elf
"$mkimage" m . two.img
same "times and modes of the files do not matter" one.img two.img

refused "a file that is not there" 66 "c.elf is not in" sh -c "echo 'task 0 name=x file=c.elf' >n; '$mkimage' n . x.img"
refused "a path instead of a name" 65 "a plain name" sh -c "echo 'task 0 name=x file=../a.elf' >n; '$mkimage' n . x.img"
refused "an empty manifest" 65 "names a file" sh -c "echo '# nobody' >n; '$mkimage' n . x.img"
refused "no manifest" 66 "cannot read" "$mkimage" nothing . x.img
refused "no folder" 66 "not a folder" "$mkimage" m nowhere x.img
refused "too few arguments" 64 "usage" "$mkimage" m
[ ! -e x.img ]
check "a refused image is not written" $?

echo "$cases cases, $failures failed"
[ $failures -eq 0 ]

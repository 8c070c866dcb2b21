#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""What `./aegis release` hands out, looked at from outside.

usage: contents.py make|again|sums|manifest|partitions|refusals BUILD ISA PROFILE RELEASE

make        makes the release of this build in RELEASE, for the other cases
again       the same bytes a second time: later, in another time zone, with another umask
sums        SHA256SUMS names every file, and rightly
manifest    what the manifest says is in the disk and in the ISO is in there, and nothing else is
partitions  both copies of the partition table are sound
refusals    what cannot be made is refused by name
"""
import hashlib
import json
import os
import struct
import subprocess
import sys
import tempfile
import time
import zlib

from machines import needs

CASE, BUILD, ISA, PROFILE, RELEASE = sys.argv[1:6]
TOOL = os.path.join(os.path.dirname(os.path.abspath(__file__)), "../../tools/release/main.py")
DISK, ISO = f"{RELEASE}/aegis-{ISA}-disk.img", f"{RELEASE}/aegis-{ISA}.iso"
PARTITION = "@@1M"
LICENCES = {"MIT", "GPL-3.0-or-later"}


def check(condition, what):
    if not condition:
        sys.exit(f"FAILED: {what}")


def tool(output, *words, **environment):
    command = [sys.executable, "-B", TOOL, f"--isa={ISA}", f"--build={BUILD}", f"--profile={PROFILE}", "--version=0.0.0",
               f"--output={output}", *words]
    return subprocess.run(command, capture_output=True, text=True, check=False,
                          env={**os.environ, "SOURCE_DATE_EPOCH": "1700000000", **environment})


def read(path):
    with open(path, "rb") as file:
        return file.read()


def digest(content):
    return hashlib.sha256(content).hexdigest()


def output_of(*words):
    done = subprocess.run(words, capture_output=True, check=False, env={**os.environ, "MTOOLS_SKIP_CHECK": "1"})
    check(done.returncode == 0, f"{words}: {done.stderr.decode()}")
    return done.stdout


def make():
    needs("mformat", *(["xorriso", "grub-mkimage", f"{BUILD}/kernel/BOOTX64.EFI"] if ISA == "x86_64" else []))
    done = tool(RELEASE)
    check(done.returncode == 0, done.stderr)
    print(done.stdout)


def again():
    with tempfile.TemporaryDirectory(prefix="aegis-again-") as other:
        time.sleep(2.1)  # two seconds are the grain of dates in a FAT
        os.umask(0o077)
        done = tool(other, TZ="Asia/Tokyo", LC_ALL="C.UTF-8")
        check(done.returncode == 0, done.stderr)
        names = sorted(os.listdir(RELEASE))
        check(sorted(os.listdir(other)) == names, f"{os.listdir(other)} and {names}")
        for name in names:
            check(read(f"{other}/{name}") == read(f"{RELEASE}/{name}"), f"{name} has other bytes")
    print(f"{len(names)} files have the same bytes")


def sums():
    listed = dict(line.split("  ")[::-1] for line in read(f"{RELEASE}/SHA256SUMS").decode().splitlines())
    check(set(listed) == set(os.listdir(RELEASE)) - {"SHA256SUMS"}, f"names {sorted(listed)}")
    for name, value in listed.items():
        check(digest(read(f"{RELEASE}/{name}")) == value, f"sum of {name}")


def disk_file(name):
    return output_of("mtype", "-i", DISK + PARTITION, f"::/{name}")


def iso_file(name):
    """A file of the ISO; the loader in its EFI partition; the boot code, which has patched addresses, by its first bytes."""
    with tempfile.TemporaryDirectory(prefix="aegis-iso-") as work:
        def extract(inside):
            output_of("xorriso", "-osirrox", "on", "-indev", ISO, "-extract", inside, f"{work}/file")
            return read(f"{work}/file")
        if name.startswith("EFI/"):
            extract("/efi.img")
            return output_of("mtype", "-i", f"{work}/file", f"::/{name}")
        if name == "boot_hybrid.img":
            own = read("/usr/lib/grub/i386-pc/boot_hybrid.img")
            return own if read(ISO)[:0x80] == own[:0x80] else b""
        return extract(name)


def names_on_disk():
    lines = output_of("mdir", "-/", "-b", "-i", DISK + PARTITION, "::/").decode().split()
    return {line[3:].rstrip("/") for line in lines if not line.endswith("/")}


def names_on_iso():
    lines = output_of("xorriso", "-indev", ISO, "-find", "/", "-type", "f", "-exec", "echo").decode().splitlines()
    return {line.strip("'") for line in lines}


def manifest():
    told = json.loads(read(f"{RELEASE}/manifest.json"))
    check((told["isa"], told["profile"]) == (ISA, PROFILE), "ISA and profile")
    files = {file["name"]: file for file in told["files"]}
    check(set(files) | {"manifest.json", "SHA256SUMS"} == set(os.listdir(RELEASE)), f"files {sorted(files)}")
    for name, file in files.items():
        content = read(f"{RELEASE}/{name}")
        check((file["size"], file["sha256"]) == (len(content), digest(content)), name)
        reader = disk_file if name.endswith("disk.img") else iso_file if name.endswith(".iso") else lambda _, c=content: c
        for member in file["contents"]:
            inside = reader(member["name"])
            check((member["size"], member["sha256"]) == (len(inside), digest(inside)), f"{name}: {member['name']}")
            check(member["licence"] in LICENCES and member["source"], f"{name}: licence of {member['name']}")
    check({member["name"] for member in files[f"aegis-{ISA}-disk.img"]["contents"]} == names_on_disk(), "files of the disk")
    if ISA == "x86_64":
        listed = {member["name"] for member in files[f"aegis-{ISA}.iso"]["contents"]}
        check({name for name in listed if name.startswith("/")} == names_on_iso(), "files of the ISO")


def partitions():
    content = read(DISK)
    sectors = len(content) // 512
    check(len(content) % 512 == 0 and content[510:512] == b"\x55\xaa" and content[450] == 0xEE, "protective boot record")
    tables = []
    for own, other in ((1, sectors - 1), (sectors - 1, 1)):
        head = content[own * 512:own * 512 + 92]
        signature, _, size, crc, _, at, backup, first, last = struct.unpack("<8sIIIIQQQQ", head[:56])
        table_at, count, each, table_crc = struct.unpack("<QIII", head[72:92])
        table = content[table_at * 512:table_at * 512 + count * each]
        check((signature, size, at, backup) == (b"EFI PART", 92, own, other), f"header at {own}")
        check(zlib.crc32(head[:16] + bytes(4) + head[20:]) == crc and zlib.crc32(table) == table_crc, f"sums at {own}")
        start, end = struct.unpack("<QQ", table[32:48])
        check(first <= start < end <= last and start == 2048, f"partition {start} to {end}")
        tables.append(table)
    check(tables[0] == tables[1] and not any(tables[0][128:]), "one partition, in both tables")
    check(content[start * 512 + 82:start * 512 + 90] == b"FAT32   ", "its file system")


def refusals():
    cases = [(["--image=tsks"], 66, "no image 'tsks' (known: "), (["--image=/nowhere/x.img"], 66, "no image '/nowhere/x.img'"),
             (["--append=a{b"], 64, "--append: plain words"), (["--append=" + "x" * 401], 64, "--append: plain words")]
    if ISA != "x86_64":
        cases.append((["--format=iso"], 64, "GRUB images are for x86_64"))
    with tempfile.TemporaryDirectory(prefix="aegis-refusals-") as other:
        for words, status, text in cases:
            done = tool(other, *words)
            check((done.returncode, text in done.stderr) == (status, True), f"{words}: {done.returncode} {done.stderr}")
        done = tool(other, SOURCE_DATE_EPOCH="soon")
        check(done.returncode == 64 and "SOURCE_DATE_EPOCH=soon" in done.stderr, "SOURCE_DATE_EPOCH")


if CASE not in ("make", "refusals"):
    needs(f"{RELEASE}/SHA256SUMS")
globals()[CASE]()

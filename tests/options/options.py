# SPDX-License-Identifier: MIT
"""What the command line does and refuses.

usage: options.py TOPIC AEGIS-SIM
"""
import os
import struct
import subprocess
import sys

from machine import Judge, Machine

judge = Judge()
m = Machine(sys.argv[2])
OTHER = "riscv64" if m.isa != "riscv64" else "aarch64"
MACHINES = {"x86_64": 62, "aarch64": 183, "riscv64": 243}


def words():
    """Options that are none, values that are none: one line, exit code 64, nothing else."""
    judge.refused(m.run("--hlp"), 64, "unknown option --hlp", "did you mean --help?")
    judge.refused(m.run("--imge=tour"), 64, "did you mean --image?")
    judge.refused(m.run("--qqqqqqqq"), 64, "unknown option --qqqqqqqq (--help lists all)")
    judge.refused(m.run("--me=3"), 64, "--memory or --metering?")
    judge.refused(m.run("--seed"), 64, "needs a value")
    judge.refused(m.run("--must-finish=1"), 64, "takes no value")
    judge.refused(m.run("tour"), 64, "what is 'tour'?")
    judge.refused(m.run("--help=tsks"), 64, "did you mean tasks?")
    judge.refused(m.run("--arch=" + OTHER), 64, f"expected {m.isa}")
    for option in ("--cpus=0", "--cpus=9", "--cpus=two", "--memory=3G", "--memory=-1", "--seed=-1", "--seed=x", "--clock-rate=1",
                   "--stop-at=soon", "--timeout=0", "--metering=maybe", "--on-fault=panic", "--on-panic=maybe", "--check=all",
                   "--expect=(", "--forbid=[", "--display=x11"):
        judge.refused(m.run(option), 64, option.split("=")[0])
    judge.refused(m.run("--append=" + 600 * "x"), 64, "511 bytes")
    for option in ("--record=x", "--replay=x"):
        judge.refused(m.run("--check=double-read,change", option), 64, "a recording knows nothing")
    # What was typed is repeated without acting on the terminal.
    judge.refused(m.run("--seed=1\n2\x1b[31m"), 64, r"--seed=1\x0a2\x1b[31m: expected")
    # Words behind -- are the kernel's.
    judge.ended(m.run("--image=hostile-null_deref", "--append=x=1", "--", "y=2", "on-fault=stop"), 1, "the machine stops")
    # A value may look like an option, and an option may be shortened.
    judge.ended(m.run("--append", "--image", "--image=idle", "--stop=1ms"), 0)


def shown():
    """Help and version."""
    helped = m.run("--help")
    judge.ended(helped, 0, "--image=NAME|FILE", "--task=FILE", "--expect=REGEX", "Groups for --help=GROUP:", stream="stdout")
    for group in helped.stdout.rsplit(":", 1)[1].split():
        judge.ended(m.run("--help=" + group), 0, "--", stream="stdout")
    judge.check("--image" not in m.run("--help=limits").stdout, "--help=limits shows other groups")
    judge.ended(m.run("--version"), 0, m.isa, "Unicorn 2.", "MIT", "GPL-2", "profile ", stream="stdout")


def images():
    """Images by name and by path."""
    judge.refused(m.run("--image=toru"), 66, "did you mean tour?", "hostile-null_deref", "tasks")
    judge.refused(m.run("--image=toru", env={"AEGIS_IMAGES": "/nonexistent"}), 66, "there are no images in /nonexistent")
    judge.refused(m.run("--image=/nonexistent/x.img"), 66, "cannot be read")
    judge.refused(m.run("--image=" + m.folder.name), 66, "cannot be read")
    pipe = os.path.join(m.folder.name, "pipe")
    os.mkfifo(pipe)
    judge.refused(m.run("--image=" + pipe), 66, "cannot be read")
    judge.ended(m.run("--image=" + m.image("tasks"), "--stop-at=500ms"), 0, "DRV:ready", "stopped by --stop-at")
    folder = os.path.dirname(m.image("tasks"))
    judge.ended(m.run("--image=tasks", "--stop-at=1ms", env={"AEGIS_IMAGES": folder}), 0)
    tour = m.run("--stop-at=1s")
    judge.check(tour.stdout == m.run("--image=tour", "--stop-at=1s").stdout and "clumsy" in tour.stdout, "the default is no tour")
    judge.ended(m.run("--image=none"), 78, "no boot module")


def bad_images():
    """Archives that are none, damaged or of another machine: exit code 65."""
    with open(m.image("idle"), "rb") as file:
        good = file.read()
    manifest = good.index(b"task 0")
    elf = good.index(b"\x7fELF")

    def refused(name, content, *texts):
        judge.refused(m.run("--image=" + m.file(name, content)), 65, name, *texts)

    refused("empty.img", b"", "archive is truncated")
    refused("text.img", 1024 * b"no archive ", "not a ustar archive")
    refused("cut.img", good[:-1024 - 512], "archive is truncated")
    refused("line.img", good[:manifest] + b"tusk" + good[manifest + 4:], "manifest line", "syntax error")
    foreign = good[:elf + 18] + struct.pack("<H", MACHINES[OTHER]) + good[elf + 20:]
    refused("foreign.img", foreign, f"is a program for {OTHER}", f"--arch={OTHER}")
    refused("magic.img", good[:elf] + b"\x7fFLE" + good[elf + 4:], "bad magic")


def tasks():
    """Programs of one's own."""
    hello, code = m.program("hello"), m.program("exit_code")
    judge.ended(m.run("--task=" + code), 42, "exited (code=42)")
    judge.ended(m.run(f"--task={hello}", f"--task={code}"), 0, "L5:ELF", "exited (code=42)")
    judge.ended(m.run(f"--task={code},name=mine,prio=7,budget=0,caps=all,heartbeat=9,restart=always", "--stop-at=2s"), 0,
                "task 5 exited (code=42)")
    judge.ended(m.run(f"--task={code},caps=none"), 63, "FAULT task 5 (exit_code)", "needs EXIT", "never to restart")
    added = m.run("--image=tasks", f"--task={code}", "--stop-at=1s")
    judge.ended(added, 0, "DRV:ready", "LOG:1", "task 5 exited (code=42)")
    judge.ended(m.run("--image=deadlock", f"--task={m.program('idle')}", "--stop-at=1ms"), 0)
    replaced = m.run("--image=tour", f"--task={hello},name=other,caps=none", "--stop-at=1s")
    judge.ended(replaced, 0, "FAULT task 2 (other)", "DRV:ready")
    judge.check("L5:ELF" not in replaced.stdout, "slot 2 of the image was not replaced")
    again = m.run("--image=tour", f"--task={hello},name=other,caps=none", "--stop-at=1s")
    judge.check(replaced.stdout == again.stdout, "two runs with --task differ")


def bad_tasks():
    """Keys, values and files that are wrong."""
    hello = m.program("hello")
    with open(hello, "rb") as file:
        good = file.read()
    for keys, *texts in (("pri=1", "did you mean prio?"), ("prio=8", "expected a number from 0 to 7"), ("caps=wriet", "caps=wriet"),
                         ("caps", "needs a value"), ("restart=maybe", "never, fault or always"), ("budget=x", "ticks"),
                         ("heartbeat=-1", "ticks"), ("name=a b", "15 letters"), ("name=" + 16 * "n", "15 letters")):
        judge.refused(m.run(f"--task={hello},{keys}"), 64, *texts)
    judge.refused(m.run("--task="), 64, "expected FILE")
    judge.refused(m.run(f"--task={hello}", f"--task={hello}"), 64, "slot 2 too", "--slot=N")
    judge.refused(m.run("--task=/nonexistent.elf"), 66, "cannot be read")

    def refused(name, content, *texts):
        judge.refused(m.run("--task=" + m.file(name, content)), 65, name, *texts)

    refused("empty.elf", b"", "file too small")
    refused("text.elf", 4096 * b"text", "bad magic", f"./aegis cc --arch={m.isa}")
    foreign = good[:18] + struct.pack("<H", MACHINES[OTHER]) + good[20:]
    refused("foreign.elf", foreign, f"is a program for {OTHER}, this machine is {m.isa}; run it with --arch={OTHER}")
    refused("short.elf", good[:600], "lies outside the file")
    judge.refused(m.run("--task=/bin/true"), 65, "")
    if not m.binary.endswith("-safety"):
        return
    cc = os.path.join(os.path.dirname(__file__), "../../tools/aegis-cc")
    source = m.file("high.c", "#include <aegis/aegis.h>\nint main(void)\n{\n    return 0;\n}\n")
    high = os.path.join(m.folder.name, "high.elf")
    subprocess.run([cc, "--arch=" + m.isa, "--slot=9", source, "-o", high], check=True)
    judge.refused(m.run("--task=" + high), 65, "slot 9", "0 to 7")


def policies():
    """--on-fault, --check, and what the console must and must not show."""
    judge.ended(m.run("--image=hostile-null_deref", "--on-fault=stop"), 1, "action: the machine stops", "stopped by policy")
    judge.ended(m.run("--image=hostile-null_deref", "--on-fault=restart", "--stop-at=1500ms"), 0, "task 5 restarted (1)")
    judge.ended(m.run("--image=tasks", "--check=invariants", "--stop-at=1s"), 0, "LOG:1")
    judge.ended(m.run("--expect=^DRV:ready", "--expect=LOG:[0-9]+ from", "--image=tasks", "--stop-at=1s"), 0)
    judge.ended(m.run("--expect=^DRV:reedy", "--image=tasks", "--stop-at=300ms"), 87, "--expect: no line matches '^DRV:reedy'",
                stream="stderr")
    judge.ended(m.run("--forbid=^LOG:2", "--image=tasks", "--stop-at=3s"), 88, "ended by --forbid")
    judge.ended(m.run("--forbid=LOG:999999", "--image=tasks", "--stop-at=300ms"), 0)
    judge.ended(m.run("--expect=exit_code", f"--task={m.program('exit_code')}"), 87)
    judge.ended(m.run("--expect=nonsense", "--image=deadlock"), 83, "--expect: no line matches 'nonsense'")
    judge.ended(m.run("--must-finish", "--image=tasks", "--stop-at=10ms"), 89)
    judge.ended(m.run("--must-finish", f"--task={m.program('hello')}", "--stop-at=10s"), 0)


def device_tree():
    """--dump-dtb and --dtb."""
    dumped = os.path.join(m.folder.name, "machine.dtb")
    written = m.run("--image=idle", "--dump-dtb=" + dumped)
    judge.ended(written, 0)
    judge.check(written.stdout == "", "--dump-dtb runs the machine")
    with open(dumped, "rb") as file:
        good = file.read()
    plain = m.run("--image=idle", "--stop-at=50ms")
    judge.check(plain.stdout == m.run("--image=idle", "--stop-at=50ms", "--dtb=" + dumped).stdout, "its own tree changes a run")
    # The image is put in anew: the tree was dumped with another one.
    judge.ended(m.run("--image=tasks", "--stop-at=500ms", "--dtb=" + dumped), 0, "DRV:ready")
    judge.refused(m.run("--dump-dtb=/nonexistent/x.dtb"), 74, "cannot be written")

    def with_memory(size):
        at = good.index(struct.pack(">Q", 64 << 20))
        return m.file(f"{size}.dtb", good[:at] + struct.pack(">Q", size) + good[at + 8:])

    for size in (16 << 20, 200 << 20):
        judge.ended(m.run("--image=idle", "--stop-at=10ms", "--dtb=" + with_memory(size)), 0, f"{size >> 10} KiB RAM",
                    f" {size >> 20} MiB,")
    judge.refused(m.run("--image=idle", "--dtb=" + with_memory(1 << 20)), 78, "too little", "--memory=")
    judge.refused(m.run("--dtb=" + with_memory(1 << 40)), 65, "memory at 0x")
    judge.refused(m.run("--dtb=" + with_memory(4095)), 65, "whole pages")
    judge.refused(m.run("--dtb=" + dumped, "--memory=32M"), 64, "give one of the two")
    for name, content in (("empty.dtb", b""), ("text.dtb", b"no device tree at all " * 10), ("cut.dtb", good[:200]),
                          ("struct.dtb", good[:56] + b"\xff" * 64 + good[120:]),
                          ("old.dtb", good[:20] + struct.pack(">II", 3, 2) + good[28:])):
        judge.refused(m.run("--dtb=" + m.file(name, content)), 65, name, "--dump-dtb")
    judge.refused(m.run("--memory=1M"), 78, "too little", "--memory=")
    judge.refused(m.run("--memory=1"), 78, "too little", "--memory=")


{f.__name__: f for f in (words, shown, images, bad_images, tasks, bad_tasks, policies, device_tree)}[sys.argv[1]]()
judge.finish()

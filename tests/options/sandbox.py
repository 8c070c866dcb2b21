# SPDX-License-Identifier: MIT
"""What a running simulator may ask of its host: each forbidden call ends it, each feature still works.

usage: sandbox.py TOPIC AEGIS-SIM narrow|wide     (wide: a sanitizer or gcov in the process has a longer list)
"""
import os
import pty
import subprocess
import sys

from machine import Judge, Machine

judge = Judge()
m = Machine(sys.argv[2])
NARROW = sys.argv[3] == "narrow"
RUN = ("--image=tasks", "--stop-at=100ms")
# Name, arguments, and whether only the short list refuses it.
FORBIDDEN = (("socket", ":1:1:0", False), ("connect", ":-1:0:0", False), ("mount", "", False), ("setuid", ":-1", False),
             ("init_module", "", False), ("bpf", ":-1", False), ("unshare", ":0x10000000", False), ("setns", ":-1:0", False),
             ("io_uring_setup", "", False), ("perf_event_open", "", False), ("process_vm_writev", "", False),
             ("keyctl", ":-1", False), ("fchmodat", "", False), ("symlinkat", "", False), ("chroot", "", False),
             ("execve", "", True), ("ptrace", ":-1", True), ("openat", ":-100:0:1", True), ("openat", ":-100:0:0x40", True),
             ("clone", ":0x10000011", True), ("clone", ":0x00010f00", True), ("ioctl", ":0:0x5412", True),
             ("prctl", ":22", True), ("accept4", ":-1", True), ("unlinkat", ":-100", True), ("sendto", ":-1", True))


def forbidden():
    """The process ends at the call, says which it was, and what to do."""
    for name, arguments, narrow in FORBIDDEN:
        if narrow and not NARROW:
            continue
        run = m.run(*RUN, env={"AEGIS_SIM_FORBIDDEN": name + arguments})
        judge.ended(run, 70, f"aegis-sim: sandbox: system call {name} (", "--sandbox=off", stream="stderr")
        judge.check(run.stderr.count("\n") == 1, f"{name}: not one line: {run.stderr}")
        judge.check("answered" not in run.stderr, f"{name} was answered")


def modes():
    """off allows; on and strict print the same run; strict says no where on says yes."""
    off = m.run(*RUN, "--sandbox=off", env={"AEGIS_SIM_FORBIDDEN": "socket:1:1:0"})
    judge.ended(off, 0, "sandbox: socket:1:1:0 answered ", stream="stderr")
    on, strict = m.run(*RUN), m.run(*RUN, "--sandbox=strict")
    judge.check(off.stdout == on.stdout == strict.stdout, "the sandbox changes the run")
    judge.ended(m.run(*RUN, env={"AEGIS_SIM_FORBIDDEN": "openat:-100:0:0"}), 0, "answered -14", stream="stderr")  # EFAULT
    judge.ended(m.run(*RUN, env={"AEGIS_SIM_FORBIDDEN": "getpid"}), 0, "answered ", stream="stderr")
    if NARROW:
        for call in ("openat:-100:0:0", "clone:17"):
            run = m.run(*RUN, "--sandbox=strict", env={"AEGIS_SIM_FORBIDDEN": call})
            judge.ended(run, 0, "answered -1\n", stream="stderr")  # EPERM
    fault = ("--image=hostile-null_deref", "--stop-at=1s")
    judge.ended(m.run(*fault), 0, "null_deref.c:", stream="stderr")
    if NARROW:
        run = m.run(*fault, "--sandbox=strict")
        judge.ended(run, 0, "(null_deref): page fault", stream="stderr")
        judge.check("null_deref.c:" not in run.stderr, "--sandbox=strict reads debugging information")
    judge.refused(m.run("--sandbox=maybe"), 64, "--sandbox", "on, off or strict")


def features():
    """Whatever writes, splits, listens or is replayed does so under the short list too."""
    scratch = m.folder.name
    recording, picture = os.path.join(scratch, "r.json"), os.path.join(scratch, "p.png")
    for mode in ("on", "strict"):
        box = f"--sandbox={mode}"
        judge.ended(m.run(*RUN, box, "--record=" + recording, "--screenshot=" + picture), 0)
        judge.check(os.path.getsize(picture) > 0, "no picture")
        judge.ended(m.run("--replay=" + recording, box), 0)
        for option in ("trace", "events"):
            path = os.path.join(scratch, option)
            judge.ended(m.run(*RUN, box, f"--{option}={path}"), 0)
            judge.check(os.path.getsize(path) > 0, f"--{option} wrote nothing")
        judge.ended(m.run(*RUN, box, "--serial=file:" + os.path.join(scratch, "serial")), 0)
        judge.ended(m.run(*RUN, box, "--strace"), 0)
    judge.ended(m.run(*RUN, "--check-determinism"), 0)
    judge.ended(m.run("--image=hostile-over_budget", "--timeout=1"), 124)


def root():
    """Root is warned, on a terminal only: a script that reads stderr is not disturbed."""
    main, other = pty.openpty()
    run = subprocess.run([m.binary, *RUN], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=other, check=False)
    os.close(other)
    said = b""
    try:
        while chunk := os.read(main, 4096):
            said += chunk
    except OSError:
        pass  # the end of a terminal
    judge.check(run.returncode == 0, f"exit code {run.returncode}")
    judge.check((b"running as root" in said) == (os.geteuid() == 0), f"as {os.geteuid()}: {said!r}")
    judge.check("running as root" not in m.run(*RUN).stderr, "a warning where nobody sits")


{f.__name__: f for f in (forbidden, modes, features, root)}[sys.argv[1]]()
judge.finish()

#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""The machine's serial line on the host: terminals, pseudo-terminals, files, and the pace of a watched run.

usage: console.py CASE SIMULATOR IMAGES

Status 0 passed, 1 failed.
"""
import json
import os
import pty
import select
import signal
import subprocess
import sys
import tempfile
import termios
import time

SIMULATOR, IMAGES = sys.argv[2:4]
ENV = dict(os.environ, AEGIS_IMAGES=IMAGES)
folder = tempfile.TemporaryDirectory(prefix="aegis-console-")


def path(name):
    return os.path.join(folder.name, name)


def check(condition, what):
    if not condition:
        sys.exit(f"FAILED: {what}")


def read_until(fd, text, seconds=30):
    """What comes from `fd` until `text` has come, or it ends."""
    seen, end = b"", time.monotonic() + seconds
    while text not in seen and time.monotonic() < end:
        if select.select([fd], [], [], 0.2)[0]:
            try:
                more = os.read(fd, 4096)
            except OSError:
                break
            if not more:
                break
            seen += more
    return seen


def on_terminal(*options):
    """The simulator with a terminal of its own: (process, our end of the terminal, its end, its local modes before)."""
    ours, theirs = pty.openpty()
    before = termios.tcgetattr(theirs)[3]
    process = subprocess.Popen([SIMULATOR, *options], stdin=theirs, stdout=theirs, stderr=theirs, env=ENV, close_fds=True,
                               preexec_fn=lambda: (os.setsid(), __import__("fcntl").ioctl(0, termios.TIOCSCTTY, 0)))
    return process, ours, theirs, before


def keys():
    """Ctrl-A H helps, Ctrl-A X ends the machine with status 0, and the terminal is given back as it was."""
    process, ours, theirs, before = on_terminal("--image=hostile-over_budget", "--rt=off")
    check(b"boot complete" in read_until(ours, b"boot complete"), "it boots")
    check(not termios.tcgetattr(theirs)[3] & termios.ECHO, "keys are not echoed while it runs")
    os.write(ours, b"\x01h")
    check(b"Ctrl-A X ends" in read_until(ours, b"Ctrl-A X ends"), "help")
    os.write(ours, b"x\x01\x01\x01x")
    read_until(ours, b"closed after")
    check(process.wait(timeout=30) == 0, f"status {process.returncode}")
    check(termios.tcgetattr(theirs)[3] == before, "the terminal is as before")


def interrupted():
    """Ctrl-C ends a machine on a terminal with 130, and the terminal is given back."""
    process, ours, theirs, before = on_terminal("--image=hostile-over_budget")
    read_until(ours, b"boot complete")
    os.write(ours, b"\x03")
    check(process.wait(timeout=30) == 130, f"status {process.returncode}")
    check(termios.tcgetattr(theirs)[3] == before, "the terminal is as before")


def typed():
    """What comes on stdin enters the machine, is recorded, and replayed."""
    options = ["--image=tasks", "--stop-at=600ms", "--serial=stdio"]
    run = subprocess.run([SIMULATOR, *options, f"--record={path('r.json')}"], input=b"abc", capture_output=True, env=ENV, check=True)
    with open(path("r.json"), encoding="utf-8") as file:
        inputs = json.load(file)["inputs"]
    entered = [(kind, int(value, 16)) for _, kind, value in inputs]
    check(entered == [("serial", 97), ("serial", 98), ("serial", 99), ("gone", 0)], f"three bytes and the end: {inputs}")
    again = subprocess.run([SIMULATOR, f"--replay={path('r.json')}"], stdin=subprocess.DEVNULL, capture_output=True, env=ENV, check=True)
    check(again.stdout == run.stdout, "the replay prints the same")


def quit_key():
    """Ctrl-\\ ends a machine too, and the terminal is given back."""
    process, ours, theirs, before = on_terminal("--image=hostile-over_budget")
    read_until(ours, b"boot complete")
    os.write(ours, b"\x1c")
    check(process.wait(timeout=30) == 131, f"status {process.returncode}")
    check(termios.tcgetattr(theirs)[3] == before, "the terminal is as before")


def suspended():
    """After Ctrl-Z the shell's modes are the terminal's; with fg the machine's are back."""
    process, ours, theirs, _ = on_terminal("--image=hostile-over_budget", "--rt=off")
    read_until(ours, b"boot complete")
    modes = termios.tcgetattr(theirs)
    process.send_signal(signal.SIGSTOP)
    os.waitpid(process.pid, os.WUNTRACED)
    shell = termios.tcgetattr(theirs)
    shell[3] |= termios.ECHO | termios.ICANON
    termios.tcsetattr(theirs, termios.TCSANOW, shell)
    process.send_signal(signal.SIGCONT)
    end = time.monotonic() + 20
    while termios.tcgetattr(theirs)[3] != modes[3] and time.monotonic() < end:
        time.sleep(0.05)
    check(termios.tcgetattr(theirs)[3] == modes[3], "the machine's modes are not back")
    os.write(ours, b"\x01x")
    read_until(ours, b"closed after")
    check(process.wait(timeout=30) == 0, f"status {process.returncode}")


def gone():
    """A machine that waits for input is not deadlocked until nobody can type any more; a recording knows when that was."""
    options = ["--image=deadlock", "--serial=stdio", f"--record={path('g.json')}"]
    with subprocess.Popen([SIMULATOR, *options], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
                          env=ENV) as process:
        time.sleep(0.5)
        check(process.poll() is None, "it did not wait for input")
        process.stdin.close()
        text = process.stdout.read()
        check(process.wait(timeout=30) == 83 and b"deadlock" in text, f"status {process.returncode}")
    again = subprocess.run([SIMULATOR, f"--replay={path('g.json')}"], stdin=subprocess.DEVNULL, capture_output=True, env=ENV, check=False)
    check(again.returncode == 83 and again.stdout == text, "the replay differs: " + again.stderr.decode())


def pseudo_terminal():
    """--serial=pty says where the line is, and the machine speaks there."""
    process = subprocess.Popen([SIMULATOR, "--image=tasks", "--stop-at=1s", "--serial=pty", "--rt=on"], stdin=subprocess.DEVNULL,
                               stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=ENV)
    words = process.stderr.readline().decode()
    check("the serial line is /dev/" in words, words)
    line = os.open(words.split()[-1], os.O_RDWR | os.O_NOCTTY)
    os.write(line, b"hello")
    check(b"boot complete" in read_until(line, b"boot complete"), "the boot log is on the line")
    check(b"boot complete" not in process.communicate(timeout=60)[0], "and not on stdout")


def files():
    """--serial=file: and null; the machine does the same whoever listens."""
    def run(*options):
        result = subprocess.run([SIMULATOR, "--image=tasks", "--stop-at=1s", f"--record={path('f.json')}", *options],
                                stdin=subprocess.DEVNULL, capture_output=True, text=True, env=ENV, check=False)
        check(result.returncode == 0, result.stderr)
        with open(path("f.json"), encoding="utf-8") as file:
            return result.stdout, json.load(file)["end"]

    text, end = run()
    quiet, end_file = run(f"--serial=file:{path('line')}")
    silent, end_null = run("--serial=null")
    with open(path("line"), encoding="utf-8") as file:
        line = file.read()
    check(line in text and "boot complete" in line, "the file has the console")
    check("boot complete" not in quiet + silent, "stdout has not")
    check(end == end_file == end_null, "the same events")
    bad = subprocess.run([SIMULATOR, "--image=tasks", "--serial=file:/nowhere/x"], capture_output=True, env=ENV, check=False)
    check(bad.returncode == 74, "a file that cannot be written")
    bad = subprocess.run([SIMULATOR, "--image=tasks", "--serial=morse"], capture_output=True, text=True, env=ENV, check=False)
    check(bad.returncode == 64 and "stdio, pty, file:FILE or null" in bad.stderr, "an unknown back end")


def pace():
    """--rt=on takes the wall clock's time, off does not, and both do the same."""
    def run(rt):
        begin = time.monotonic()
        out = subprocess.run([SIMULATOR, "--image=tasks", "--stop-at=2s", f"--rt={rt}"], stdin=subprocess.DEVNULL,
                             capture_output=True, env=ENV, check=True).stdout
        return out, time.monotonic() - begin

    fast, _ = run("off")
    slow, spent = run("on")
    check(fast == slow, "the same transcript")
    check(spent > 1.9, f"two virtual seconds took {spent:.1f} s")


{f.__name__: f for f in (keys, interrupted, quit_key, suspended, gone, typed, pseudo_terminal, files, pace)}[sys.argv[1]]()

#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""One boot in QEMU, and what its console must say.

usage: reach.py RUNNER STATUS TEXT[|TEXT...] OPTION...      RUNNER boots a kernel of one build as `./aegis qemu` does

STATUS is the run's own, or '-': it need not end and is ended when it has said everything. The texts come in any order; one
that begins with '!' must not come. Status 0 passed, 1 failed, 77 QEMU is not installed.
"""
import contextlib
import fcntl
import os
import selectors
import subprocess
import sys
import time

import console

LOOKS = 0.2    # seconds between two looks at what was said
SHOWN = 12000  # bytes of the console that a failure shows of its beginning, and of its end
F_SETPIPE_SZ, PIPE_SIZE = 1031, 1 << 20
RUNNER, STATUS, TEXTS, *OPTIONS = sys.argv[1:]
wanted = [text for text in TEXTS.split("|") if not text.startswith("!")]
unwanted = [text[1:] for text in TEXTS.split("|") if text.startswith("!")]


def missing(text):
    """What of `wanted` was not said."""
    plainly = [want for want in wanted if want not in text]
    spoken = console.separate(text) if plainly else None
    return [want for want in plainly if not spoken or want not in spoken[0] + spoken[1]]


def follow(qemu):
    """The console until the run ends, or has said everything."""
    data, looked = b"", 0
    with contextlib.suppress(OSError):  # more than this user may have
        fcntl.fcntl(qemu.stdout, F_SETPIPE_SZ, PIPE_SIZE)  # a console that waits for its reader is another machine
    with selectors.DefaultSelector() as selector:
        selector.register(qemu.stdout, selectors.EVENT_READ)
        while True:
            more = os.read(qemu.stdout.fileno(), 65536) if selector.select(LOOKS) else None
            data += more or b""
            if more and time.monotonic() - looked < LOOKS:
                continue
            text = data.decode(errors="replace").replace("\r", "")
            if more == b"" or STATUS == "-" and not missing(text) or any(bad in text for bad in unwanted):
                return text
            looked = time.monotonic()


with subprocess.Popen([RUNNER, *OPTIONS], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE) as machine:
    said = follow(machine)
    ended = machine.poll() if STATUS == "-" else machine.wait()
    machine.terminate()
    machine.stdout.close()
print(said if len(said) < 2 * SHOWN else f"{said[:SHOWN]}\n...\n{said[-SHOWN:]}")
if ended == 77:
    sys.exit(77)
wrong = [f"the console does not say '{text}'" for text in missing(said)]
wrong += [f"the console says '{text}'" for text in unwanted if text in said]
if STATUS != "-" and ended != int(STATUS):
    wrong.append(f"status {ended}, expected {STATUS}")
for line in wrong:
    print(f"FAILED: {line}")
sys.exit(bool(wrong))

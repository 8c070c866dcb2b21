#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""One boot in QEMU, and what its console must say.

usage: reach.py RUNNER STATUS TEXT[|TEXT...] OPTION...      RUNNER boots a kernel of one build as `./aegis qemu` does

STATUS is the run's own, or '-': it need not end and is ended when it has said everything. The texts come in any order; one
that begins with '!' must not come. Status 0 passed, 1 failed, 77 QEMU is not installed.
"""
import os
import selectors
import subprocess
import sys
import time

import console

LOOKS = 0.5  # seconds between two looks for what was said by two at once
RUNNER, STATUS, TEXTS, *OPTIONS = sys.argv[1:]
wanted = [text for text in TEXTS.split("|") if not text.startswith("!")]
unwanted = [text[1:] for text in TEXTS.split("|") if text.startswith("!")]


def missing(text, carefully):
    """What of `wanted` was not said."""
    plainly = [want for want in wanted if want not in text]
    if plainly and carefully:
        spoken = console.separate(text)
        plainly = [want for want in plainly if not spoken or want not in spoken[0] + spoken[1]]
    return plainly


def follow(qemu):
    """The console until the run ends, or has said everything."""
    data, looked = b"", time.monotonic()
    with selectors.DefaultSelector() as selector:
        selector.register(qemu.stdout, selectors.EVENT_READ)
        while True:
            selector.select()
            more = os.read(qemu.stdout.fileno(), 65536)
            data += more
            text = data.decode(errors="replace").replace("\r", "")
            carefully = time.monotonic() - looked > LOOKS
            if carefully:
                looked = time.monotonic()
            if not more or STATUS == "-" and not missing(text, carefully) or any(bad in text for bad in unwanted):
                return text


with subprocess.Popen([RUNNER, *OPTIONS], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE) as machine:
    said = follow(machine)
    ended = machine.poll() if STATUS == "-" else machine.wait()
    machine.terminate()
    machine.stdout.close()
print(said)
if ended == 77:
    sys.exit(77)
wrong = [f"the console does not say '{text}'" for text in missing(said, True)]
wrong += [f"the console says '{text}'" for text in unwanted if text in said]
if STATUS != "-" and ended != int(STATUS):
    wrong.append(f"status {ended}, expected {STATUS}")
for line in wrong:
    print(f"FAILED: {line}")
sys.exit(bool(wrong))

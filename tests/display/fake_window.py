#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Stands in for aegis-window (environment AEGIS_WINDOW): it speaks the protocol of sim/window/link.h and behaves as
FAKE_WINDOW says. What it finds out goes to the file that FAKE_REPORT names.

  type:TEXT  waits for the machine to come to rest, types TEXT, waits for the end; '\\n' is enter, '\\e' escape,
             '<' backspace, '>' the right arrow
  close      waits for the machine to come to rest and closes the window
  refuse     ends before the window is there
  die        ends when the window is there
  linger     does not end when the simulator does
  pry        tries to write to the framebuffer and to change its size
  babble     says much that makes no sense, then closes the window
"""
import mmap
import os
import signal
import socket
import struct
import sys
import time

MEMORY, LINK = 3, 4
READY, KEY, CLOSED, DOWN = 1, 2, 3, 0x10000
SHIFT = 0xE1
USAGES = {**{chr(ord("a") + i): 4 + i for i in range(26)}, "!": 0x1E, "\n": 0x28, "\x1b": 0x29, "<": 0x2A, " ": 0x2C,
          ">": 0x4F}

link = socket.socket(fileno=LINK)


def say(word, value=0):
    try:
        link.send(struct.pack("=II", word, value))
    except OSError:
        pass # the machine has ended


def report(text):
    with open(os.environ["FAKE_REPORT"], "a", encoding="ascii") as file:
        file.write(text + "\n")


def wait_for_rest():
    """Until the picture has not changed for a while."""
    with mmap.mmap(MEMORY, 0, mmap.MAP_SHARED, mmap.PROT_READ) as memory:
        before, since = b"", time.monotonic()
        while time.monotonic() - since < 0.3:
            time.sleep(0.02)
            if memory[:] != before:
                before, since = memory[:], time.monotonic()


def wait_for_end():
    while link.recv(64):
        pass
    report("the simulator is gone")


def type_text(text):
    wait_for_rest()
    for char in text.replace("\\n", "\n").replace("\\e", "\x1b"):
        keys = [USAGES[char.lower()]]
        if char.isupper() or char == "!":
            keys.insert(0, SHIFT)
        for key in keys:
            say(KEY, key | DOWN)
        for key in reversed(keys):
            say(KEY, key)
        time.sleep(0.02) # a person is not faster, and the keyboard holds 16 bytes
    wait_for_end()


def pry():
    for what, attempt in (
            ("mapped for writing", lambda: mmap.mmap(MEMORY, 0, mmap.MAP_SHARED, mmap.PROT_READ | mmap.PROT_WRITE)),
            ("written to", lambda: os.pwrite(MEMORY, b"x", 0)),
            ("shortened", lambda: os.ftruncate(MEMORY, 0)),
            ("extended", lambda: os.ftruncate(MEMORY, 1 << 24))):
        try:
            attempt()
            report(f"FAILED: the framebuffer was {what}")
        except OSError:
            report(f"not {what}")
    wait_for_end()


def babble():
    for i in range(20000):
        say(KEY, i * 2654435761 % (1 << 32))
    say(99, 99)
    say(0, 0)
    link.send(b"x")
    link.send(b"x" * 1000)
    say(CLOSED)
    wait_for_end()


def main():
    behaviour, _, text = os.environ["FAKE_WINDOW"].partition(":")
    if behaviour == "refuse":
        sys.exit(3)
    say(READY)
    if behaviour == "die":
        sys.exit(0)
    if behaviour == "linger":
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        report(str(os.getpid()))
        time.sleep(600)
    {"type": lambda: type_text(text), "close": lambda: (wait_for_rest(), say(CLOSED), wait_for_end()), "pry": pry,
     "babble": babble}[behaviour]()


main()

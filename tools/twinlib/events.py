# SPDX-License-Identifier: MIT
"""Trace events as text: `T kind cpu thread count a b c d e f`, numbers in hexadecimal, the same from both sides."""

import re
from dataclasses import dataclass

NO_THREAD = 0xFFFF
LINE = re.compile(rb"T((?: [0-9a-f]{1,16}){10})(?: @\d+:\d+)?\Z")


def read_enum(header, name):
    """The names of a C enum without values, in order."""
    with open(header, encoding="utf-8") as file:
        body = re.search(rf"^enum {name} \{{(.*?)\}};", file.read(), re.M | re.S)[1]
    return re.findall(r"\b([A-Z][A-Z0-9_]*)\b(?=\s*[,}]|\s*\Z)", re.sub(r"/\*.*?\*/", "", body, flags=re.S))


@dataclass(frozen=True)
class Event:
    kind: str  # of enum trace_kind, without TRACE_
    cpu: int
    thread: int
    count: int
    words: tuple  # a b c d e f
    tick: int = 0  # the last one before it

    @property
    def text(self):
        """The bytes of a TEXT event."""
        return b"".join(word.to_bytes(8, "little") for word in self.words[2:])[:self.count]


class Reader:
    """Makes events of a file, also while it grows."""

    def __init__(self, kinds):
        self.kinds = [kind.removeprefix("TRACE_") for kind in kinds]
        self.rest = b""
        self.events = []
        self.damaged = []  # lines that are none
        self.tick = 0

    def feed(self, data):
        lines = (self.rest + data).split(b"\n")
        self.rest = lines.pop()  # not complete yet, or cut off where the machine was stopped
        for line in lines:
            match = LINE.match(line)
            numbers = [int(word, 16) for word in match[1].split()] if match else []
            if not match or numbers[0] >= len(self.kinds):
                self.damaged.append(line.decode("ascii", "replace"))
                continue
            event = Event(self.kinds[numbers[0]], numbers[1], numbers[2], numbers[3], tuple(numbers[4:]), self.tick)
            self.events.append(event)
            if event.kind == "TICK":
                self.tick = event.words[0]

    def counts(self, kinds):
        """How many events of these kinds each task has."""
        out = {}
        for event in self.events:
            if event.kind in kinds and event.thread != NO_THREAD:
                out[event.thread] = out.get(event.thread, 0) + 1
        return out

# SPDX-License-Identifier: MIT
"""The console, line by line and by task: what the kernel says of a task, what it wrote, what its driver sent."""

import re

from twinlib.separate import DIGIT, tell_apart

KERNEL = re.compile(r"\[TICK:[0-9A-F]{8}\] \[T(\d+|-)\] (.*)\Z")
BOOTED = re.compile(r"^\[TICK:[0-9A-F]{8}\] \[T-\] .* boot complete.*\n", re.M)
TIME = re.compile(r"(?<=\[TICK:)[0-9A-F]{8}")
KERNEL_SELF = "kernel"
NOBODY = "nobody"
REPORT = "] FAULT task "  # what begins so goes on with indented lines
DEVICE_MAP = "device_map"
SLACK = 16  # lines that other CPUs may have got out while a task was between its event and the console


def written_lines(events):
    """What tasks wrote by WRITE, as (task, line), in the order in which the lines were completed."""
    rest, lines = {}, []
    for event in events:
        if event.kind == "TEXT":
            *complete, rest[event.thread] = (rest.get(event.thread, b"") + event.text).split(b"\n")
            lines += [(event.thread, line.decode("latin-1")) for line in complete]
    return lines


def uart_owner(events, names):
    """The task that drives the UART (device 0) itself, or NOBODY."""
    asked = {}
    for event in events:
        if event.kind == "CALL":
            asked[event.thread] = names.call_name(event.words[0]) == DEVICE_MAP and event.words[2] == 0
        elif event.kind == "RETURN" and asked.get(event.thread) and event.words[1] == 0:
            return event.thread
    return NOBODY


class Console:
    """
    Lines by their speaker: a task's number, KERNEL_SELF or NOBODY. `like`: what the other side said, if here the kernel
    and a driver may have talked into each other's lines.
    """

    def __init__(self, data, events, names, like=None):
        text = data.decode("latin-1").replace("\r", "")
        match = BOOTED.search(text)
        self.booted = match is not None
        self.before = [line for line in text[:match.start() if match else None].split("\n") if line.strip()]
        self.kernel_lines = set()
        self.reports = {}  # what the kernel says of a task, without the time
        self.output = {}   # what a task says
        self.lost = []     # (task, line) that were written and never shown, though later ones were
        if self.booted:
            written, owner = written_lines(events), uart_owner(events, names)
            after = text[match.end():]
            if like is not None:
                after = self._separated(after, written, owner, like)
            self._sort(after.split("\n")[:-1], written, owner)  # the last was cut where the machine was stopped, or is nothing
            self._find_lost(0 if len({event.cpu for event in events}) == 1 else SLACK)

    @staticmethod
    def _separated(text, written, owner, like):
        driver = "".join(line + "\n" for line in like.output.get(owner, []))
        lines = like.kernel_lines | {line for _, line in written}
        return (tell_apart(text, driver, [line + "\n" for line in lines]) if driver else None) or text

    def _sort(self, lines, written, owner):
        self.pending, self.shown = list(written), -1
        reporting = None
        for line in lines:
            match = KERNEL.match(line)
            if match:
                self.kernel_lines.add(TIME.sub(DIGIT * 8, line))
                task = KERNEL_SELF if match[1] == "-" else int(match[1])
                if "] summary: " not in line:  # it counts what ticks decide
                    self.reports.setdefault(task, []).append(f"[T{match[1]}] {match[2]}")
                # Lines of other CPUs may come between those of a report.
                reporting = task if REPORT in line else reporting
                continue
            speaker = self._speaker(line)
            if speaker is not None:
                self.output.setdefault(speaker, []).append(line)
            elif reporting is not None and line.startswith("  "):
                self.reports[reporting].append(line)
                self.kernel_lines.add(line)
            else:
                self.output.setdefault(owner, []).append(line)

    def _speaker(self, line):
        """The task whose turn it is to have this line shown: the first that has written it and nothing else before."""
        waiting = set()
        for i, entry in enumerate(self.pending):
            if entry is None:
                continue
            task, text = entry
            if text == line and task not in waiting:
                self.pending[i], self.shown = None, max(self.shown, i)
                return task
            waiting.add(task)
        return None

    def _find_lost(self, slack):
        self.lost = [entry for i, entry in enumerate(self.pending) if entry is not None and i + slack < self.shown]

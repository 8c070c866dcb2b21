# SPDX-License-Identifier: MIT
"""Compares what two machines did, task by task. Pure functions: the tests feed them canned runs."""

import re
from dataclasses import dataclass, field

from abi.tables import TARGET
from twinlib.console import KERNEL_SELF, NOBODY, Console
from twinlib.events import NO_THREAD

COMPARED = ("CALL", "RETURN", "TEXT", "FAULT", "EXIT", "RESTART")
REGISTERS = re.compile(r"  +\w+=[0-9a-f]{16}")
PLACE = re.compile(r" at pc 0x[0-9a-f]+")


@dataclass
class Run:
    """What one side left behind."""

    events: list  # Event
    console: Console
    ended: int | None = None  # status with which the machine ended by itself; None: it was stopped
    tick: int = 0  # the last one
    damaged: list = field(default_factory=list)  # lines of the event file that are none
    like: Console | None = None  # of the simulator: a console with the same lines, none mixed with another


@dataclass
class Difference:
    what: str  # event, console, order, end or final
    index: int
    sides: tuple  # (simulator, bare metal): lines of text, the first differing one at `at`
    at: tuple


@dataclass
class Verdict:
    task: int | str
    events: int = 0
    lines: int = 0
    rules: tuple = ()
    difference: Difference | None = None


class Keys:
    """What of an event is compared, under the rules of an image."""

    def __init__(self, names, rules):
        self.names, self.rules = names, rules

    def of_task(self, events, task):
        """The keys of one task's events in order; equal keys are equal behaviour."""
        keys, ignored = [], False
        for event in events:
            if event.kind == "CALL":
                ignored = self._result_ignored(event, task)
            if event.kind == "RETURN" and ignored:
                keys.append(("RETURN", event.words[0], "ignored"))
            else:
                keys.append(self._key(event, task))
        return keys

    def _result_ignored(self, event, task):
        """A rule `result CALL WORD=VALUE`."""
        for rule in self.rules.of(task, "result"):
            name, _, condition = rule.argument.partition(" ")
            arg, _, value = condition.partition("=")
            call = self.names.calls.get(event.words[0])
            if call is not None and call.name == name and self._argument(event, call.arg(arg)) == int(value, 0):
                return True
        return False

    @staticmethod
    def _argument(event, arg):
        return event.words[1] if arg.reg == TARGET else event.words[2 + arg.reg]

    def _key(self, event, task):
        words = event.words
        match event.kind:
            case "CALL":
                return ("CALL", *words)
            case "RETURN":
                return ("RETURN", words[0], words[1], *words[2:2 + event.count])
            case "TEXT":
                return ("TEXT", words[0], event.text)
            case "FAULT":
                return self._fault(event, task)
        return (event.kind, words[0])

    def _fault(self, event, task):
        kind, pc, address, access = event.words[:4]
        cause = self.names.cause(event)
        if cause == "watchdog" and self.rules.has(task, "place"):
            return ("FAULT", cause)
        if cause != "trap":
            return ("FAULT", cause, pc)
        if kind < len(self.names.traps) and self.names.traps[kind] == "page":
            return ("FAULT", cause, kind, pc, address, access)
        return ("FAULT", cause, kind, pc)


def task_events(events, task):
    return [event for event in events if event.thread == task and event.kind in COMPARED]


def tasks_of(*runs):
    return sorted({event.thread for run in runs for event in run.events
                   if event.kind in COMPARED and event.thread != NO_THREAD})


def first_difference(left, right):
    """Index of the first place where two lists differ, also where one of them ends; None: they are equal."""
    for i, pair in enumerate(zip(left, right)):
        if pair[0] != pair[1]:
            return i
    return None if len(left) == len(right) else min(len(left), len(right))


def is_over(sim, events):
    """Has the simulator shown all that this task will ever do? It has ended, or was silent for half of the run."""
    return sim.ended is not None or any(event.kind == "EXIT" for event in events) or \
        not events or events[-1].tick * 2 < sim.tick


def compared_length(sim, sides, limit):
    """
    How many events of a task are compared: all that the simulator has, up to the limit. What bare metal has beyond that
    is too much if the task's list was over by then.
    """
    length = len(sides[0])
    if is_over(sim, sides[0]):
        length += sum(sim.ended is not None or event.tick <= sim.tick for event in sides[1][length:])
    return min(limit, length)


def excerpt(lines, at, around=4):
    """The lines around one place, with that place's index in them."""
    start = max(0, at - around)
    return lines[start:at + around + 1], at - start


def make_difference(what, index, sim_lines, metal_lines):
    sim, at = excerpt(sim_lines, index)
    metal, _ = excerpt(metal_lines, index)
    return Difference(what, index, (sim, metal), (at, at))


def compare_lists(what, keys, lines, length):
    """Compare the first `length` of two lists by their keys: (how many agreed, Difference or None)."""
    index = first_difference(keys[0][:length], keys[1][:length])
    if index is None:
        return min(length, len(keys[0])), None
    return index, make_difference(what, index, *lines)


def final_state(events, names):
    """How it went with a task, without saying how often or when."""
    state = {"exited": None, "faults": set()}
    for event in events:
        if event.kind == "EXIT":
            state["exited"] = event.words[0]
        elif event.kind == "FAULT":
            state["faults"].add(names.cause(event))
    return state


def console_keys(console, task, rules):
    """The kernel's reports about a task and its own lines, without what rules leave out."""
    reports = []
    for line in console.reports.get(task, []):
        if rules.has(task, "place"):
            line = PLACE.sub("", line)
            if REGISTERS.match(line):
                continue
        reports.append(line)
    return reports, console.output.get(task, [])


class Comparison:
    """Two runs of an image."""

    def __init__(self, names, rules, limit):
        self.names, self.rules, self.limit = names, rules, limit
        self.keys = Keys(names, rules)

    def task(self, sim, metal, task):
        sides = [task_events(run.events, task) for run in (sim, metal)]
        verdict = Verdict(task, rules=tuple(sorted({rule.name for rule in self.rules.rules if rule.task in (None, task)})))
        if self.rules.has(task, "final"):
            return self._final(sides, verdict)
        keys = [self.keys.of_task(side, task) for side in sides]
        length = compared_length(sim, sides, self.limit)
        verdict.events, verdict.difference = compare_lists("event", keys, self._describe(sides), length)
        if verdict.difference is None:
            whole = len(sides[0]) == len(sides[1]) <= self.limit
            self._console([console_keys(run.console, task, self.rules) for run in (sim, metal)], verdict, whole)
        return verdict

    def _describe(self, sides):
        return [[self.names.describe(event) for event in side] for side in sides]

    def _final(self, sides, verdict):
        states = [final_state(side, self.names) for side in sides]
        if states[0] != states[1]:
            verdict.difference = Difference("final", 0, tuple([str(state)] for state in states), (0, 0))
        return verdict

    @staticmethod
    def _console(consoles, verdict, whole):
        """`whole`: the events that agreed are all there are, so the lines are too; else the shorter side decides."""
        for left, right in zip(*consoles):
            length = max(len(left), len(right)) if whole else min(len(left), len(right))
            done, difference = compare_lists("console", (left, right), (left, right), length)
            verdict.lines += done
            verdict.difference = verdict.difference or difference

    def order(self, sim, metal):
        """All tasks' events in the machine's order, all of them: the image ends."""
        sides = [[event for event in run.events if event.kind in COMPARED] for run in (sim, metal)]
        verdict = Verdict("order")
        keys = [[(event.thread, key) for event, key in zip(side, self._interleaved(side))] for side in sides]
        lines = [[f"task {event.thread} {self.names.describe(event)}" for event in side] for side in sides]
        verdict.events, verdict.difference = compare_lists("order", keys, lines, max(map(len, sides)))
        return verdict

    def _interleaved(self, events):
        by_task = {}
        for event in events:
            by_task.setdefault(event.thread, []).append(event)
        keys = {task: iter(self.keys.of_task(own, task)) for task, own in by_task.items()}
        return [next(keys[event.thread]) for event in events]

    def machine(self, sim, metal):
        """What is no task's: whether it came up, how it ended, the kernel's own lines, lines of nobody, lost lines."""
        verdict = Verdict("machine")
        ends = [f"ended with status {run.ended}" if run.ended is not None else "still running" for run in (sim, metal)]
        if not (metal.console.booted and sim.console.booted):
            tails = [run.console.before[-6:] + [f"(boot {'complete' if run.console.booted else 'not complete'}; {end})"]
                     for run, end in zip((sim, metal), ends)]
            verdict.difference = Difference("boot", 0, tuple(tails), tuple(len(side) - 1 for side in tails))
        elif metal.damaged or sim.damaged:
            verdict.difference = Difference("damaged", 0, (sim.damaged[:8], metal.damaged[:8]), (0, 0))
        elif sim.ended != metal.ended and not self.rules.has(None, "end"):
            verdict.difference = Difference("end", 0, tuple([end] for end in ends), (0, 0))
        else:
            self._own_lines(sim, metal, verdict)
        return verdict

    def _own_lines(self, sim, metal, verdict):
        for run in (sim, metal):
            lost = [f"lost: task {task} wrote {line!r}" for task, line in run.console.lost]
            if lost and verdict.difference is None:
                verdict.difference = Difference("console", 0, (lost, []) if run is sim else ([], lost), (0, 0))
        if self.rules.has(None, "end"):
            return
        self._console([[run.console.reports.get(KERNEL_SELF, []), run.console.output.get(KERNEL_SELF, []),
                        run.console.output.get(NOBODY, [])] for run in (sim, metal)], verdict, True)

    def all(self, sim, metal, ordered=False):
        """Every verdict; the machine's first, for it explains the others."""
        verdicts = [self.machine(sim, metal)]
        if verdicts[0].difference is None or verdicts[0].difference.what not in ("boot", "damaged"):
            verdicts += [self.task(sim, metal, task) for task in tasks_of(sim, metal)]
            if ordered:
                verdicts.append(self.order(sim, metal))
        return verdicts

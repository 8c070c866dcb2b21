# SPDX-License-Identifier: MIT
"""gdb support: `source tools/gdb/aegis.py` (./aegis gdb does).

Pretty-printers for the kernel's small types: status_t by name, threads, tasks, endpoints, traps and locks in one line.
Commands: `aegis tasks` (every task and what it does), `aegis log` (the last kernel log lines), `aegis endpoints`.
"""
import os
import re

import gdb
import gdb.printing

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))


def status_names():
    """Status codes by number, from the table that the kernel's header is generated from."""
    names = {}
    with open(os.path.join(ROOT, "core/abi/errors.tbl"), encoding="utf-8") as table:
        for line in table:
            row = re.match(r"([A-Z_0-9]+)\s+(-?\d+)\s", line)
            if row:
                names[int(row[2])] = "STATUS_OK" if row[2] == "0" else "ERR_" + row[1]
    return names


STATUS = status_names()


def text(value):
    """A char array up to its NUL."""
    return value.string(errors="replace")


def short(value, prefix):
    """An enumerator without its prefix, in lower case."""
    return str(value).removeprefix(prefix).lower()


def index_name(value):
    number = int(value)
    return "-" if number in (0xFFFF, 0xFFFFFFFF) else str(number)


class Line:
    """A printer that shows a value as one line and leaves its members to `print /r`."""

    def __init__(self, value, describe):
        self.value, self.describe = value, describe

    def to_string(self):
        return self.describe(self.value)


def describe_status(value):
    number = int(value)
    return f"{STATUS.get(number, '?')} ({number})"


def describe_uaddr(value):
    return f"user {int(value['va']):#x}"


def describe_lock(value):
    waiting = (int(value["next"]) - int(value["serving"])) % (1 << 32)
    state = "free" if waiting == 0 else "held" if waiting == 1 else f"held, {waiting - 1} waiting"
    name = value["name"].string() if int(value["name"]) else "?"
    return f"lock {name} (rank {int(value['rank'])}): {state}"


def describe_thread(value):
    return (f"thread {index_name(value['index'])} \"{text(value['name'])}\": {short(value['state'], 'THREAD_')}, "
            f"priority {int(value['prio'])} (base {int(value['base_prio'])}), CPU {int(value['cpu'])}, "
            f"used {int(value['used'])} of {int(value['budget']) or 'unlimited'} ticks")


def describe_trap(value):
    kind = short(value["kind"], "ARCH_TRAP_")
    if kind == "count":
        return "no trap"
    where = f" at pc {int(value['pc']):#x}"
    if kind != "page":
        return kind + where
    why = "not allowed" if value["permission"] else "nothing mapped"
    return f"{short(value['access'], 'ARCH_ACCESS_')} of {int(value['addr']):#x}, {why},{where}"


def describe_endpoint(value):
    queue = value["senders"]
    waiting = [str(int(queue["thread"][(int(queue["head"]) + i) % 4])) for i in range(int(queue["count"]))]
    return (f"endpoint: receiver {index_name(value['receiver'])}, server {index_name(value['server'])} owes "
            f"{index_name(value['caller'])}, senders [{' '.join(waiting)}]")


def describe_task(value):
    if not value["used"]:
        return "unused slot"
    line = (f"task {int(value['index'])} \"{text(value['config']['name'])}\": "
            f"{short(value['thread']['state'], 'THREAD_')}, {int(value['calls'])} calls, {int(value['restarts'])} restarts")
    cause = short(value["cause"], "TASK_CAUSE_")
    if cause == "trap":
        line += f", last fault: {describe_trap(value['trap'])}"
    elif cause != "none":
        line += f", last fault: {cause}"
    return line


DESCRIPTIONS = {
    "uaddr": describe_uaddr,
    "spinlock": describe_lock,
    "thread": describe_thread,
    "arch_trap": describe_trap,
    "endpoint": describe_endpoint,
    "task": describe_task,
}


class Printers(gdb.printing.PrettyPrinter):
    def __init__(self):
        super().__init__("aegis")

    def __call__(self, value):
        if value.type.name == "status_t":
            return Line(value, describe_status)
        bare = value.type.strip_typedefs()
        if bare.code == gdb.TYPE_CODE_STRUCT and bare.tag in DESCRIPTIONS:
            return Line(value, DESCRIPTIONS[bare.tag])
        return None


def state(source):
    """The one mutable object of a module, by the source that defines it."""
    try:
        return gdb.parse_and_eval(f"'{source}'::state")
    except gdb.error:
        raise gdb.GdbError(f"no state of {source}: is this the machine, and does it run?") from None


class Aegis(gdb.Command):
    """aegis tasks | log | endpoints: what the kernel is doing."""

    TOPICS = ("tasks", "log", "endpoints")

    def __init__(self):
        super().__init__("aegis", gdb.COMMAND_STATUS)

    def complete(self, _text, word):
        return [topic for topic in self.TOPICS if topic.startswith(word)]

    def invoke(self, argument, _from_tty):
        if argument not in self.TOPICS:
            raise gdb.GdbError("usage: aegis " + " | ".join(self.TOPICS))
        getattr(self, argument)()

    def tasks(self):
        table = state("task.c")["task"]
        first, last = table.type.range()
        for i in range(first, last + 1):
            if table[i]["used"]:
                print(describe_task(table[i]))

    def log(self):
        diag = state("state.c")
        first, last = diag["log"].type.range()
        lines = last - first + 1
        written = int(diag["log_next"])
        for i in range(max(0, written - lines), written):
            print(text(diag["log"][i % lines]).rstrip("\n"))

    def endpoints(self):
        table = state("ipc.c")["ep"]
        first, last = table.type.range()
        for i in range(first, last + 1):
            print(f"{i}: {describe_endpoint(table[i])}")


gdb.printing.register_pretty_printer(gdb.current_objfile(), Printers(), replace=True)
Aegis()

# SPDX-License-Identifier: MIT
"""gdb support: `source tools/gdb/aegis.py` (./aegis gdb does).

Pretty-printers for the kernel's small types: status_t by name, threads, tasks, endpoints, traps and locks in one line.
Commands, each with its own `help aegis ...`:
  aegis ps          every task: state, priority, and what it waits for
  aegis bt TASK     the kernel stack of a task, whether it runs or not
  aegis pt TASK VA  what the task's page tables say of an address
  aegis locks       every lock, and which CPU holds which
  aegis endpoints   who waits where
  aegis log         the last lines of the kernel's log
They read memory only, so they work wherever the machine has stopped. In the simulator there is also time travel, by running the
machine again:
  aegis moment            where the run is
  aegis goto @SEED:EVENT  to a moment, past or future
  aegis back N            N moments back
  aegis reverse-continue  to the last breakpoint hit before
  aegis last-writer VAR   to where a variable got its value
"""
import os
import re
import sys

import gdb
import gdb.printing

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
sys.dont_write_bytecode = True  # the source tree stays clean
sys.path.insert(0, os.path.join(ROOT, "tools/gdb"))
import travel  # noqa: E402


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


def states():
    """(source, object) of the one mutable object of each module of core."""
    for symbol in gdb.lookup_static_symbols("state"):
        name = symbol.symtab.fullname()
        if name.startswith(os.path.join(ROOT, "core/")) or "/core/" in name:
            yield os.path.basename(name), symbol.value()


def state(source):
    """The object of the module whose source is `source`."""
    for name, value in states():
        if name == source:
            return value
    raise gdb.GdbError(f"no state of {source}: is this the machine?")


def elements(array):
    """(index, element) of each element of an array."""
    first, last = array.type.range()
    for i in range(first, last + 1):
        yield i, array[i]


def find_task(word):
    """The task of a number or a name."""
    for i, task in elements(state("task.c")["task"]):
        if task["used"] and word in (str(i), text(task["config"]["name"])):
            return task
    raise gdb.GdbError(f"no task '{word}'; aegis ps lists them")


class Aegis(gdb.Command):
    """What the kernel is doing: aegis ps | bt | pt | locks | endpoints | log | moment | goto | back | reverse-continue | last-writer."""

    def __init__(self):
        super().__init__("aegis", gdb.COMMAND_STATUS, gdb.COMPLETE_NONE, True)


class Command(gdb.Command):
    """A command below `aegis`: its class's name in lower case, its arguments counted."""

    ARGUMENTS = ()
    NAME = None  # if it is not the class's

    def __init__(self):
        self.name = self.NAME or type(self).__name__.lower()
        super().__init__("aegis " + self.name, gdb.COMMAND_STATUS)

    def invoke(self, argument, _from_tty):
        words = gdb.string_to_argv(argument)
        if len(words) != len(self.ARGUMENTS):
            raise gdb.GdbError(" ".join(("usage: aegis", self.name, *self.ARGUMENTS)))
        self.run(*words)


# -- Tasks --

def waits_for(index):
    """What a blocked task waits for, as the kernel's deadlock report says it."""
    ipc = state("ipc.c")
    for i, e in elements(ipc["ep"]):
        senders = e["senders"]
        queue = [int(senders["thread"][(int(senders["head"]) + k) % 4]) for k in range(int(senders["count"]))]
        if int(e["receiver"]) == index:
            return f"a message on endpoint {i}"
        if int(e["caller"]) == index:
            return f"the reply of task {index_name(e['server'])} on endpoint {i}"
        if index in queue:
            return f"its turn to {'call' if ipc['thread'][index]['calling'] else 'send'} on endpoint {i}"
    return "a notification" if ipc["thread"][index]["notify_wait"] else "?"


class Ps(Command):
    """aegis ps: every task: number, name, state, priority (effective/base), CPU, budget used, calls, restarts, what it waits for."""

    def run(self):
        print(f"{'TASK':>4} {'NAME':15} {'STATE':9} {'PRIO':5} {'CPU':>3} {'BUDGET':>8} {'CALLS':>6} {'RESTARTS':>8}  WAITS FOR")
        for i, task in elements(state("task.c")["task"]):
            if not task["used"]:
                continue
            thread = task["thread"]
            how = short(thread["state"], "THREAD_")
            budget = f"{int(thread['used'])}/{int(thread['budget']) or '-'}"
            print(f"{i:4} {text(task['config']['name']):15} {how:9} {int(thread['prio'])}/{int(thread['base_prio'])}   "
                  f"{int(thread['cpu']):3} {budget:>8} {int(task['calls']):6} {int(task['restarts']):8}  "
                  f"{waits_for(i) if how == 'blocked' else '-'}")


# -- Stacks --

# Where a context that does not run has its frame pointer and return address, from the saved stack pointer on
# (sim/fiber/switch_*.S, hal-*/sched/switch.S, hal-riscv64/sched/context.c).
SAVED = {"i386:x86-64": (40, 48), "aarch64": (0, 8), "riscv:rv64": (8, 0)}
# Where a frame pointer's record has the caller's frame pointer and the return address.
RECORD = {"i386:x86-64": (0, 8), "aarch64": (0, 8), "riscv:rv64": (-16, -8)}
DEPTH = 40


def word(address):
    return int(gdb.Value(address).cast(gdb.lookup_type("unsigned long").pointer()).dereference())


def assembly_label(pc):
    """The label before an address in code that no compiler described."""
    found = re.match(r"(\w+)( \+ \d+)? in section", gdb.execute(f"info symbol {pc:#x}", to_string=True))
    return found[1] if found else "??"


def show_frame(number, pc):
    """One line as gdb's backtrace has it; False at the bottom of the stack."""
    place = gdb.find_pc_line(pc if number == 0 else pc - 1)
    block = gdb.current_progspace().block_for_pc(pc)
    while block and not block.function:
        block = block.superblock
    name = block.function.print_name if block else assembly_label(pc)
    where = f" at {os.path.relpath(place.symtab.fullname(), ROOT)}:{place.line}" if place.symtab else ""
    print(f"#{number:<2} {pc:#x} in {name}{where}")
    return name not in ("trampoline", "cpu_main", "context_begin", "context_start", "??")


PC_FIELDS = {"x86_64": "rip", "aarch64": "elr", "riscv64": "sepc"}
ISAS = {"i386:x86-64": "x86_64", "aarch64": "aarch64", "riscv:rv64": "riscv64"}


def on_metal():
    """Is this the kernel itself, and not the simulator's process?"""
    return gdb.lookup_global_symbol("hal_map") is not None


def machine():
    return gdb.selected_inferior().architecture().name()


def isa_name():
    return ISAS[machine()] if on_metal() else gdb.parse_and_eval("(char *)&isa_name").string()


def port_constant(name):
    """A number that the bare-metal port's <port/memory.h> defines, perhaps as another one; None: it does not."""
    with open(os.path.join(ROOT, f"hal-{isa_name()}/include/port/memory.h"), encoding="utf-8") as header:
        value = re.search(rf"#define {name} (\w+)", header.read())
    if not value:
        return None
    return int(value[1].rstrip("uUlL"), 16) if value[1].startswith("0x") else port_constant(value[1])


def running_frame(low, high):
    """Show the frames of the CPU that runs on the kernel stack [low, high), if one does."""
    selected = gdb.selected_thread()
    for thread in gdb.selected_inferior().threads():
        thread.switch()
        if low <= int(gdb.parse_and_eval("(unsigned long)$sp")) <= high:
            gdb.execute("backtrace")
            selected.switch()
            return True
    selected.switch()
    return False


def saved_stack(thread):
    """Bounds of a thread's kernel stack, and its stack pointer where it was switched away."""
    if on_metal():
        high = int(thread["stack"]["top"])
        return high - port_constant("ARCH_STACK_SIZE"), high, int(thread["context"]["sp"])
    fiber = thread["stack"]["fiber"].cast(gdb.lookup_type("struct fiber").pointer())
    return int(fiber["stack"]), int(fiber["stack"]) + int(fiber["size"]), int(fiber["sp"])


class Bt(Command):
    """aegis bt TASK: where a task (number or name) is in its program, and its kernel stack, whether it runs, waits or has exited."""

    ARGUMENTS = ("TASK",)

    def run(self, name):
        task = find_task(name)
        print(describe_task(task))
        print(f"user pc {int(task['thread']['user']['frame'][PC_FIELDS[isa_name()]]):#x}")
        low, high, saved = saved_stack(task["thread"])
        if on_metal():
            if running_frame(low, high):
                return
            if short(task["thread"]["state"], "THREAD_") == "running":
                print(f"in user mode on CPU {int(task['thread']['cpu'])}")
                return
        elif task["thread"]["stack"]["fiber"] == gdb.parse_and_eval("fibers.self"):
            gdb.execute("backtrace")
            return
        frame_at, pc_at = SAVED[machine()]
        next_at, return_at = RECORD[machine()]
        frame, pc = word(saved + frame_at), word(saved + pc_at)
        for number in range(DEPTH):
            if not show_frame(number, pc) or not low <= frame + next_at <= high - 16:
                break
            frame, pc, former = word(frame + next_at), word(frame + return_at), frame
            if frame <= former:
                break


# -- Page tables --

# Per ISA: levels, is there an entry, is it the last, the frame, rights (read write execute user).
FORMATS = {
    "x86_64": (4, lambda e, level: e & 1, lambda e, level: level == 0 or e & 0x80, lambda e: e & 0x000FFFFFFFFFF000,
               lambda e: ("r", "w" if e & 2 else "-", "-" if e >> 63 else "x", "u" if e & 4 else "-")),
    "aarch64": (4, lambda e, level: e & 1, lambda e, level: level == 0 or not e & 2, lambda e: e & 0x0000FFFFFFFFF000,
                lambda e: ("r", "-" if e & 0x80 else "w", "-" if e >> 54 & 1 else "x", "u" if e & 0x40 else "-")),
    "riscv64": (3, lambda e, level: e & 1, lambda e, level: e & 0xE, lambda e: (e >> 10 << 12) & 0x00FFFFFFFFFFF000,
                lambda e: tuple(c if e >> bit & 1 else "-" for c, bit in (("r", 1), ("w", 2), ("x", 3), ("u", 4)))),
}


def entry_base(isa):
    """What to add to a table entry's physical address to read it."""
    if on_metal():
        base = port_constant("PORT_DIRECT_BASE")
        return port_constant("ARCH_KERNEL_VBASE") if base is None else base  # as <common/phys.h> says
    with open(os.path.join(ROOT, "hal-sim/board", isa, "board.h"), encoding="utf-8") as board:
        base = int(re.search(r"BOARD_RAM_BASE (0x[0-9a-fA-F]+)", board.read())[1], 16)
    return int(gdb.parse_and_eval("sim_port.ram")) - base


class Pt(Command):
    """aegis pt TASK VA: the page-table entries of an address in a task (number or name), the frame and the rights."""

    ARGUMENTS = ("TASK", "VA")

    def run(self, name, address):
        task = find_task(name)
        va = int(gdb.parse_and_eval(address)) % (1 << 64)
        isa = isa_name()
        levels, present, last, frame_of, rights = FORMATS[isa]
        base = entry_base(isa)
        table = int(task["space"]["root"])
        for level in range(levels - 1, -1, -1):
            index = va >> (12 + 9 * level) & 511
            entry = word(base + table + 8 * index)
            print(f"level {level}: table {table:#x}, entry {index}: {entry:#018x}")
            if not present(entry, level):
                print(f"{va:#x} is not mapped")
                return
            if last(entry, level):
                offset = va & ((1 << (12 + 9 * level)) - 1)
                pa = (frame_of(entry) & ~((1 << (12 + 9 * level)) - 1)) + offset
                print(f"{va:#x} is {pa:#x}, {''.join(rights(entry))}")
                return
            table = frame_of(entry)


# -- Locks --

def locks_in(value, path):
    """(path, lock) of each spinlock in a value."""
    kind = value.type.strip_typedefs()
    if kind.code == gdb.TYPE_CODE_STRUCT and kind.tag == "spinlock":
        yield path, value
    elif kind.code == gdb.TYPE_CODE_STRUCT:
        for field in kind.fields():
            if field.name and field.type.strip_typedefs().code == gdb.TYPE_CODE_STRUCT:
                yield from locks_in(value[field], f"{path}.{field.name}")


class Locks(Command):
    """aegis locks: every spinlock of the kernel's modules, and which of them each CPU holds."""

    def run(self):
        for source, value in states():
            for path, lock in locks_in(value, source.removesuffix(".c")):
                print(f"{path}: {describe_lock(lock)}")
        for cpu, lock in elements(state("spinlock.c")["held"]):
            names = []
            while lock:
                names.insert(0, lock["name"].string())
                lock = lock["outer"]
            if names:
                print(f"CPU {cpu} holds {' and '.join(names)}")


# -- The rest --

class Endpoints(Command):
    """aegis endpoints: receiver, server and senders of each endpoint."""

    def run(self):
        for i, endpoint in elements(state("ipc.c")["ep"]):
            print(f"{i}: {describe_endpoint(endpoint)}")


class Log(Command):
    """aegis log: the last lines of the kernel's log."""

    def run(self):
        diag = state("state.c")
        first, last = diag["log"].type.range()
        lines = last - first + 1
        written = int(diag["log_next"])
        for i in range(max(0, written - lines), written):
            print(text(diag["log"][i % lines]).rstrip("\n"))


# -- Time travel, in the simulator --

def in_simulator():
    if on_metal():
        raise gdb.GdbError("only the simulator counts moments")


class Moment(Command):
    """aegis moment: the present moment of the run, @SEED:EVENT."""

    def run(self):
        in_simulator()
        print(travel.text(travel.now()))


class Goto(Command):
    """aegis goto @SEED:EVENT: run the machine, again if need be, until a moment begins."""

    ARGUMENTS = ("@SEED:EVENT",)

    def run(self, moment):
        in_simulator()
        travel.goto(moment)


class Back(Command):
    """aegis back N: run the machine again until N moments before this one."""

    ARGUMENTS = ("N",)

    def run(self, count):
        in_simulator()
        travel.back(count)


class ReverseContinue(Command):
    """aegis reverse-continue: run the machine again until the last hit of a breakpoint before this place."""

    NAME = "reverse-continue"

    def run(self):
        in_simulator()
        travel.reverse_continue()


class LastWriter(Command):
    """aegis last-writer VARIABLE: run the machine again until the variable (1, 2, 4 or 8 bytes) gets the value that it has."""

    ARGUMENTS = ("VARIABLE",)
    NAME = "last-writer"

    def run(self, expression):
        in_simulator()
        travel.last_writer(expression)


gdb.printing.register_pretty_printer(gdb.current_objfile(), Printers(), replace=True)
Aegis()
for command in (Ps, Bt, Pt, Locks, Endpoints, Log, Moment, Goto, Back, ReverseContinue, LastWriter):
    command()

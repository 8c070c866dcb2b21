# SPDX-License-Identifier: MIT
"""Time travel for the kernel under gdb: the same machine is run again up to a moment (docs/time-travel.md).

The simulator counts moments itself: it calls moment_reached() when moment_wanted comes, so that a breakpoint there costs nothing on
the way. A place within a moment is found again by counting: the n-th hit of a breakpoint or change of a variable in it.
"""
import re

import gdb

SIZES = (1, 2, 4, 8)  # bytes that a hardware watchpoint takes


def number(expression):
    return int(gdb.parse_and_eval(expression))


def now():
    """The present moment's number."""
    if not gdb.selected_inferior().pid:
        raise gdb.GdbError("the machine does not run; `run` or `aegis goto @SEED:EVENT` starts it")
    return number("moment_clock.now")


def text(moment):
    return f"@{number('machine.config.seed')}:{moment}"


def parse(word):
    """The number of a moment: @SEED:EVENT or @EVENT."""
    found = re.fullmatch(r"@(?:(\d+):)?(\d+)", word)
    if not found or int(found[2]) == 0:
        raise gdb.GdbError(f"'{word}' is no moment; expected @SEED:EVENT such as @1:4711")
    return (None if found[1] is None else int(found[1])), int(found[2])


def tell_stops(wanted):
    """Does gdb show each stop? Older ones always do."""
    try:
        gdb.execute(f"set suppress-cli-notifications {'off' if wanted else 'on'}")
    except gdb.error:
        pass


class Silence:
    """The person's own breakpoints are asleep, and gdb neither asks nor tells."""

    def __enter__(self):
        self.asleep = [b for b in gdb.breakpoints() if b.enabled]
        self.confirm = gdb.parameter("confirm")
        gdb.execute("set confirm off")
        tell_stops(False)
        for breakpoint in self.asleep:
            breakpoint.enabled = False
        return self

    def __exit__(self, *_):
        for breakpoint in self.asleep:
            if breakpoint.is_valid():
                breakpoint.enabled = True
        tell_stops(True)
        gdb.execute(f"set confirm {'on' if self.confirm else 'off'}")


def go_on(command="continue"):
    """Let the machine run; False if it has ended."""
    gdb.execute(command, to_string=True)
    return gdb.selected_inferior().pid != 0


def start_again():
    begin = gdb.Breakpoint("machine_run", internal=True, temporary=True)
    alive = go_on("run")
    if begin.is_valid():
        begin.delete()
    if not alive:
        raise gdb.GdbError("the machine ended before it began")


class Alarm:
    """A stop when a moment comes, whatever else stops before."""

    def __init__(self, moment):
        self.breakpoint = gdb.Breakpoint("moment_reached", internal=True)
        gdb.execute(f"set var moment_wanted = {moment}")
        gdb.execute("set var moment_clock.next = 0")

    def rang(self):
        return gdb.newest_frame().name() == "moment_reached"

    def delete(self):
        self.breakpoint.delete()
        if gdb.selected_inferior().pid:
            gdb.execute("set var moment_wanted = ~0ul")


def run_to(moment, seed=None):
    """Stop where the moment begins; with the person's breakpoints asleep."""
    if not gdb.selected_inferior().pid or now() >= moment:
        start_again()
    if seed is not None and seed != number("machine.config.seed"):
        raise gdb.GdbError(f"@{seed}:{moment}: this run has seed {number('machine.config.seed')}")
    alarm = Alarm(moment)
    alive = go_on()
    alarm.delete()
    if not alive:
        raise gdb.GdbError(f"the run ended before event {moment}")


def show():
    """Where the machine is, past the simulator's own frames."""
    while gdb.selected_frame().name() in ("moment_reached", "moment_arrived", "moment_advance") and gdb.selected_frame().older():
        gdb.selected_frame().older().select()
    print(f"{text(now())}, {gdb.selected_frame().name()}")


def goto(word):
    seed, moment = parse(word)
    with Silence():
        run_to(moment, seed)
    show()


def back(word):
    if not word.isdigit() or int(word) == 0:
        raise gdb.GdbError(f"'{word}': expected how many moments")
    moment = now() - int(word)
    if moment < 1:
        raise gdb.GdbError(f"{text(now())} is not {word} moments from the beginning")
    with Silence():
        run_to(moment)
    show()


def place():
    """What tells one stop in a moment from another."""
    moment = now()
    frame = gdb.newest_frame()
    return moment, frame.pc(), int(frame.read_register("sp"))


def collect(watched, last):
    """Stops of the breakpoints in `watched` from the beginning to the end of moment `last`: what `note` says of each."""
    start_again()
    alarm = Alarm(last + 1)
    stops = []
    for breakpoint in watched:
        breakpoint.enabled = True
    while go_on() and not alarm.rang():
        stops.append((place(), value_of(watched[0])))
    for breakpoint in watched:
        breakpoint.enabled = False
    alarm.delete()
    return stops


def value_of(breakpoint):
    return int(gdb.parse_and_eval(breakpoint.expression)) if breakpoint.type == gdb.BP_HARDWARE_WATCHPOINT else None


def return_to(watched, stops, index):
    """Go to stops[index] again, which is the n-th of its moment."""
    moment = stops[index][0][0]
    nth = sum(stop[0][0] == moment for stop in stops[:index + 1])
    run_to(moment)
    for breakpoint in watched:
        breakpoint.enabled = True
    for _ in range(nth):
        go_on()
    for breakpoint in watched:
        breakpoint.enabled = False
    if place() != stops[index][0]:
        raise gdb.GdbError(f"the machine did not come to {text(moment)} as before; does it wait for input? (--record, --replay)")


def reverse_continue():
    """To the last stop of the person's breakpoints before the present place."""
    here = place()
    with Silence() as silence:
        watched = [b for b in silence.asleep if b.type != gdb.BP_HARDWARE_WATCHPOINT]
        if not watched:
            raise gdb.GdbError("no breakpoint is set; aegis last-writer finds who changed a variable")
        stops = collect(watched, here[0])
        known = [i for i, stop in enumerate(stops) if stop[0] == here]
        index = (known[-1] if known else len(stops)) - 1
        if index < 0:
            raise gdb.GdbError("no breakpoint was hit before; the machine is where it was found to be at the latest stop")
        return_to(watched, stops, index)
    show()


def last_writer(expression):
    """To the instruction behind the last one that changed a variable."""
    here = now()
    value = gdb.parse_and_eval(expression)
    if value.address is None or value.type.sizeof not in SIZES:
        raise gdb.GdbError(f"{expression}: expected a variable of {', '.join(map(str, SIZES))} bytes in memory")
    cell = f"*(unsigned {({1: 'char', 2: 'short', 4: 'int', 8: 'long'})[value.type.sizeof]} *){int(value.address):#x}"
    present = int(gdb.parse_and_eval(cell))
    with Silence():
        watch = gdb.Breakpoint(cell, gdb.BP_WATCHPOINT, gdb.WP_WRITE, internal=True)
        watch.enabled = False
        try:
            stops = collect([watch], here)
            kept = [i for i, stop in enumerate(stops) if stop[1] == present]
            if not kept:
                raise gdb.GdbError(f"nobody has changed {expression} since the beginning")
            return_to([watch], stops, kept[-1])
        finally:
            watch.delete()
    print(f"{expression} became {present:#x} here, change {kept[-1] + 1} of {len(stops)}")
    show()
    gdb.execute("frame")

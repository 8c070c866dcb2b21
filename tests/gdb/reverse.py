# SPDX-License-Identifier: MIT
"""User code backwards under the stub: steps, breakpoints, watchpoints, who wrote; and the run stays the run.

usage: reverse.py TOPIC AEGIS-SIM
"""
import os
import random
import re
import signal
import subprocess
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "../options"))
from machine import Judge, Machine  # noqa: E402
from remote import Remote  # noqa: E402

judge = Judge()
m = Machine(sys.argv[2])
PC = {"x86_64": 16, "aarch64": 32, "riscv64": 32}[m.isa]
TRAP, INT, SEGV = 5, 2, 11


def symbol(program, name):
    listing = subprocess.run(["nm", m.program(program)], capture_output=True, text=True, check=True).stdout
    return int(re.search(rf"^([0-9a-f]+) \w {name}$", listing, re.M)[1], 16)


def moment(remote):
    return int(remote.monitor("moment").split(":")[1])


def place(remote):
    """Everything that a place in the run is known by."""
    return moment(remote), remote.registers()


def back(remote, how="bs", thread=0):
    """The stop's signal and thread, and its reason."""
    remote.ask(f"Hc{thread:x}")
    reply = remote.ask(how)
    words = [word for word in reply[3:].split(";") if word]
    thread = [word for word in words if word.startswith("thread:")]
    return int(reply[1:3], 16), int(thread[0][7:], 16), ";".join(word for word in words if word not in thread)


def finish(remote, plain, what):
    """It ends as the run without gdb, and has printed the same, once."""
    while (stop := remote.go())[0] != "W":
        pass
    code, out, err = remote.finish()
    judge.check(stop[1] == code == plain.returncode, f"{what}: status {stop} {code}, without gdb {plain.returncode}\n{err[-500:]}")
    judge.check(out == plain.stdout, f"{what}: the transcript is another")
    judge.check(err.count("--- page fault") == plain.stderr.count("--- page fault"), f"{what}: strace says things twice, or not")


def steps():
    """Every instruction forwards is there backwards, over calls and other tasks' turns."""
    for cpus in ("--cpus=1", "--cpus=3"):
        options = ("--image=tour", cpus, "--strace")
        plain = m.run(*options)
        r = Remote(m, *options)
        judge.check("ReverseStep+;ReverseContinue+" in r.ask("qSupported"), "it does not say that it can")
        r.ask(f"Z0,{symbol('hello', 'main'):x},1")
        judge.check(r.go() == (TRAP, 3), "hello")
        judge.check(re.fullmatch(r"@1:\d+\n", r.said), f"the stop says no moment: {r.said}")
        r.ask(f"z0,{symbol('hello', 'main'):x},1")
        begin = moment(r)
        while moment(r) == begin:
            r.step(3)
        places = [place(r)]
        for _ in range(40):
            r.step(3)
            places.append(place(r))
        for _ in range(40):
            back(r, thread=3)
        judge.check(place(r) == places[0], "forty steps and back")
        for _ in range(25):
            back(r, thread=3)
            places.insert(0, place(r))
        judge.check(places[-1][0] > places[0][0], "no call on the way")
        for want in places[1:]:
            r.step(3)
            judge.check(place(r) == want, f"{cpus}: forth at {place(r)}, not at {want}")
        for want in reversed(places[:-1]):
            judge.check(back(r, thread=3) == (TRAP, 3, ""), "a step back")
            judge.check(place(r) == want, f"{cpus}: back at {place(r)}, not at {want}")
        finish(r, plain, cpus)


def continues():
    """bc goes to the breakpoint before, and at last to the beginning; a fault's instruction is not run twice."""
    options = ("--image=tour", "--strace")
    plain = m.run(*options)
    r = Remote(m, *options)
    call = symbol("logger", "text_print")
    r.ask(f"Z0,{call:x},1")
    places = []
    while r.go() == (TRAP, 5):
        places.append(place(r))
        r.ask(f"z0,{call:x},1")
        r.step(5)
        r.ask(f"Z0,{call:x},1")
    judge.check(len(places) > 2 and r.ask("?").startswith("T0bthread:6;"), f"{len(places)} calls, and no fault")
    fault = place(r)
    judge.check(back(r, thread=6) == (TRAP, 6, "") and r.register(PC) != fault, "one step back from a fault")
    judge.check(r.step(6) == (TRAP, 6) and r.registers() == fault[1], "and forth, before the instruction")
    judge.check(r.go() == (SEGV, 6) and place(r) == fault, "the same fault")
    for want in reversed(places):
        judge.check(back(r, "bc") == (TRAP, 5, "swbreak:") and place(r) == want, f"at {place(r)}, not at {want}")
    for _ in range(2):
        judge.check(back(r, "bc")[2] == "replaylog:begin", "the beginning, and not beyond it")
    judge.check(back(r)[2] == "replaylog:begin", "not by a step either")
    judge.check(r.go() == (TRAP, 5) and place(r) == places[0], "the first again")
    r.ask(f"z0,{call:x},1")
    judge.check(r.go() == (SEGV, 6) and place(r) == fault, "the fault again")
    finish(r, plain, "continues")


def watchpoints():
    """Stops behind a write forwards, before it backwards; and who was the last to write."""
    image, thread = "--image=hostile-garbage_calls", 6
    plain = m.run(image, "--stop-at=400ms")
    r = Remote(m, image, "--stop-at=400ms")
    place_of, main = symbol("garbage_calls", "random_state"), symbol("garbage_calls", "main")
    judge.check(r.ask(f"Z2,{place_of:x},8") == "OK", "watching what no task has yet")
    judge.check(r.go() == (TRAP, thread) and r.read(place_of, 8) != bytes(8), "the first write, by a task that had not run")
    judge.check(back(r, "bc", thread) == (TRAP, thread, f"watch:{place_of:x}"), "and back before it")
    judge.check(back(r, "bc", thread)[2] == "replaylog:begin", "to the beginning")
    judge.check(r.ask(f"z2,{place_of:x},8") == "OK", "watchpoint not removed")
    r.ask(f"Z0,{main:x},1")
    judge.check(r.go() == (TRAP, thread), "the task")
    r.ask(f"z0,{main:x},1")
    judge.check(r.ask(f"Z2,{place_of:x},8") == "OK", "watchpoint refused")
    judge.check(r.ask("Z2,10,4") == "OK" and r.ask("z2,10,4") == "OK", "a watchpoint where nothing is")
    judge.check(r.ask("Z2,10,9999") == "E01" and r.ask("Z5,10,4") == "E01", "a watchpoint of no kind")
    values, moments = [r.read(place_of, 8)], []
    for _ in range(30):
        judge.check(r.go() == (TRAP, thread), "no stop behind the write")
        judge.check(r.read(place_of, 8) != values[-1], "nothing was written")
        values.append(r.read(place_of, 8))
        moments.append(moment(r))
    said = r.monitor(f"last-writer {place_of:#x},8")
    judge.check(re.match(rf"task 5 \(garbage_calls\) at pc 0x[0-9a-f]+, @1:{moments[-1]}\n  \w+, user/apps/garbage_calls\.c:\d+\n",
                         said), said)
    for value, at_write in zip(reversed(values[:-1]), reversed(moments)):
        judge.check(back(r, "bc", thread) == (TRAP, thread, f"watch:{place_of:x}"), "no stop before the write")
        judge.check(r.read(place_of, 8) == value and moment(r) == at_write, f"before the write of {at_write}: {moment(r)}")
    judge.check(r.go() == (TRAP, thread) and r.read(place_of, 8) == values[1], "and forth")
    judge.check(r.ask(f"z2,{place_of:x},8") == "OK", "watchpoint not removed")
    judge.check(r.ask(f"Z4,{place_of:x},8") == "OK" and r.go() == (TRAP, thread), "no stop at an access")
    judge.check(r.ask(f"z4,{place_of:x},8") == "OK", "watchpoint not removed")
    judge.check(r.monitor(f"last-writer {main:#x}").startswith(("nobody since @1:", "the kernel, after @1:")), "who wrote the code")
    judge.check("has memory there" in r.monitor("last-writer 16"), "an address without memory")
    for wrong in ("", "x", "1,", "1,0", "1,1000", "1 2"):
        judge.check("expected ADDRESS" in r.monitor("last-writer " + wrong) or wrong == "", f"'{wrong}' is taken")
    judge.check("monitor moment" in r.monitor("help"), "help")
    finish(r, plain, "watchpoints")


def kernel_writes():
    """What the kernel writes for a task has the kernel as its last writer."""
    plain = m.run("--image=tour")
    r = Remote(m, "--image=tour")
    fresh, main = symbol("clumsy", "fresh"), symbol("clumsy", "main")
    r.ask(f"Z0,{main:x},1")
    judge.check(r.go() == (TRAP, 6), "clumsy")
    r.ask(f"z0,{main:x},1")
    loaded = r.monitor(f"last-writer {fresh:#x},4")
    judge.check(loaded.startswith(("nobody since @1:", "the kernel, after @1:")), loaded)
    judge.check(r.go() == (SEGV, 6), "its fault")
    fault = moment(r)
    said = r.monitor(f"last-writer {fresh:#x},4")
    judge.check(re.match(r"task 5 \(clumsy\) at pc 0x[0-9a-f]+, @1:\d+\n  main, user/apps/clumsy\.c:\d+\n", said), said)
    r.ask(f"Z0,{main:x},1")
    judge.check(r.go() == (TRAP, 6), "it starts again")
    r.ask(f"z0,{main:x},1")
    said = re.match(r"the kernel, after @1:(\d+) and before @1:(\d+)\n", r.monitor(f"last-writer {fresh:#x},4"))
    judge.check(said and int(said[1]) <= int(said[2]) <= moment(r) and fault <= int(said[2]), f"{said}, fault at {fault}")
    finish(r, plain, "kernel_writes")


def over(remote, breaks):
    """A step of the task that stopped last, also from a breakpoint: gdb removes it as long."""
    pc = remote.register(PC)
    remote.ask(f"z0,{pc:x},1")
    stop = remote.step(int(remote.ask("qC")[2:], 16))
    if pc in breaks:
        remote.ask(f"Z0,{pc:x},1")
    return stop


def wandering():
    """Back and forth at random: never another run."""
    options = ("--image=tasks", "--cpus=2", "--seed=3", "--stop-at=12s")
    plain = m.run(*options)
    r = Remote(m, *options)
    rng = random.Random(5)
    breaks = [symbol(*words) for words in (
        ("uart_driver", "uart_send"), ("logger", "text_print"), ("hello", "print"), ("sensor", "text_print"), ("logger", "text_number"))]
    for a in breaks:
        r.ask(f"Z0,{a:x},1")
    seen = {}
    for _ in range(100):
        how = rng.choice(("go", "go", "go", "go", "go", "go", "bc", "bs", "bs", "step", "step"))
        if how == "go":
            over(r, breaks)
            r.go()
        elif how == "step":
            over(r, breaks)
        else:
            back(r, how, int(r.ask("qC")[2:], 16))
        here = (r.register(PC), moment(r), r.ask("qC"))
        judge.check(seen.setdefault(here, r.registers()) == r.registers(), f"other registers at {here}")
    for a in breaks:
        r.ask(f"z0,{a:x},1")
    finish(r, plain, "wandering")
    judge.check(len(seen) > 20, f"only {len(seen)} places")


def processes():
    """Nothing stays behind, however it ends; input and written memory go back too."""
    def left():
        listing = subprocess.run(["ps", "-eo", "args"], capture_output=True, text=True, check=True).stdout
        return listing.count(m.folder.name)

    r = Remote(m, "--image=tasks")
    r.ask(f"Z0,{symbol('sensor', 'main'):x},1")
    judge.check(r.go() == (TRAP, 4), "sensor")
    back(r, "bs", 4)
    r.process.terminate()
    judge.check(r.process.wait(timeout=60) == 143, "SIGTERM at a stop")
    r.process.communicate()
    r = Remote(m, "--image=idle", "--stop-at=1000s")
    r.send("vCont;c")
    time.sleep(1)
    judge.check(r.interrupt() == INT, "Ctrl-C")
    back(r, "bs", 6)
    r.send("vCont;c")
    r.process.send_signal(signal.SIGINT)
    judge.check(r.process.wait(timeout=60) == 130, "SIGINT")
    r.process.communicate()
    r = Remote(m, "--image=idle")
    back(r, "bc")
    r.process.kill()
    r.process.wait(timeout=60)
    r.socket.close()
    judge.check(m.run("--gdb=unix:/nonexistent/x").returncode == 71, "a socket nowhere")
    r = Remote(m, "--task=" + m.program("exit_code"))
    r.ask(f"Z0,{symbol('exit_code', 'main'):x},1")
    r.go()
    old = r.read(0x40000000 + 5 * 0x3000, 4)
    r.ask(f"M{0x40000000 + 5 * 0x3000:x},4:01020304")
    back(r, "bs", 6)
    judge.check(r.read(0x40000000 + 5 * 0x3000, 4) == old, "what gdb wrote is there before it wrote it")
    judge.check(r.go()[0] == TRAP, "main again")
    r.ask(f"z0,{symbol('exit_code', 'main'):x},1")
    judge.check(r.go()[0] == "W", "the end")
    r.finish()
    for _ in range(100):
        if left() == 0:
            break
        time.sleep(0.1)
    judge.check(left() == 0, f"{left()} processes stay behind")


def rungs():
    """Snapshots that are given up leave nothing behind, and one that somebody kills is missed, not waited for."""
    def children(pid):
        listing = subprocess.run(["ps", "-o", "pid=,stat=", "--ppid", str(pid)], capture_output=True, text=True, check=False).stdout
        return [(int(line.split()[0]), line.split()[1]) for line in listing.splitlines()]

    r = Remote(m, "--image=tasks", "--framebuffer=off", "--cpus=2", "--stop-at=10000s")
    runner = children(r.process.pid)[0][0]
    begin = moment(r)
    while moment(r) < begin + 40000: # or none would have been given up
        r.send("vCont;c")
        time.sleep(1)
        judge.check(r.interrupt() == INT, "Ctrl-C")
    dead = [pid for pid, state in children(runner) if state.startswith("Z")]
    judge.check(not dead, f"{len(dead)} snapshots that were given up were never buried")
    for pid, _ in children(runner):
        os.kill(pid, signal.SIGKILL)
    r.said = ""
    judge.check(back(r)[0] == TRAP and "a snapshot is gone" in r.said, f"killed snapshots: {r.said}")
    r.process.terminate()
    r.process.communicate()


def replayed():
    """A recorded run, back and forth: every event, hash and the state at the end are the recorded ones."""
    record = os.path.join(m.folder.name, "r.json")
    plain = m.run("--image=tour", "--cpus=4", "--seed=9", "--record=" + record)
    r = Remote(m, "--replay=" + record)
    breaks = [symbol("uart_driver", "uart_send"), symbol("logger", "text_print"), symbol("clumsy", "main")]
    for a in breaks:
        r.ask(f"Z0,{a:x},1")
    rng = random.Random(3)
    for _ in range(30):
        if rng.random() < 0.6:
            over(r, breaks)
            r.go()
        else:
            back(r, rng.choice(("bs", "bs", "bc")), int(r.ask("qC")[2:], 16))
    for a in breaks:
        r.ask(f"z0,{a:x},1")
    while r.go()[0] != "W":
        pass
    code, out, err = r.finish()
    judge.check(code == 0 and "the same as recorded" in err, f"{code}: {err[-500:]}")
    judge.check(out == plain.stdout, "the transcript is another")


def typed():
    """Input that has come comes again when it came: it is an event of the machine, and so moves all later moments."""
    options = ("--image=tasks", "--stop-at=3s", "--serial=stdio")
    r = Remote(m, *options, stdin=subprocess.PIPE)
    print_ = symbol("logger", "text_print")
    r.ask(f"Z0,{print_:x},1")
    judge.check(r.go() == (TRAP, 5), "logger")
    before = place(r)
    r.process.stdin.write("abc")
    r.process.stdin.close()
    places = []
    for _ in range(4):
        over(r, [print_])
        judge.check(r.go() == (TRAP, 5), "logger")
        places.append(place(r))
    untouched = Remote(m, *options)
    untouched.ask(f"Z0,{print_:x},1")
    untouched.go()
    over(untouched, [print_])
    judge.check(place(untouched) != before and untouched.go() == (TRAP, 5) and moment(untouched) != places[0][0], "input is no event")
    untouched.process.kill()
    untouched.process.communicate()
    for _ in range(3):
        back(r, "bc", 5)
    judge.check(place(r) == places[0], f"back at {moment(r)}")
    r.ask(f"z0,{print_:x},1")
    judge.check(back(r, "bc")[2] == "replaylog:begin", "the beginning")
    r.ask(f"Z0,{print_:x},1")
    judge.check(r.go() == (TRAP, 5) and place(r) == before, "the first again")
    for want in places:
        over(r, [print_])
        judge.check(r.go() == (TRAP, 5) and place(r) == want, f"again at {moment(r)}, not at {want[0]}")
    r.ask(f"z0,{print_:x},1")
    while r.go()[0] != "W":
        pass
    r.process.stdin = None
    judge.check(r.finish()[0] == 0, "the end")


def flood():
    """More input than is kept: there is no way back any more, instead of a wrong one."""
    r = Remote(m, "--image=keyboard", "--serial=stdio", "--stop-at=10000s", stdin=subprocess.PIPE)
    judge.check(r.monitor("last-writer 0x40000000") != "" and "no snapshots" not in r.said, r.said)
    r.send("vCont;c")
    for _ in range(70):
        r.process.stdin.write("a" * 1024)
        r.process.stdin.flush()
    judge.check(r.interrupt() == INT, "Ctrl-C")
    judge.check("keeps no snapshots" in r.monitor("last-writer 0x40000000"), r.said)
    judge.check(r.ask("bs") == "E01", "it goes back")
    r.process.terminate()
    r.process.wait(timeout=60)


def searches():
    """A search over much of the run: Ctrl-C breaks it off where it began, and else it ends at the beginning."""
    r = Remote(m, "--image=tasks", "--stop-at=3s")
    main, print_ = symbol("sensor", "main"), symbol("sensor", "text_print")
    r.ask(f"Z0,{print_:x},1")
    judge.check(r.go() == (TRAP, 4), "sensor")
    r.ask(f"z0,{print_:x},1")
    judge.check(len(r.monitor("snapshots").splitlines()) > 1, "no snapshots: " + r.said)
    here = place(r)
    judge.check(r.ask(f"Z2,{main:x},4") == "OK", "a watchpoint that is never hit")
    r.ask("Hc0")
    r.send("bc")
    judge.check(r.interrupt() == INT, "the search goes on")
    judge.check(place(r) == here, f"broken off at {place(r)}, not at {here}")
    judge.check(back(r, "bc")[2] == "replaylog:begin" and moment(r) < here[0], "the beginning")
    judge.check(r.ask(f"z2,{main:x},4") == "OK", "watchpoint not removed")
    fresh = r.register(PC)
    judge.check(r.ask(f"Z4,{main:x},4") == "OK" and r.ask(f"z4,{main:x},4") == "OK", "watching what no task has yet")
    r.ask(f"Z0,{print_:x},1")
    judge.check(r.register(PC) == fresh and r.go() == (TRAP, 4) and place(r) == here, "there again")
    r.ask(f"z0,{print_:x},1")
    finish(r, m.run("--image=tasks", "--stop-at=3s"), "searches")


def at():
    """--gdb-at: gdb comes at a moment; what cannot be is refused."""
    plain = m.run("--image=tour")
    end = int(re.search(r"the end at @1:(\d+)", plain.stderr)[1])
    r = Remote(m, "--image=tour", "--gdb-at=@1:9000")
    judge.check(moment(r) == 9000, f"at {moment(r)}")
    judge.check(back(r, "bc")[2] == "replaylog:begin", "gdb comes here, and this is the beginning")
    finish(r, plain, "gdb-at")
    early = Remote(m, "--image=tour", "--gdb-at=@1:10")
    judge.check(early.ask("?").startswith("T05thread:1;"), "before there is a task: at its first instruction")
    finish(early, plain, "gdb-at the boot")
    path = os.path.join(m.folder.name, "nobody")
    late = m.run("--image=tour", "--gdb=unix:" + path, f"--gdb-at=@{end + 1}")
    judge.ended(late, 65, f"--gdb-at=@{end + 1}: the run ended before, at @1:{end}")
    judge.refused(m.run("--gdb-at=@2:5", "--seed=1"), 64, "--gdb-at=@2:5", "this run has seed 1")
    judge.refused(m.run("--gdb-at=5s"), 64, "a moment such as @1:4711")
    judge.refused(m.run("--reverse=maybe"), 64, "on or off")
    for options in (("--reverse=off",), ("--record=" + path,), ("--trace=" + path,), ("--sandbox=strict",),
                    ("--metering=off", "--stop-at=1s")):
        r = Remote(m, "--image=tour", *options)
        judge.check("Reverse" not in r.ask("qSupported"), f"{options}: it promises what it cannot")
        judge.check(r.ask("bs") == "E01" and r.ask("bc") == "E01", f"{options}: it goes back")
        judge.check("keeps no snapshots" in r.monitor("last-writer 0x40100000"), "last-writer without a past")
        r.socket.close()
        r.process.wait(timeout=60)
        r.process.communicate()


TOPICS = (steps, continues, watchpoints, kernel_writes, wandering, processes, rungs, replayed, typed, flood,
    searches, at)
{f.__name__: f for f in TOPICS}[sys.argv[1]]()
judge.finish()

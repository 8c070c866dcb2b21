# SPDX-License-Identifier: MIT
"""The stub for user code, as gdb sees it.

usage: stub.py TOPIC AEGIS-SIM
"""
import json
import os
import random
import re
import shutil
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "../options"))
from machine import Judge, Machine  # noqa: E402
from remote import Remote  # noqa: E402

judge = Judge()
m = Machine(sys.argv[2])
PC = {"x86_64": 16, "aarch64": 32, "riscv64": 32}[m.isa]
SP = {"x86_64": 7, "aarch64": 31, "riscv64": 2}[m.isa]
TRAP, INT, ILL, SEGV, SYS, ALRM = 5, 2, 4, 11, 12, 14


def symbol(program, name):
    listing = subprocess.run(["nm", m.program(program)], capture_output=True, text=True, check=True).stdout
    return int(re.search(rf"^([0-9a-f]+) \w {name}$", listing, re.M)[1], 16)


def code_range(program):
    """Where its instructions are."""
    listing = subprocess.run(["readelf", "-SW", m.program(program)], capture_output=True, text=True, check=True).stdout
    found = re.search(r"\.text +PROGBITS +([0-9a-f]+) [0-9a-f]+ ([0-9a-f]+)", listing)
    return int(found[1], 16), int(found[1], 16) + int(found[2], 16)


def same_run(remote, plain, what):
    code, out, err = remote.finish()
    judge.check(code == plain.returncode, f"{what}: exit code {code}, without gdb {plain.returncode}\n{err[-500:]}")
    judge.check(out == plain.stdout, f"{what}: the run under gdb is another\n" + difference(out, plain.stdout))


def difference(one, other):
    for a, b in zip(one.splitlines(), other.splitlines()):
        if a != b:
            return f"{a}\n{b}"
    return f"lengths {len(one)} {len(other)}"


def session():
    """Breakpoints, steps, registers, memory, threads: and the run is the one without gdb."""
    plain = m.run("--image=tour")
    r = Remote(m, "--image=tour")
    judge.check(r.ask("?") == "T05thread:1;", "it does not stop before the first instruction")
    judge.check(r.register(PC) == symbol("uart_driver", "_start"), "not at _start")
    judge.check(r.ask("qSupported:swbreak+").startswith("PacketSize="), "qSupported")
    judge.check(m.isa.replace("_", "-") in r.ask("qXfer:features:read:target.xml:0,fff") or m.isa == "riscv64", "target.xml")
    main = symbol("hello", "main")
    judge.check(r.ask(f"Z0,{main:x},4") == "OK", "breakpoint refused")
    judge.check(r.go() == (TRAP, 3), "hello's main is not thread 3's")
    judge.check(r.register(PC) == main, f"pc {r.register(PC):x}, not at main")
    judge.check(r.ask("qfThreadInfo") == "m1,3", "threads: " + r.ask("qfThreadInfo"))
    judge.check(bytes.fromhex(r.ask("qThreadExtraInfo,3")) == b"task 2, hello", "thread name")
    judge.check(r.ask("T3") == "OK" and r.ask("T9").startswith("E"), "thread alive")
    sp = r.register(SP)
    judge.check(0x40006000 < sp <= 0x40008000, f"stack pointer {sp:x}")
    with open(m.program("hello"), "rb") as file:
        elf = file.read()
    judge.check(r.read(main, 16) in elf, "the breakpoint changed the program's memory")
    judge.check(r.ask("m0,10").startswith("E") and r.ask("mffff800000000000,8").startswith("E"), "memory it does not have")
    judge.check(r.ask(f"z0,{main:x},4") == "OK", "breakpoint not removed")
    before = main
    for _ in range(20):
        judge.check(r.step(3) == (TRAP, 3), "a step goes astray")
        judge.check(r.register(PC) != before, "a step stays where it is")
        before = r.register(PC)
    judge.check(r.go() == (SEGV, 6), "clumsy's fault")
    judge.check(r.register(PC) in range(*code_range("clumsy")), "where it faulted")
    judge.check(r.go() == (SEGV, 6), "clumsy's second fault")
    judge.check(r.go() == ("W", 0), "the end")
    same_run(r, plain, "tour")


def recorded(name):
    """The marks of a recording: the number and hash of all events, and the state of the machine at the end."""
    with open(os.path.join(m.folder.name, name), encoding="utf-8") as file:
        content = json.load(file)
    return content["end"], content["state"], content["exit"]


def run_and_record(name, *options):
    return m.run(*options, "--record=" + os.path.join(m.folder.name, name))


def remote_and_record(name, *options):
    return Remote(m, *options, "--record=" + os.path.join(m.folder.name, name))


def every_instruction():
    """Stepping through a program that calls a lot, among others that do: CPUs take turns where they would without."""
    tasks = [f"--task={m.program(name)},caps=all,budget=0" for name in ("garbage_calls", "sensor", "client", "guide")]
    for cpus, seed in ((1, 1), (4, 1), (4, 2), (3, 3)):
        options = (*tasks, f"--cpus={cpus}", f"--seed={seed}", "--stop-at=400ms")
        plain = run_and_record("plain", *options)
        r = remote_and_record("stepped", *options)
        main = symbol("garbage_calls", "main")
        r.ask(f"Z0,{main:x},1")
        judge.check(r.go() == (TRAP, 6), "main")
        r.ask(f"z0,{main:x},1")
        for _ in range(3000):
            r.step(6)
        r.send("D")
        same_run(r, plain, f"stepped, {cpus} CPUs")
        judge.check(recorded("plain") == recorded("stepped"), f"{cpus} CPUs: events {recorded('plain')}, stepped {recorded('stepped')}")


def random_stops():
    """Wherever user code stops, nothing of the run changes."""
    seed = 7
    for cpus in (1, 2, 4):
        options = ("--image=tour", f"--cpus={cpus}", f"--seed={seed}", "--stop-at=2s")
        plain = run_and_record("plain", *options)
        rng = random.Random(seed + cpus)
        places = [a for p in ("uart_driver", "hello", "tour_client", "guide", "logger")
                  for a in random_instructions(p, rng)]
        r = remote_and_record("stopped", *options)
        for a in places:
            r.ask(f"Z0,{a:x},1")
        stops = 0
        while stops < 400:
            signal, thread = r.go() if rng.random() < 0.6 else r.step(int(r.ask("qC")[2:], 16))
            if signal == "W":
                break
            stops += 1
            if rng.random() < 0.05 and places:
                r.ask(f"z0,{places.pop(rng.randrange(len(places))):x},1")
        judge.check(stops > 100, f"only {stops} stops with {cpus} CPUs")
        r.send("D")
        same_run(r, plain, f"{stops} stops, {cpus} CPUs")
        judge.check(recorded("plain") == recorded("stopped"), f"{cpus} CPUs: the events differ")


def random_instructions(program, rng):
    """Some addresses of instructions, by the compiler's line table."""
    tool = shutil.which(m.isa.replace("_", "-") + "-linux-gnu-objdump") or shutil.which(m.isa + "-linux-gnu-objdump") or "objdump"
    dump = subprocess.run([tool, "-d", m.program(program)], capture_output=True, text=True, check=True).stdout
    every = [int(a, 16) for a in re.findall(r"^ *([0-9a-f]+):\t", dump, re.M)]
    return rng.sample(every, min(6, len(every)))


def changes():
    """What gdb writes is what the program has."""
    r = Remote(m, "--task=" + m.program("exit_code"))
    wait = symbol("exit_code", "main")
    r.ask(f"Z0,{wait:x},1")
    judge.check(r.go() == (TRAP, 6), "main")
    judge.check(r.set_register(SP, 0x1234) == "OK" and r.register(SP) == 0x1234, "register write")
    everything = r.registers()
    judge.check(r.ask("G" + everything) == "OK" and r.registers() == everything, "writing all registers")
    judge.check(r.ask("G00").startswith("E"), "too few registers")
    stack = 0x40000000 + 5 * 0x3000
    judge.check(r.ask(f"M{stack:x},4:01020304") == "OK" and r.read(stack, 4) == b"\x01\x02\x03\x04", "memory write")
    judge.check(r.ask(b"X%x,3:}\x03}\x04*" % stack) == "OK" and r.read(stack, 3) == b"#$*", "binary memory write")
    judge.check(r.ask("M0,1:00").startswith("E"), "write to nowhere")
    # Back to the beginning of the program: it runs once more, and stops here once more.
    r.set_register(SP, stack + 0x2000)
    r.set_register(PC, symbol("exit_code", "_start"))
    judge.check(r.go() == (TRAP, 6) and r.register(PC) == wait, "a new pc")
    # Another instruction where it is about to run: the machine must not run the old one.
    r.ask(f"z0,{wait:x},1")
    illegal = {"x86_64": "0f0b0f0b", "aarch64": "00000000", "riscv64": "00000000"}[m.isa]
    judge.check(r.ask(f"M{wait:x},4:{illegal}") == "OK", "code write")
    judge.check(r.go() == (ILL, 6), "changed code")
    judge.check(r.go() == ("W", 63), "a task that faults for good")
    code, out, _ = r.finish()
    judge.check(code == 63 and "undefined or privileged instruction" in out, f"end: {code}")


def signals():
    """How faults look."""
    for image, signal in (("null_deref", SEGV), ("wild_kernel", SEGV), ("write_code", SEGV), ("exec_data", SEGV),
                          ("stack_overflow", SEGV), ("privileged", ILL), ("fp_use", ILL), ("cycle_counter", ILL),
                          ("missed_heartbeat", ALRM)):
        r = Remote(m, "--image=hostile-" + image, "--on-fault=stop")
        judge.check(r.go() == (signal, 6), f"{image} is not signal {signal}")
        judge.check(r.go() == ("W", 1), f"{image}: no end")
        r.finish()
    r = Remote(m, f"--task={m.program('exit_code')},caps=none")
    judge.check(r.go() == (SYS, 6), "a denied call is no SIGSYS")
    judge.check(r.go() == ("W", 63), "a denied call: no end")
    r.finish()


def interruption():
    """Ctrl-C, detaching, killing, and gdb that just goes away."""
    plain = m.run("--image=idle", "--stop-at=20s")
    r = Remote(m, "--image=idle", "--stop-at=20s")
    r.send("vCont;c")
    judge.check(r.interrupt() == INT, "Ctrl-C")
    judge.check(r.register(PC) in range(*code_range("idle")), "where Ctrl-C stopped it")
    judge.check(r.ask("D") == "OK", "detach")
    same_run(r, plain, "interrupted and detached")
    r = Remote(m, "--image=tasks")
    r.ask(f"Z0,{symbol('sensor', 'main'):x},1")
    r.socket.close()
    r.process.terminate()
    judge.check(r.process.wait(timeout=60) == 143, "gdb is gone, and SIGTERM does not end it")
    r.process.communicate()
    r = Remote(m, "--image=tasks")
    r.send("k")
    judge.check(r.finish()[0] == 0, "kill")
    r = Remote(m, "--image=tasks", "--timeout=1")
    judge.check(r.process.wait(timeout=60) == 124, "--timeout while gdb thinks")
    r.finish()
    path = os.path.join(m.folder.name, "gdb")
    judge.check(not os.path.exists(path), "the socket is left behind")
    judge.refused(m.run("--gdb=unix:/nonexistent/x"), 71, "No such file")
    judge.refused(m.run("--gdb=serial"), 64, "tcp::1234")
    judge.refused(m.run("--gdb=tcp:nowhere.invalid:1"), 71, "--gdb=tcp:nowhere.invalid:1")


def garbage():
    """Packets that make no sense are answered and do no harm."""
    plain = m.run("--image=tour", "--stop-at=1s")
    rng = random.Random(5)
    r = Remote(m, "--image=tour", "--stop-at=1s")
    letters = "?HTgGpPmMXZzqQvFAbBiIjJlLnNoOrRStuUVwWxyY"
    for _ in range(400):
        packet = rng.choice(letters) + "".join(rng.choice("0123456789abcdef,:;=-#}xq") for _ in range(rng.randrange(40)))
        if packet[0] in "GPMX" or packet.startswith("vC"):
            packet = packet[0] + "zz" + packet[1:]
        r.ask(packet.replace("#", "").replace("}", ""))
    for text in ("qXfer:features:read:target.xml:ffffffff,10", "qXfer:features:read:target.xml:0,0", "vFile:open:", "vFile:pread:64,0,0",
                 "vFile:pread:ffffffffffffffff,10,10", "vFile:fstat:0", "vFile:unlink:00", "m40008000,ffffffffffffffff", "p9999"):
        r.ask(text)
    r.send("D")
    same_run(r, plain, "garbage")


{f.__name__: f for f in (session, every_instruction, random_stops, changes, signals, interruption, garbage)}[sys.argv[1]]()
judge.finish()

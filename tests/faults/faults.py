# SPDX-License-Identifier: MIT
"""What --fault does at each point, and what it refuses.

usage: faults.py TOPIC AEGIS-SIM
"""
import os
import re
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "../options"))
from machine import Judge, Machine  # noqa: E402 pylint: disable=wrong-import-position

judge = Judge()
m = Machine(sys.argv[2])
IRQ_LINE = "IRQ:this line was sent in pieces, each after an interrupt"


def fault(rule, *args):
    return m.run("--fault=" + rule, *args)


def words():
    """Rules that are none: one line, exit code 64."""
    for rule, *texts in (("", "there is no point ''"), ("pol", "did you mean pool?"), ("user-cpy", "did you mean user-copy?"),
                         ("disk", "--fault=help lists them"), ("pool,nht=3", "unknown word 'nht'"), ("pool,nth=0", "from 1"),
                         ("pool,nth=x", "expected a number"), ("pool,nth", "expected a number"), ("pool,times=0", "from 1"),
                         ("pool,times=-1", "expected a number"), ("pool,prob=5", "such as 5%"), ("pool,prob=0%", "such as 5%"),
                         ("pool,prob=101%", "such as 5%"), ("pool,prob=0.00001%", "at least 0.0001%"),
                         ("pool,prob=nan%", "such as 5%"), ("pool,after=soon", "such as 3s"), ("pool,task=", "name of a task"),
                         ("pool,task=a-name-that-is-too-long", "up to 15 letters"), ("pool,drop", "unknown word 'drop'"),
                         ("pool=3", "takes no value"), ("irq", "spurious drop delay"), ("irq,nth=3", "spurious drop delay"),
                         ("irq,lose=3%", "unknown effect 'lose'"), ("irq,drop=3", "such as 5%"), ("irq,delay", "=TIME"),
                         ("irq,delay=x", "such as 3s"), ("irq,drop=5%,prob=3%", "a chance already"),
                         ("irq,drop,task=hello", "about tasks"), ("irq,drop,delay=3ms", "unknown word 'delay'"),
                         ("irq=drop", "takes no value"), ("timer", "jitter"), ("ipi,delay=", "such as 3s"),
                         ("user-memory,flip=0", "from 1"), ("tlb", "stale random check"), ("tlb=fresh", "unknown effect 'fresh'"),
                         ("tlb=stale,nth=2", "no conditions")):
        judge.refused(fault(rule), 64, f"--fault={rule}: ", *texts)
    judge.refused(m.run(*["--fault=pool"] * 17), 64, "at most 16")
    judge.refused(m.run("--fault-seed=x"), 64, "--fault-seed=x: expected a number")
    helped = fault("help")
    judge.ended(helped, 0, "frame", "irq-slot", "user-copy", "[BAD_ADDRESS]", "irq,drop[=P%]", "tlb=stale", "nth=N", stream="stdout")
    judge.ended(m.run("--help=fault"), 0, "--fault=POINT", "--fail-each=", stream="stdout")


def kernel():
    """Each point of the kernel fails where it is told to, and the documented error comes back."""
    plain = m.run("--image=tour", "--strace")
    for status in ("NO_MEMORY", "IRQ_FULL", "QUEUE_FULL", "BAD_ADDRESS"):
        judge.check(f"= {status}" not in plain.stderr, f"the plain tour shows {status}")
    for rule, image, pattern in (("grant,nth=1", "tour", r"\(client\): grant_create\(id=0, .*\) = NO_MEMORY"),
                                 ("queue,nth=2", "tour", r"\(sensor\): send\(ep=1, .*\) = QUEUE_FULL"),
                                 ("user-copy,nth=1", "tour", r"\(hello\): write\(.*\) = BAD_ADDRESS"),
                                 ("irq-slot,nth=1", "interrupts", r"\(interrupts\): irq_bind\(.*\) = IRQ_FULL")):
        run = fault(rule, "--image=" + image, "--strace")
        judge.check(re.search(pattern, run.stderr), f"{rule}: no line like {pattern}")
        point = rule.split(",", maxsplit=1)[0]
        said = re.search(rf"aegis-sim: fault at [0-9.]+ s, @1:\d+: {point} fails, the \d+\. time", run.stderr)
        judge.check(said, f"{rule}: not announced")
        judge.check(run.returncode in (0, 83), f"{rule}: exit code {run.returncode}")
    for rule in ("frame,nth=1", "frame,nth=12", "stack,nth=1", "pool,nth=3"):
        judge.ended(fault(rule, "--image=tour"), 78, "the image or the machine cannot run")
    loaded = fault("segment-load,nth=3", "--image=tour")
    judge.ended(loaded, 0, "FAULT task 2 (hello)", "cause: a segment of its program could not be loaded", "task 2 restarted (1)",
                "L5:ELF")
    never = fault("segment-load,task=interrupts", "--image=interrupts")
    judge.ended(never, 0, "could not be loaded", "never to restart", stream="stdout")
    judge.check("IRQ:" not in never.stdout, "a task that cannot be loaded runs")


def conditions():
    """nth, times, prob, after and task."""
    def failed(rule, *args):
        run = fault(rule, "--image=tour", "--strace", *args)
        return re.findall(r"\[([0-9.]+)[^]]*\] .*?task \d \((\w+)\): write\(.*\) = BAD_ADDRESS", run.stderr)

    every = failed("user-copy")
    judge.check(len(every) >= 3, f"user-copy: {every}")
    judge.check(len(failed("user-copy,nth=2")) == 1, "nth=2 does not fail once")
    judge.check(len(failed("user-copy,nth=2,times=2")) == 2, "nth=2,times=2 does not fail twice")
    judge.check(len(failed("user-copy,times=1")) == 1, "times=1 does not fail once")
    judge.check({task for _, task in failed("user-copy,task=guide")} == {"guide"}, "task=guide hits somebody else")
    judge.check(not failed("user-copy,task=nobody"), "task=nobody hits somebody")
    late = failed("user-copy,after=3s")
    judge.check(late and min(float(time) for time, _ in late) >= 3, f"after=3s: {late}")
    some = failed("user-copy,prob=30%")
    judge.check(some == failed("user-copy,prob=30%"), "two runs with a chance differ")
    others = {str(failed("user-copy,prob=30%", f"--fault-seed={seed}")) for seed in range(2, 6)}
    judge.check(len(others | {str(some)}) > 1, "--fault-seed changes nothing")
    judge.check(not failed("user-copy,prob=0.0001%"), "a chance in a million comes true")
    both = m.run("--fault=user-copy,nth=1", "--fault=user-copy,nth=2", "--image=tour", "--strace")
    judge.check(both.stderr.count("= BAD_ADDRESS") == 2, "two rules do not both apply")


def interrupts():
    """Spurious, lost and late interrupts."""
    plain = m.run("--image=interrupts")
    judge.ended(plain, 0, IRQ_LINE)
    judge.ended(fault("irq,spurious=100%", "--image=interrupts"), 0, IRQ_LINE, "comes although nobody asked")
    spurious = fault("irq,spurious=50%", "--image=tour", "--check=invariants")
    judge.ended(spurious, 0, "guide: task 5 is done", "comes although nobody asked")
    lost = fault("irq,drop,nth=2", "--image=interrupts")
    judge.ended(lost, 83, "interrupt 33 is lost", "aegis-sim: deadlock: tasks wait", "IRQ:this")
    late = fault("irq,delay=20ms", "--image=interrupts")
    judge.ended(late, 0, IRQ_LINE)
    judge.check(late.stdout != plain.stdout, "irq,delay delays nothing")
    judge.check(late.stdout == fault("irq,delay=20ms", "--image=interrupts").stdout, "two runs with irq,delay differ")


def clocks():
    """Late ticks and late interrupts between CPUs: other times, the same work."""
    def work(run):
        return re.findall(r"summary: .* (\d+ messages, \d+ faults, \d+ restarts, \d+ exits)", run.stdout)

    for rule, *args in (("timer,jitter=9ms",), ("ipi,delay=3ms", "--cpus=4"), ("timer,jitter=2ms", "--cpus=3")):
        plain, run = m.run("--image=tour", *args), fault(rule, "--image=tour", "--check=invariants", *args)
        judge.ended(run, 0, "guide: task 5 is done")
        judge.check(work(plain) and work(run) == work(plain), f"{rule}: other work: {work(run)}")
        judge.check(run.stdout.splitlines()[-1] != plain.stdout.splitlines()[-1], f"{rule}: nothing is later")


def memory():
    """A task that looks after its memory finds what flips in it."""
    judge.ended(m.run("--image=checker"), 0, "checker: nothing has changed")
    for seed in ("1", "2"):
        run = fault("user-memory,flip=16,nth=3,task=checker", "--image=checker", "--fault-seed=" + seed)
        judge.check(re.search(r"bit \d flips at 0x[0-9a-f]+ of task 0 \(checker\)", run.stderr), "no flip is announced")
        judge.check("nothing has changed" not in run.stdout, "a flip is not noticed")
        judge.check("checker: memory has changed" in run.stdout or "FAULT task 0" in run.stdout,
                    f"nobody finds the flip: {run.stdout[-500:]}")
    judge.ended(fault("user-memory,flip,task=nobody", "--image=checker"), 0, "checker: nothing has changed")


def tlbs():
    """A kernel that flushes what it must does not notice how its TLBs behave."""
    for args in (("--image=tour",), ("--image=tour", "--cpus=4", "--stop-at=1s"), ("--image=hostile-stale_grant", "--stop-at=1s"),
                 ("--image=hostile-exit_with_grant",)):
        plain = m.run(*args)
        for mode in ("stale", "random", "check"):
            run = fault("tlb=" + mode, *args)
            same = run.returncode == plain.returncode and run.stdout == plain.stdout
            judge.check(same, f"tlb={mode} changes {args}: {run.stderr[-600:]}")


def recorded():
    """Faults are part of a recording, of the line that reproduces a run, and of what --check-determinism compares."""
    path = os.path.join(m.folder.name, "run.rec")
    rules = ("--fault=user-copy,prob=30%", "--fault=timer,jitter=5ms", "--fault-seed=9")
    run = m.run("--image=tour", *rules, "--record=" + path)
    judge.check("reproduce: " in run.stderr and all(rule.replace("%", "") in run.stderr.replace("%", "") for rule in rules),
                "the reproduce: line does not name the faults")
    again = m.run("--replay=" + path)
    judge.check(again.stdout == run.stdout, "the replay differs")
    judge.ended(again, run.returncode, "the same as recorded")
    judge.ended(m.run("--replay=" + path, "--fault=user-copy"), run.returncode, "the same as recorded")
    judge.ended(m.run("--image=tour", *rules, "--check-determinism"), run.returncode)
    with open(path, encoding="utf-8") as file:
        text = file.read()
    broken = m.file("broken.rec", text.replace("user-copy,prob", "user-copy,pro"))
    judge.refused(m.run("--replay=" + broken), 65, "fault 0: unknown word 'pro'")


{f.__name__: f for f in (words, kernel, conditions, interrupts, clocks, memory, tlbs, recorded)}[sys.argv[1]]()
judge.finish()

# SPDX-License-Identifier: MIT
"""The two machines: the simulator, and bare metal in QEMU."""

import os
import subprocess
import time

import qemu
from twinlib.compare import COMPARED, Run
from twinlib.console import Console
from twinlib.events import Reader

NOT_FINISHED = 89  # the simulator's --must-finish
SETTLE_TICKS = 10  # so that the console shows what the last events said
LEAST_TICKS = 150  # bare metal runs so long even if every task has shown all: something too much may come
LOOK_EVERY = 0.02  # host seconds


class Failed(Exception):
    """A machine did not run at all: (exit status, what)."""


def read(path):
    with open(path, "rb") as file:
        return file.read()


def make_run(reader, console, ended, names, like=None):
    return Run(reader.events, Console(console, reader.events, names, like), ended, reader.tick, reader.damaged)


def simulate(binary, image, cpus, seconds, folder, names):
    """
    Run an image in the simulator, for virtual seconds unless it ends by itself. On several CPUs a driver and the kernel may
    talk into each other's lines, on either side; one CPU says what the lines are.
    """
    like = simulate(binary, image, 1, seconds, folder, names).console if cpus > 1 else None
    path = os.path.join(folder, "sim.events")
    words = [binary, f"--image={image}", f"--cpus={cpus}", f"--stop-at={seconds}s", "--must-finish", f"--events={path}"]
    if not os.path.isfile(binary):
        raise Failed(66, f"{binary}: there is no such simulator")
    done = subprocess.run(words, stdin=subprocess.DEVNULL, capture_output=True, timeout=120, check=False)
    if 64 <= done.returncode < 80 and done.returncode != 78:
        raise Failed(done.returncode, done.stderr.decode(errors="replace").strip())
    reader = Reader(names.kinds)
    reader.feed(read(path))
    console = b"\n".join(line for line in done.stdout.split(b"\n") if not line.startswith(b"aegis-sim: "))
    run = make_run(reader, console, None if done.returncode == NOT_FINISHED else done.returncode, names, like)
    run.like = like
    return run


class Metal:
    """One run of the bare-metal kernel in QEMU, until it has shown as much as the simulator did."""

    def __init__(self, options, folder, names):
        self.isa, self.names = options.isa, names
        self.trace, self.console = options.trace, os.path.join(folder, "qemu.console")
        self.log = os.path.join(folder, "qemu.log")
        self.reader = Reader(names.kinds)
        open(self.trace, "wb").close()  # QEMU makes it, a moment from now
        with open(self.console, "wb") as out, open(self.log, "wb") as log:
            self.process = subprocess.Popen(qemu.command(options), stdin=subprocess.DEVNULL, stdout=out, stderr=log,
                                            preexec_fn=qemu.die_with_parent)

    def look(self, file):
        self.reader.feed(file.read())

    def has_shown(self, sim, wanted):
        counts = self.reader.counts(COMPARED)
        return self.reader.tick >= min(sim.tick, LEAST_TICKS) and all(counts.get(task, 0) >= n for task, n in wanted.items())

    def run(self, sim, wanted, timeout, progress):
        """`wanted`: how many events of each task are enough. Twice the simulator's ticks are given for them."""
        deadline, enough = time.monotonic() + timeout, None
        with open(self.trace, "rb") as file:
            while self.process.poll() is None and time.monotonic() < deadline:
                self.look(file)
                counts = self.reader.counts(COMPARED)
                progress(sum(min(n, counts.get(task, 0)) for task, n in wanted.items()), sum(wanted.values()))
                if enough is None and sim.ended is None and self.has_shown(sim, wanted):
                    enough = self.reader.tick + SETTLE_TICKS
                if enough is not None and self.reader.tick >= enough or self.reader.tick > 2 * sim.tick + LEAST_TICKS:
                    break
                time.sleep(LOOK_EVERY)
            ended = self.stop()
            self.look(file)
        said = read(self.log).decode(errors="replace").strip()
        if not self.reader.events and not read(self.console) and said:
            raise Failed(71, f"QEMU: {said}")
        return make_run(self.reader, read(self.console), ended, self.names, sim.like)

    def stop(self):
        """The status it ended with, or None if it had to be stopped."""
        if self.process.poll() is not None:
            return qemu.kernel_status(self.isa, self.process.returncode)
        self.process.kill()
        self.process.wait()
        return None


def qemu_options(twin, image, folder):
    """Counted instructions are the clock: a run repeats exactly, idle time passes at once, the host's load does not matter."""
    words = [f"--isa={twin.isa}", f"--build={twin.build}", f"--image={image}", f"--cpus={twin.cpus}",
             f"--machine={twin.machine}", f"--trace={os.path.join(folder, 'qemu.events')}", "--icount"]
    return qemu.parse(words + ([f"--kernel={twin.kernel}"] if twin.kernel else []))

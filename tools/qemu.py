# SPDX-License-Identifier: MIT
"""One run of a kernel in QEMU; the body of `./aegis qemu`.

The serial line goes to standard output, what this program and QEMU say to standard error. The run ends with the kernel's
own status (docs/simulator.md), or because of --expect, --forbid or --timeout. QEMU is a child that never outlives it.
"""
import argparse
import contextlib
import ctypes
import difflib
import fcntl
import glob
import json
import os
import re
import selectors
import shlex
import signal
import socket
import subprocess
import sys
import termios
import time

import symbols
import task_image

EX_USAGE, EX_NO_INPUT, EX_UNAVAILABLE, EX_OS_ERROR = 64, 66, 69, 71
PANIC, NOT_EXPECTED, FORBIDDEN, TIMED_OUT = 80, 87, 88, 124
MEANINGS = {1: "a policy stopped it", 78: "too little memory, or an image that cannot run", PANIC: "kernel panic",
            83: "deadlock", TIMED_OUT: "--timeout"}
MACHINES = {"x86_64": ["q35"], "aarch64": ["virt", "gic-version=3"], "riscv64": ["virt"]}
CPUS = {"x86_64": None, "aarch64": "cortex-a72", "riscv64": None}
DEBUG_EXIT = "isa-debug-exit,iobase=0x501,iosize=2"
SCREEN_SETTLES = 0.3  # seconds between a line on the console and its picture
ANSWERS, QUITS = 10, 2  # seconds that QEMU gets
PAUSE = 0.3             # seconds after which a line that has no end yet is looked at
PR_SET_PDEATHSIG = 1
F_SETPIPE_SZ, PIPE_SIZE = 1031, 1 << 20  # a console that waits for its reader is another machine


def say(text):
    print(f"aegis: {text}", file=sys.stderr, flush=True)


def die(status, text):
    say(text)
    sys.exit(status)


# -- The command line --

def positive(text):
    if not text.isdecimal() or not 1 <= int(text) <= 255:
        raise argparse.ArgumentTypeError(f"{text}: expected a number from 1 to 255")
    return int(text)


def seconds(text):
    if not re.fullmatch(r"\d{1,6}(\.\d+)?", text) or float(text) == 0:
        raise argparse.ArgumentTypeError(f"{text}: expected seconds such as 10 or 0.5")
    return float(text)


def size(text):
    if not re.fullmatch(r"[1-9]\d{0,6}[KMG]", text):
        raise argparse.ArgumentTypeError(f"{text}: expected a size such as 256M")
    return text


def pattern(text):
    try:
        return re.compile(text)
    except re.error as error:
        raise argparse.ArgumentTypeError(f"{text}: no regular expression: {error}") from None


class Parser(argparse.ArgumentParser):
    """Wrong words are answered in one line, with what they may have meant."""

    def error(self, message):
        unknown = re.match(r"unrecognized arguments: (\S+)", message)
        if unknown:
            word = unknown[1].split("=")[0]
            guess = difflib.get_close_matches(word, [w for a in self._actions for w in a.option_strings], 1)
            message = f"unknown option '{word}'" + (f"; did you mean {guess[0]}?" if guess else "")
        die(EX_USAGE, message)


def parse(words):
    parser = Parser(prog="./aegis qemu", usage="./aegis qemu [OPTION...]", allow_abbrev=False, add_help=False,
                    formatter_class=lambda prog: argparse.HelpFormatter(prog, max_help_position=24, width=110))
    parser.add_argument("--isa", choices=MACHINES, required=True, help=argparse.SUPPRESS)
    parser.add_argument("--build", required=True, help=argparse.SUPPRESS)
    parser.add_argument("--only-parse", action="store_true", help=argparse.SUPPRESS)
    machine = parser.add_argument_group("Machine")
    machine.add_argument("--cpus", type=positive, default=1, metavar="N", help="CPUs (default 1)")
    machine.add_argument("--memory", type=size, default="256M", metavar="SIZE", help="RAM (default 256M)")
    machine.add_argument("--cpu", metavar="MODEL", help="CPU model, such as max (default: cortex-a72, else QEMU's own)")
    machine.add_argument("--machine", default="", metavar="OPTS",
                         help="QEMU machine: TYPE, KEY=VALUE or both, such as gic-version=2")
    machine.add_argument("--icount", action="store_true", help="virtual time from counted instructions: runs repeat exactly")
    machine.add_argument("--qemu", type=shlex.split, default=[], metavar="WORDS", help="more words for QEMU itself")
    runs = parser.add_argument_group("What runs")
    runs.add_argument("--image", metavar="NAME|FILE",
                      help="an image of the build by its name (default tour), a file, or none")
    runs.add_argument("--task", action="append", default=[], metavar="FILE[,KEY=VALUE...]",
                      help="a program of your own, as ./aegis-sim takes it; the status is that of the first")
    runs.add_argument("--append", default="", metavar="WORDS", help="kernel command line")
    runs.add_argument("--kernel", metavar="FILE", help="another kernel than the build's")
    limits = parser.add_argument_group("Limits")
    limits.add_argument("--timeout", type=seconds, metavar="SECS", help="give up after this time (status 124)")
    limits.add_argument("--expect", type=pattern, action="append", default=[], metavar="REGEX",
                        help="end with status 0 when each of these has matched some line of the console; 87 if that never happens")
    limits.add_argument("--forbid", type=pattern, action="append", default=[], metavar="REGEX",
                        help="end with status 88 when a line of the console matches")
    watch = parser.add_argument_group("Watching")
    watch.add_argument("--gdb", nargs="?", const="1234", metavar="PORT",
                       help="wait for gdb before the first instruction (default port 1234; a path: a Unix socket)")
    watch.add_argument("--display", action="store_true", help="show the screen in a window")
    watch.add_argument("--screenshot", metavar="FILE",
                       help="write a picture (.png, .ppm) when --expect or --timeout ends the run")
    watch.add_argument("--trace", metavar="FILE", help="write the kernel's trace events (common/trace.h)")
    watch.add_argument("--print", action="store_true", help="print QEMU's command line instead of running it")
    watch.add_argument("-h", "--help", action="help", help="this text")
    options = parser.parse_args(words)
    if options.screenshot and not (options.expect or options.timeout):
        parser.error("--screenshot needs --expect or --timeout to say when")
    if options.task and options.image:
        parser.error("--task and --image: one of them")
    return options


# -- QEMU's command line --

def find_image(name, build):
    """The file of an image, or None for `none`."""
    if name == "none":
        return None
    folder = os.environ.get("AEGIS_IMAGES", os.path.join(build, "images"))
    file = name if "/" in name else os.path.join(folder, name + ".img")
    if os.path.isfile(file):
        return file
    if os.path.isfile(name):
        return name
    if "/" in name:
        die(EX_NO_INPUT, f"--image={name}: there is no such file")
    there = sorted(os.path.basename(path)[:-4] for path in glob.glob(os.path.join(folder, "*.img")))
    guess = difflib.get_close_matches(name, there, 1)
    die(EX_NO_INPUT, f"--image={name}: no such image{f'; did you mean {guess[0]}?' if guess else ''} "
                     f"there are: {' '.join(there)} (or give the path of a file)")


def find_programs(options):
    """(image, words for the kernel)."""
    if not options.task:
        return find_image(options.image or "tour", options.build), []
    try:
        options.folder, image, first = task_image.pack(options.task)
    except task_image.Refused as error:
        die(EX_USAGE, str(error))
    return image, [f"exit-task={first}"]


def machine_type(isa, changes):
    """QEMU's -machine: ours, with TYPE or KEY=VALUE of `changes` in place of what they replace."""
    words = list(MACHINES[isa])
    for change in filter(None, changes.split(",")):
        if "=" not in change:
            words = [change]
            continue
        key = change.split("=")[0]
        words = [word for word in words if not word.startswith(key + "=")] + [change]
    return ",".join(words)


def exit_channel(options):
    """(QEMU words, kernel words) by which the kernel hands over its status and its trace."""
    traced = ["trace=0x7ff"] if options.trace else []
    if options.isa == "x86_64":
        return ["-device", DEBUG_EXIT] + (["-debugcon", f"file:{options.trace}"] if options.trace else []), traced
    if options.isa == "riscv64" and not options.trace:
        return [], []  # its board has a register for the status
    if not options.trace:
        return ["-semihosting-config", "enable=on,target=native"], ["semihosting"]
    return ["-chardev", f"file,id=trace,path={options.trace}",
            "-semihosting-config", "enable=on,target=native,chardev=trace"], ["semihosting", *traced]


def time_words(options):
    return ["-icount", "shift=0,sleep=off", "-rtc", "clock=vm,base=2024-01-01T00:00:00", "-seed", "1"] if options.icount else []


def gdb_words(where):
    if where is None:
        return []
    return ["-gdb", f"unix:{where},server=on,wait=off" if "/" in where else f"tcp:127.0.0.1:{where}"]


def command(options):
    kernel = options.kernel = options.kernel or os.path.join(options.build, "kernel",
                                            f"aegis-{options.isa}.{'elf' if options.isa == 'x86_64' else 'img'}")
    if not os.path.isfile(kernel):
        die(EX_NO_INPUT, f"{kernel}: there is no such kernel")
    image, task_words = find_programs(options)
    cpu = options.cpu or CPUS[options.isa]
    channel, kernel_words = exit_channel(options)
    append = " ".join(filter(None, [*kernel_words, *task_words, options.append]))
    return ["qemu-system-" + options.isa, "-M", machine_type(options.isa, options.machine), *(["-cpu", cpu] if cpu else []),
            "-smp", str(options.cpus), "-m", options.memory, "-nodefaults", "-no-user-config", "-no-reboot",
            "-display", "gtk" if options.display else "none",
            *(["-device", "bochs-display"] if options.display or options.screenshot else []),
            "-serial", "stdio", *channel, *time_words(options), *gdb_words(options.gdb),
            "-kernel", kernel, *(["-initrd", image] if image else []), *(["-append", append] if append else []), *options.qemu]


# -- The run --

class Failed(Exception):
    """QEMU did what it should not."""


class Monitor:
    """QEMU's control channel (QMP) on one end of a socket pair."""

    def __init__(self, end):
        self.end, self.buffer = end, b""
        end.settimeout(ANSWERS)

    def receive(self):
        while b"\n" not in self.buffer:
            data = self.end.recv(65536)
            if not data:
                raise Failed("QEMU went away")
            self.buffer += data
        line, self.buffer = self.buffer.split(b"\n", 1)
        return json.loads(line)

    def ask(self, name, **arguments):
        self.end.sendall(json.dumps({"execute": name, "arguments": arguments}).encode() + b"\n")
        while True:
            answer = self.receive()
            if "error" in answer:
                raise Failed(f"{name}: {answer['error']['desc']}")
            if "return" in answer:
                return answer["return"]


def die_with_parent():
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)


def kernel_status(isa, got):
    """The kernel's status, from the one that QEMU ended with."""
    if got < 0:
        die(128 - got, f"QEMU was ended by signal {-got}")
    return got // 2 if isa == "x86_64" and got % 2 == 1 else got  # isa-debug-exit: 2 * status + 1; anything else ends with 0


class Machine:
    def __init__(self, options):
        self.options = options
        self.line, self.missing, self.panic = b"", list(options.expect), []
        self.deadline = time.monotonic() + options.timeout if options.timeout else None
        ours, theirs = socket.socketpair()
        words = command(options) + ["-S", "-chardev", f"socket,id=control,fd={theirs.fileno()}",
                                    "-mon", "chardev=control,mode=control"]
        terminal = sys.stdin is not None and sys.stdin.isatty()
        self.modes = termios.tcgetattr(sys.stdin) if terminal else None
        try:
            self.qemu = subprocess.Popen(words, stdin=None if terminal else subprocess.DEVNULL, stdout=subprocess.PIPE,
                                         pass_fds=[theirs.fileno()], preexec_fn=die_with_parent)
        except FileNotFoundError:
            die(EX_UNAVAILABLE, f"{words[0]} is not installed; tools/deps.sh qemu installs it")
        theirs.close()
        with contextlib.suppress(OSError):  # more than this user may have
            fcntl.fcntl(self.qemu.stdout, F_SETPIPE_SZ, PIPE_SIZE)
        self.monitor = Monitor(ours)

    def start(self):
        """Until QEMU has taken the options and the kernel it is not the kernel's status that it ends with."""
        try:
            self.monitor.receive()
            self.monitor.ask("qmp_capabilities")
        except (Failed, OSError):
            self.stop()
            die(EX_OS_ERROR, "QEMU refused; see above")
        if self.options.gdb is None:
            with contextlib.suppress(Failed, OSError):
                self.monitor.ask("cont")  # a machine may be over before it answers

    def stop(self):
        try:
            if self.qemu.poll() is None:
                self.monitor.ask("quit")
                self.qemu.wait(QUITS)
        except (Failed, OSError, subprocess.TimeoutExpired):
            self.qemu.kill()
        self.qemu.wait()
        if self.modes:
            termios.tcsetattr(sys.stdin, termios.TCSANOW, self.modes)

    def look_at(self, line):
        """The status to end with after this line, or None."""
        text = line.decode(errors="replace").rstrip("\r")
        if self.panic or "panic:" in text:
            self.panic.append(text)
        if any(forbidden.search(text) for forbidden in self.options.forbid):
            return FORBIDDEN
        self.missing = [wanted for wanted in self.missing if not wanted.search(text)]
        return 0 if self.options.expect and not self.missing else None

    def copy(self):
        """Pass on what is there: the lines in it that are complete, or None at the end."""
        data = os.read(self.qemu.stdout.fileno(), 65536)
        sys.stdout.buffer.write(data)
        sys.stdout.buffer.flush()
        *lines, self.line = (self.line + data).split(b"\n")
        return lines if data else None

    def watch(self):
        """Copy the console until something ends the run: a status, or None if QEMU has ended itself."""
        with selectors.DefaultSelector() as selector:
            selector.register(self.qemu.stdout, selectors.EVENT_READ)
            while True:
                left = None if self.deadline is None else self.deadline - time.monotonic()
                if left is not None and left <= 0:
                    return TIMED_OUT
                # A line without an end counts when nothing follows.
                if selector.select(min(filter(None, (left, PAUSE if self.line else None)), default=None)):
                    lines = self.copy()
                else:
                    lines = [self.line]
                if lines is None:
                    return self.look_at(self.line) or None
                for line in lines:
                    status = self.look_at(line)
                    if status is not None:
                        return status

    def take_picture(self):
        file = os.path.abspath(self.options.screenshot)
        time.sleep(SCREEN_SETTLES)
        self.monitor.ask("stop")
        self.monitor.ask("screendump", filename=file, format="ppm" if file.endswith(".ppm") else "png")

    def own_status(self):
        got = kernel_status(self.options.isa, self.qemu.wait())
        return NOT_EXPECTED if got == 0 and self.missing else got

    def run(self):
        try:
            self.start()
            status = self.watch()
            if status is not None and self.options.screenshot:
                self.take_picture()
            return self.own_status() if status is None else status
        except Failed as error:
            say(str(error))
            return EX_OS_ERROR
        finally:
            self.stop()


def show_functions(options, panic):
    """What the addresses of a panic's backtrace are; nothing where there is none, or no tool."""
    for frame in symbols.describe(options.isa, os.path.splitext(options.kernel)[0] + ".elf", panic):
        print(f"  {frame}", file=sys.stderr)


def explain(options, status):
    if status == NOT_EXPECTED:
        return "no line matched " + ", ".join(wanted.pattern for wanted in options.expect)
    if status == FORBIDDEN:
        return "a forbidden line: " + ", ".join(forbidden.pattern for forbidden in options.forbid)
    return MEANINGS.get(status, "the image's own status")


def main():
    options = parse(sys.argv[1:])
    if options.only_parse:  # before anything is built
        return 0
    if options.print:
        print(shlex.join(command(options)))
        return 0
    signal.signal(signal.SIGTERM, lambda number, _frame: sys.exit(128 + number))
    signal.signal(signal.SIGHUP, lambda number, _frame: sys.exit(128 + number))
    try:
        machine = Machine(options)
        status = machine.run()
    except KeyboardInterrupt:
        return 128 + signal.SIGINT
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)  # whoever read it has gone; nothing may be flushed there
        return 128 + signal.SIGPIPE
    show_functions(options, machine.panic)
    if status:
        say(f"status {status}: {explain(options, status)}")
    return status


if __name__ == "__main__":
    sys.exit(main())

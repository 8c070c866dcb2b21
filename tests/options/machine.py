# SPDX-License-Identifier: MIT
"""Running a machine in a test and judging how it ended."""
import os
import subprocess
import sys
import tempfile


class Machine:
    """The simulator under test, and the programs and images of its build directory."""

    def __init__(self, binary):
        self.binary = binary
        self.build = os.path.dirname(os.path.dirname(os.path.abspath(binary)))
        self.isa = os.path.basename(binary).removeprefix("aegis-sim-").removesuffix("-safety")
        self.folder = tempfile.TemporaryDirectory()

    def program(self, name):
        return os.path.join(self.build, "user", name + ".elf")

    def image(self, name):
        return os.path.join(self.build, "images", name + ".img")

    def file(self, name, content):
        """A scratch file."""
        path = os.path.join(self.folder.name, name)
        with open(path, "wb") as out:
            out.write(content if isinstance(content, bytes) else content.encode())
        return path

    def run(self, *args, stdin=subprocess.DEVNULL, timeout=120, env=None):
        return subprocess.run([self.binary, *args], stdin=stdin, capture_output=True, text=True, errors="replace",
                              timeout=timeout, env=None if env is None else os.environ | env)


class Judge:
    """Counts what was checked; finish() ends the test."""

    def __init__(self):
        self.count = self.failed = 0

    def check(self, good, what):
        self.count += 1
        if not good:
            self.failed += 1
            print("FAILED:", what)

    def ended(self, run, code, *texts, stream=None):
        """It ended with `code`, and said each of `texts` on stdout or stderr (or on the named stream)."""
        said = {"stdout": run.stdout, "stderr": run.stderr, None: run.stdout + run.stderr}[stream]
        what = " ".join(run.args[1:])
        self.check(run.returncode == code, f"{what}: exit code {run.returncode}, expected {code}\n{said[-2000:]}")
        for text in texts:
            self.check(text in said, f"{what}: no '{text}' in\n{said[-4000:]}")

    def refused(self, run, code, *texts):
        """One line on stderr and nothing on stdout."""
        self.ended(run, code, *texts, stream="stderr")
        self.check(run.stdout == "", f"{run.args[1:]}: wrote to stdout: {run.stdout[:200]}")
        self.check(run.stderr.count("\n") == 1, f"{run.args[1:]}: not one line: {run.stderr}")

    def finish(self):
        print(f"{self.count - self.failed} of {self.count} checks passed")
        sys.exit(1 if self.failed else 0)

# SPDX-License-Identifier: MIT
"""Runs rows of tests/matrix.tbl; the body of `./aegis test`. The last line is 'N passed, N failed'."""
import argparse
import os
import re
import subprocess
import sys
import time
import xml.etree.ElementTree as xml

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
TIERS = ["quick", "commit", "long"]
CONFIGURATION = re.compile(r"(sim|null|metal)(?:-(x86_64|aarch64|riscv64))?-(full|safety)(?:-(\w+))?$")


class Row:
    def __init__(self, text, where):
        fields = [field.strip() for field in text.split("|")]
        if len(fields) != 4 or fields[2] not in TIERS or not fields[3].isdigit():
            sys.exit(f"{where}: not 'configuration | what | tier | seconds'")
        self.configuration, self.what, self.tier = fields[:3]
        self.seconds = int(fields[3])
        self.command = self.what[1:].strip() if self.what.startswith("$") else None
        self.match = CONFIGURATION.match(self.configuration)
        if not self.command and not self.match:
            sys.exit(f"{where}: {self.configuration} is no build directory")

    def __str__(self):
        return self.command or f"{self.configuration}: {self.what}"

    def build_arguments(self):
        hal, isa, profile, preset = self.match.groups()
        return [f"--hal={hal}", f"--profile={profile}"] + ([f"--arch={isa}"] if isa else []) \
            + ([f"--preset={preset}"] if preset else [])

    def groups(self):
        """Package groups (tools/packages.tbl) this row needs."""
        if self.command:
            words = set(re.findall(r"\w+", self.command))
            return {"build", "sim"} | words & package_groups() \
                | ({"clang"} if words & {"fuzz", "mutate"} else set()) | ({"mcdc"} if "coverage" in words else set()) \
                | ({"prove"} if "proofs" in words else set()) \
                | ({"qemu", "x86_64", "aarch64", "riscv64"} if words & {"lint", "prove"} else set())
        hal, isa, _, preset = self.match.groups()
        return {"build", "test"} | ({"lint"} if hal == "null" and "check" in self.what.split() else set()) \
            | ({"sim"} if hal == "sim" or "twin" in self.what else set()) \
            | ({isa} if isa else set()) \
            | ({"qemu", "iso", "efi"} if hal == "metal" else set()) \
            | ({"firmware"} if "release" in self.what.split() else set()) \
            | ({"sim"} if "compare" in self.what.split() else set()) \
            | ({"clang"} if preset in ("clang", "fuzz") else set()) | ({"gdb"} if preset == "debug" else set()) \
            | ({"stub"} if "gdb" in self.what.split() else set()) \
            | ({"display", "screen"} if "display" in self.what.split() else set())


def package_groups():
    with open(os.path.join(ROOT, "tools/packages.tbl"), encoding="utf-8") as file:
        return {line.split("|")[0].strip() for line in file if not line.startswith("#")}


class Results:
    def __init__(self):
        self.passed, self.skipped, self.failed = 0, [], []

    def fail(self, name, how, output=""):
        self.failed.append(name)
        print(f"\nFAILED {name}\n{output.rstrip()}\nagain: {how}\n", flush=True)


def read_matrix():
    path = os.path.join(ROOT, "tests/matrix.tbl")
    with open(path, encoding="utf-8") as file:
        return [Row(line, f"tests/matrix.tbl:{number}") for number, line in enumerate(file, 1)
                if line.strip() and not line.startswith("#")]


def run_tests(row, pattern, results):
    """ctest with the row's labels; its JUnit report says what became of each test."""
    build = os.path.join(ROOT, "build", row.configuration)
    # A row's report stays until the whole row runs again: ./aegis arch status reads them.
    report = os.path.join(build, f"junit-{'-'.join(row.what.split())}{'-picked' if pattern else ''}.xml")
    labels = "^(" + "|".join(row.what.split()) + ")$"
    words = ["ctest", "--test-dir", build, "-j", str(os.cpu_count()), "-L", labels, "--output-junit", report,
             "--output-on-failure", "--test-output-size-passed", "200000", "--no-tests=error", "--timeout", "300"] \
        + (["-R", pattern] if pattern else [])
    if os.path.exists(report):
        os.remove(report)
    done = subprocess.run(words, capture_output=True, text=True, check=False)
    if not os.path.exists(report):
        if not pattern:
            results.fail(row.configuration, " ".join(words[:7]), done.stdout[-2000:] + done.stderr)
        return
    for case in xml.parse(report).getroot().iter("testcase"):
        name = f"{row.configuration}/{case.get('name')}"
        if case.get("status") == "run":
            results.passed += 1
        elif case.find("skipped") is not None or case.get("status") == "disabled":
            results.skipped.append(name)
        else:
            output = case.findtext("system-out") or case.get("status")
            results.fail(name, f"ctest --test-dir build/{row.configuration} --output-on-failure -R '^{case.get('name')}$'",
                         output[-6000:])
    # A label without a single test would pass for ever.
    for label in row.what.split():
        listing = subprocess.run(["ctest", "--test-dir", build, "-N", "-L", f"^{label}$"],
                                 capture_output=True, text=True, check=False)
        if "Total Tests: 0" in listing.stdout:
            results.fail(f"{row.configuration}/{label}", f"ctest --test-dir build/{row.configuration} -N", "no such test")


def check_labels(rows, results):
    """Every test of a build that was made belongs to some row: nothing is declared and then never run."""
    for hal in ("null", "sim", "metal"):
        known = set(" ".join(row.what for row in rows if row.configuration.startswith(hal)).split())
        for row in rows:
            build = os.path.join(ROOT, "build", row.configuration)
            if not row.configuration.startswith(hal) or not os.path.exists(os.path.join(build, "CTestTestfile.cmake")):
                continue
            listing = subprocess.run(["ctest", "--test-dir", build, "--print-labels"],
                                     capture_output=True, text=True, check=False).stdout
            labels = set(re.findall(r"^  (\w+)$", listing, re.M))
            if labels - known:
                results.fail(f"{row.configuration}/labels", "./aegis test --list",
                             f"no row of tests/matrix.tbl runs {' '.join(sorted(labels - known))}")
                return


def run_row(row, arguments, install, results):
    start = time.monotonic()
    before = results.passed, len(results.failed)
    if row.command:
        done = subprocess.run(row.command, shell=True, cwd=ROOT, capture_output=True, text=True, check=False)
        if done.returncode == 0:
            results.passed += 1
        else:
            results.fail(row.command, row.command, (done.stdout + done.stderr)[-6000:] + f"status {done.returncode}")
    else:
        done = subprocess.run([os.path.join(ROOT, "aegis"), "build", *install, *row.build_arguments()], check=False)
        if done.returncode:
            results.fail(f"{row.configuration}/build", f"./aegis build {' '.join(row.build_arguments())}")
            return
        start = time.monotonic()
        run_tests(row, arguments.regex, results)
    took = time.monotonic() - start
    late = f" (expected {row.seconds} s)" if took > 2 * row.seconds + 5 else ""
    print(f"{results.passed - before[0]:4} passed, {len(results.failed) - before[1]:2} failed, {took:5.1f} s{late}  {row}",
          flush=True)


def main():
    parser = argparse.ArgumentParser(prog="./aegis test", allow_abbrev=False, description="Run the tests.")
    tier = parser.add_mutually_exclusive_group()
    tier.add_argument("--all", action="store_true", help="what every commit must pass (CI runs this)")
    tier.add_argument("--long", action="store_true", help="everything")
    parser.add_argument("--list", action="store_true", help="print the rows instead of running them")
    parser.add_argument("-R", "--regex", help="only tests whose name matches; rows without one are left out")
    parser.add_argument("--yes", action="store_true", help="install missing packages without asking")
    parser.add_argument("--offline", action="store_true", help="install nothing")
    parser.add_argument("configuration", nargs="*", help="only these rows of tests/matrix.tbl, whatever their tier")
    arguments = parser.parse_args()

    rows = read_matrix()
    tier = 2 if arguments.long else 1 if arguments.all else 0
    chosen = [row for row in rows if row.configuration in arguments.configuration or
              not arguments.configuration and TIERS.index(row.tier) <= tier]
    unknown = set(arguments.configuration) - {row.configuration for row in rows}
    if unknown:
        print(f"aegis: no row of tests/matrix.tbl is called {' or '.join(sorted(unknown))}; see ./aegis test --list",
              file=sys.stderr)
        sys.exit(64)
    if arguments.list:
        for row in rows:
            print(f"{'*' if row in chosen else ' '} {row.tier:6} {row.seconds:4} s  {row}")
        return
    install = ["--yes"] if arguments.yes else ["--offline"] if arguments.offline else []
    groups = sorted(set().union(*(row.groups() for row in chosen)))
    if subprocess.run([os.path.join(ROOT, "tools/deps.sh"), *install, *groups], check=False).returncode:
        sys.exit(69)

    results = Results()
    for row in chosen:
        run_row(row, arguments, install, results)
    check_labels(rows, results)
    if results.skipped:
        print(f"skipped: {' '.join(results.skipped)}")
    for tier, how in (("commit", "--all"), ("long", "--long"), ("quick", "")):
        left = [row.command or row.configuration for row in rows if row not in chosen and row.tier == tier]
        if left:
            print(f"not run (./aegis test{how and ' ' + how}): {', '.join(left)}")
    if results.failed:
        print("failed: " + " ".join(results.failed))
    print(f"{results.passed} passed, {len(results.failed)} failed")
    sys.exit(1 if results.failed or not results.passed else 0)


main()

# SPDX-License-Identifier: MIT
"""The gate of determinism: each scenario of scenarios.tbl twice, the second time on a busy host, and in other builds.

usage: run.py [--long] [--presets=asan,...] [--jobs=N] [--json] [NAME...]    NAME: a part of a scenario's options or its ISA

Compares transcript, exit status, number and hash of all events, virtual time and state. Without --long the scenarios of tier
commit and the preset asan; with it all of them and asan, clang and debug. Every build runs the images of the plain one:
programs are input. Status 0: nothing differs; 1: something does. --disturb is for the test of this test: the busy runs have
another seed, and status 0 means that each scenario differs.
"""
import argparse
import concurrent.futures
import hashlib
import json
import os
import re
import shlex
import subprocess
import sys
import tempfile
import time

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
WINDOW = os.path.join(ROOT, "tests/display/fake_window.py")
SECONDS = 300  # of the host, for one run
BAD_ENDS = {64, 65, 66, 69, 70, 71, 74, 80, 86, 124}  # the simulator could not, or a replay was another run


class Scenario:
    def __init__(self, number, fields):
        self.number, (self.tier, self.isa, self.input, options) = number, fields
        self.options = shlex.split(options)
        self.recording, self.results = None, []

    def name(self):
        return f"{self.isa:7} {' '.join(self.options)}" + ("" if self.input == "-" else f" {self.input}")


def scenarios(path):
    with open(path, encoding="utf-8") as file:
        rows = [line.rstrip("\n") for line in file if line.strip() and not line.startswith("#")]
    found = []
    for number, row in enumerate(rows, 1):
        fields = [field.strip() for field in row.split(" | ")]
        if len(fields) != 4 or fields[0] not in ("commit", "long"):
            sys.exit(f"{path}: '{row}' is not 'tier | isa | input | options'")
        found.append(Scenario(number, fields))
    return found


class Builds:
    """The simulators by ISA and preset; ./aegis-sim builds what is missing."""

    def __init__(self, pairs):
        self.paths = {}
        for isa, preset in pairs:
            command = [os.path.join(ROOT, "aegis-sim"), f"--arch={isa}", f"--preset={preset}", "--print-binary"]
            done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=False)
            if done.returncode:
                sys.exit(f"determinism: cannot build {isa} with preset {preset}; see above")
            self.paths[isa, preset] = done.stdout.strip().split("\n")[-1]

    def run(self, isa, preset, words, folder, **more):
        """Status, transcript and recording of a run."""
        images = os.path.join(os.path.dirname(os.path.dirname(self.paths[isa, "plain"])), "images")
        file = os.path.join(tempfile.mkdtemp(dir=folder), "recording")
        environment = dict(os.environ, AEGIS_IMAGES=images, **more.pop("environment", {}))
        done = subprocess.run([self.paths[isa, preset], *words, f"--record={file}"], stdout=subprocess.PIPE,
                              stderr=subprocess.PIPE, env=environment, check=False, timeout=SECONDS, **more)
        if done.returncode in BAD_ENDS or done.returncode < 0 or not os.path.exists(file):
            return done.returncode, done.stderr[-400:].decode(errors="replace"), None
        with open(file, encoding="utf-8") as recording:
            return done.returncode, done.stdout, dict(json.load(recording), path=file)


def record(scenario, builds, folder):
    """The run that has its input from outside."""
    kind, text = scenario.input.split(":", 1)
    if kind == "keys":
        return builds.run(scenario.isa, "plain", scenario.options + ["--rt=on", "--display=sdl", "--timeout=120"], folder,
                          stdin=subprocess.DEVNULL,
                          environment={"AEGIS_WINDOW": WINDOW, "FAKE_WINDOW": "type:" + text,
                                       "FAKE_REPORT": os.path.join(folder, f"report-{scenario.number}")})
    return builds.run(scenario.isa, "plain", scenario.options, folder, input=text.encode())


def measure(scenario, preset, builds, folder):
    """What must be the same: a string."""
    words = ["--rt=off"] + ([f"--replay={scenario.recording}"] if scenario.recording else scenario.options)
    status, transcript, recording = builds.run(scenario.isa, preset, words, folder, stdin=subprocess.DEVNULL)
    if recording is None:
        return f"failed with status {status}: {transcript}"
    events, events_hash, units = recording["end"]
    digest = hashlib.sha256(transcript).hexdigest()[:12]
    return f"transcript {digest} events {int(events, 16)} {events_hash} time {int(units, 16)} state {recording['state']} exit {status}"


class Load:
    """Twice as many busy processes as the host has CPUs."""

    def __enter__(self):
        self.busy = [subprocess.Popen([sys.executable, "-c", "while True: pass"]) for _ in range(2 * os.cpu_count())]

    def __exit__(self, *_):
        for process in self.busy:
            process.kill()
            process.wait()


def phase(chosen, preset, builds, folder, jobs):
    with concurrent.futures.ThreadPoolExecutor(jobs) as pool:
        for scenario, result in zip(chosen, pool.map(lambda s: measure(s, preset, builds, folder), chosen)):
            scenario.results.append(result)


def parse():
    parser = argparse.ArgumentParser(usage=__doc__.split("\n")[2][7:].split("    ")[0])
    parser.add_argument("names", nargs="*")
    parser.add_argument("--long", action="store_true")
    parser.add_argument("--presets")
    parser.add_argument("--jobs", type=int, default=os.cpu_count())
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--disturb", action="store_true")
    parser.add_argument("--table", default=os.path.join(HERE, "scenarios.tbl"))
    options = parser.parse_args()
    known = "asan,clang,debug" if options.long else "asan"
    options.presets = [name for name in (known if options.presets is None else options.presets).split(",") if name]
    return options


def report(chosen, columns, options, seconds):
    rows = []
    for scenario in chosen:
        first = scenario.results[0]
        verdicts = ["=" if result == first else "DIFFERS" for result in scenario.results]
        if first.startswith("failed"):
            verdicts = ["FAILED"] * len(verdicts)
        match = re.search(r"events (\d+) .* time (\d+) state 0x(\w+)", first)
        figures = match.groups() if match else ("-", "-", "-")
        rows.append({"number": scenario.number, "scenario": scenario.name(), "events": figures[0], "time": figures[1],
                     "state": figures[2], "runs": dict(zip(columns, verdicts)), "results": scenario.results})
    bad = [row for row in rows if set(row["runs"].values()) != {"="}]
    if options.json:
        print(json.dumps({"scenarios": rows, "differ": len(bad), "seconds": round(seconds, 1)}, indent=1))
        return len(bad)
    print(f"{'':3} {'events':>8} {'time':>11} {'state':16}  {' '.join(columns)}  scenario")
    for row in rows:
        marks = " ".join(f"{mark:^{len(column)}}" for column, mark in row["runs"].items())
        print(f"{row['number']:3} {row['events']:>8} {row['time']:>11} {row['state']:16}  {marks}  {row['scenario']}")
    for row in bad:
        print(f"FAILED: scenario {row['number']}: {row['scenario']}")
        for column, result in zip(columns, row["results"]):
            print(f"  {column:8} {result}")
    print(f"{len(rows)} scenarios, {sum(len(row['runs']) for row in rows)} runs, {len(bad)} differ, {seconds:.0f} s")
    return len(bad)


def main():
    options = parse()
    chosen = [scenario for scenario in scenarios(options.table) if options.long or scenario.tier == "commit"]
    if options.names:
        chosen = [scenario for scenario in chosen if any(name in scenario.name() for name in options.names)]
    if not chosen:
        sys.exit("determinism: no scenario has such a name; see tests/determinism/scenarios.tbl")
    isas = sorted({scenario.isa for scenario in chosen})
    builds = Builds([(isa, preset) for isa in isas for preset in ["plain"] + options.presets])
    start = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="aegis-determinism-") as folder:
        for scenario in chosen:
            if scenario.input != "-":
                status, text, recording = record(scenario, builds, folder)
                if recording is None or not recording["inputs"]:
                    sys.exit(f"FAILED: scenario {scenario.number}: nothing was recorded (status {status}): {text}")
                scenario.recording = recording["path"]
        phase(chosen, "plain", builds, folder, options.jobs)
        if options.disturb:
            for scenario in chosen:
                scenario.options += [f"--seed={1000 + scenario.number}"]
        with Load():
            phase(chosen, "plain", builds, folder, options.jobs)
        for preset in options.presets:
            phase(chosen, preset, builds, folder, options.jobs)
    differ = report(chosen, ["first", "busy"] + options.presets, options, time.monotonic() - start)
    return 1 if differ != (len(chosen) if options.disturb else 0) else 0


if __name__ == "__main__":
    sys.exit(main())

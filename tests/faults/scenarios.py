# SPDX-License-Identifier: MIT
"""Every fault point fails in turn in every scenario, on every instruction set.

usage: scenarios.py [--json] [--jobs=N] AEGIS-SIM...

One line for each run of scenarios.tbl and simulator: occurrences, verdicts, time. What is found is shown with the line that does
it again. The last line is "N passed, N failed"; status 1 if something failed. --json: the tables of all runs on stdout instead.
"""
import fnmatch
import json
import os
import subprocess
import sys
import tempfile
import time

HERE = os.path.dirname(os.path.abspath(__file__))


def scenarios(images):
    """(image, options) of every run, in the order of the table."""
    with open(os.path.join(HERE, "scenarios.tbl"), encoding="utf-8") as file:
        for line in file:
            if line.startswith("#") or not line.strip():
                continue
            pattern, options = (part.strip() for part in line.split("|"))
            names = fnmatch.filter(images, pattern)
            if not names:
                sys.exit(f"scenarios.tbl: no image is called {pattern}")
            for name in names:
                yield name, options.split()


def run(binary, image, options, jobs):
    """Exit code, what it printed, its table."""
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "table.json")
        done = subprocess.run([binary, f"--fail-each=all,allow=deadlock,jobs={jobs}", f"--json={path}", f"--image={image}", *options],
                              stdin=subprocess.DEVNULL, capture_output=True, text=True, errors="replace", check=False)
        if not os.path.exists(path):
            return done, {"asked": [], "occurrences": 0, "found": 0, "points": []}
        with open(path, encoding="utf-8") as file:
            return done, json.load(file)


def passed(done, table):
    """The run itself may end with the code of a task, or in the deadlock that its scenario is about."""
    return table["occurrences"] > 0 and table["found"] == 0 and (done.returncode <= 63 or done.returncode == 83)


def never_reached(tables):
    """A point that nothing reaches is not tested, whatever the counts say."""
    asked = {point for table in tables for point in table["asked"]}
    return sorted(asked - {row["point"] for table in tables for row in table["points"]})


def show(name, table, seconds, good, done):
    counts = " ".join(f"{point} {sum(row['point'] == point for row in table['points'])}" for point in table["asked"])
    verdict = "ok" if good else "FAILED"
    print(f"{name:43} {table['occurrences']:4} occurrences, {table['found']} found, {seconds:5.1f} s {verdict} ({counts})", flush=True)
    for row in table["points"]:
        if row["verdict"] != "ok":
            print(f"  {row['verdict']}: {row['what']}; {row['where']}\n  {row['reproduce']}")
    if not good and not table["found"]:
        print(f"  exit code {done.returncode}\n{done.stdout[-1000:]}{done.stderr[-1000:]}")


def main(words):
    as_json, jobs, binaries, tables = False, os.cpu_count() or 1, [], {}
    for word in words:
        if word == "--json":
            as_json = True
        elif word.startswith("--jobs="):
            jobs = int(word.split("=")[1])
        else:
            binaries.append(word)
    counts = [0, 0]
    for binary in binaries:
        isa = os.path.basename(binary).removeprefix("aegis-sim-")
        folder = os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(binary))), "images")
        images = sorted(name.removesuffix(".img") for name in os.listdir(folder) if name.endswith(".img"))
        for image, options in scenarios(images):
            begin = time.monotonic()
            done, table = run(binary, image, options, jobs)
            good = passed(done, table)
            counts[not good] += 1
            name = " ".join([isa, image, *options])
            tables[name] = table
            if not as_json:
                show(name, table, time.monotonic() - begin, good, done)
    for point in never_reached(tables.values()):
        counts[1] += 1
        print(f"{point}: no scenario reaches it FAILED", file=sys.stderr if as_json else sys.stdout)
    if as_json:
        json.dump({"format": "aegis-fail-each-all", "passed": counts[0], "failed": counts[1], "runs": tables}, sys.stdout, indent=1)
        print()
    else:
        print(f"{counts[0]} passed, {counts[1]} failed")
    return 1 if counts[1] else 0


sys.exit(main(sys.argv[1:]))

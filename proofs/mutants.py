# SPDX-License-Identifier: MIT
"""Mutants of proved functions: do the contracts say enough?

Each mutant of a function that a WP list names (tools/mutate makes them) is proved anew. It is killed if a goal fails, or
else if one of the unit tests named in its row fails; a mutant that compiles to the same code is none. What survives both
must stand in proofs/mutants.tbl with a reason. A function is only judged if it is proved and its tests pass, with the
same limits, as it is.
"""
import argparse
import concurrent.futures
import hashlib
import os
import re
import subprocess
import sys
import tempfile
import threading
import time

import engine

sys.path.insert(0, os.path.join(engine.ROOT, "tools", "mutate"))
import operators
from reach import tests_of
from survivors import Survivors
from trial import Build, digest, passes

TIMEOUT = 5 # seconds a goal: the slowest goal of an unchanged function takes less than half of that
QUICK = 12  # mutants of the sample
UNIT = os.path.join(engine.ROOT, "build", "null-full")
TABLE = os.path.join(engine.ROOT, "proofs", "mutants.tbl")


class Judge:
    def __init__(self, wp, rows):
        self.wp, self.rows, self.env = wp, rows, wp.environment()
        self.build = Build(UNIT)
        self.tests = tests_of(UNIT)
        self.local = threading.local()
        self.plain, self.fates = {}, []

    def folder(self):
        if not hasattr(self.local, "folder"):
            self.local.folder = tempfile.mkdtemp(dir=self.scratch)
        return self.local.folder

    def proves(self, row, function, text):
        """Is the function of that source text proved?"""
        source = os.path.join(self.folder(), os.path.basename(row["file"]))
        with open(source, "wb") as file:
            file.write(text)
        words = self.wp.command(dict(row, functions=[function]), source, quick=True, timeout=TIMEOUT, cache="none")
        words[words.index("-wp-par") + 1] = "1"
        done = subprocess.run(words, cwd=engine.ROOT, env=self.env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                              text=True, check=False)
        verdict = self.wp.VERDICT.search(done.stdout)
        return done.returncode == 0 and bool(verdict) and verdict[1] == verdict[2]

    def passes(self, row, built):
        """The first unit test of the row that fails with this object in it, or None."""
        for test in self.tests:
            if re.search(row["tests"], test.name):
                program = os.path.join(self.folder(), "test")
                if self.build.link(test.command[0], built, program) and not passes(test, program, 5):
                    return test.name
        return None

    def fate(self, row, mutant, text):
        path = os.path.join(engine.ROOT, row["file"])
        mutated = mutant.apply(text)
        built = self.build.compile(path, mutated, self.folder(), engine.ROOT)
        if not built:
            return "invalid", ""
        if digest(built) == self.plain[row["file"]]:
            return "equivalent", ""
        if not self.proves(row, mutant.function, mutated):
            return "killed", "a goal"
        test = self.passes(row, built)
        return ("killed", test) if test else ("survived", "")

    def control(self, row, text):
        """The unchanged file: proved within the limits, its tests pass."""
        path = os.path.join(engine.ROOT, row["file"])
        built = self.build.compile(path, text, self.folder(), engine.ROOT)
        self.plain[row["file"]] = digest(built)
        test = self.passes(row, built)
        if test or not any(re.search(row["tests"], test.name) for test in self.tests):
            sys.exit(f"aegis: {row['name']}: {test or 'no test matches ' + row['tests']}; nothing can judge its mutants")


def order(job):
    row, mutant, _ = job
    return hashlib.sha256(f"{row['file']} {mutant.function} {mutant.what}".encode()).digest()


def collect(rows, build):
    jobs = []
    for row in rows:
        path = os.path.join(engine.ROOT, row["file"])
        text, found = operators.find(path, build.flags(path))
        jobs += [(row, mutant, text) for mutant in found if mutant.function in row["functions"]]
    return jobs


def main(wp, words):
    parser = argparse.ArgumentParser()
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("names", nargs="*")
    args = parser.parse_args(words)
    started = time.monotonic()
    engine.configure()
    rows = [row for row in wp.rows() if not args.names or row["name"] in args.names or set(row["functions"]) & set(args.names)]
    judge = Judge(wp, rows)
    jobs = collect(rows, judge.build)
    functions = {name for row in rows for name in row["functions"]}
    if set(args.names) & functions:
        jobs = [job for job in jobs if job[1].function in args.names]
    known = Survivors(TABLE)
    if args.quick:
        jobs = sorted(jobs, key=order)[:QUICK]
    with tempfile.TemporaryDirectory(prefix="prove-") as judge.scratch, concurrent.futures.ThreadPoolExecutor(2) as pool:
        unproved = controls(judge, jobs, pool)
        fates = list(pool.map(lambda job: judge.fate(*job), jobs))
    report(jobs, fates, known, unproved, time.monotonic() - started, args.quick or bool(args.names))


def controls(judge, jobs, pool):
    """Functions that cannot be judged, because they are not proved even as they are."""
    texts = {row["file"]: (row, text) for row, _, text in jobs}
    for row, text in texts.values():
        judge.control(row, text)
    pairs = sorted({(row["file"], mutant.function) for row, mutant, _ in jobs})
    rows = {(row["file"], mutant.function): row for row, mutant, _ in jobs}
    good = pool.map(lambda pair: judge.proves(rows[pair], pair[1], texts[pair[0]][1]), pairs)
    return [pair for pair, proved in zip(pairs, good) if not proved]


def report(jobs, fates, known, unproved, seconds, part):
    names = [(row["file"], mutant.function, mutant.what) for row, mutant, _ in jobs]
    killed = {name: how for name, (fate, how) in zip(names, fates) if fate == "killed"}
    left = [(name, job) for name, job, (fate, _) in zip(names, jobs, fates) if fate == "survived"]
    bad = 0
    for name, (_, mutant, _) in left:
        if known.reason(name) is None:
            bad += 1
            print(f"SURVIVED {name[0]}:{mutant.line} | {name[1]} | {name[2]}")
    for pair in unproved:
        engine.say(f"{pair[0]}: {pair[1]} is not proved within {TIMEOUT} s a goal; its mutants say nothing")
    stale = list(known.stale({name[0] for name in names}, set(names), killed)) if not part else []
    for complaint in stale:
        engine.say(complaint)
    proofs = sum(how == "a goal" for how in killed.values())
    dropped = sum(fate in ("invalid", "equivalent") for fate, _ in fates)
    print(f"{len(jobs) - dropped} mutants in {seconds:.0f} s: {proofs} broke a proof, {len(killed) - proofs} a test, "
          f"{len(left)} survived ({len(left) - bad} with a reason); {dropped} are the same code or no C")
    print(f"{len(killed) + len(left) - bad} passed, {bad + len(unproved) + len(stale)} failed")
    sys.exit(1 if bad or unproved or stale else 0)

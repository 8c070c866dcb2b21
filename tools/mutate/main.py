# SPDX-License-Identifier: MIT
"""Mutation testing of core; the body of `./aegis mutate`. Status 0: the scores are reached; 1: they are not."""
import argparse
import concurrent.futures
import hashlib
import json
import os
import sys
import tempfile
import threading
import time

sys.dont_write_bytecode = True  # the source tree stays clean

import operators
from reach import Reach, tests_of
from survivors import Survivors
from trial import CHECKED, Build, digest, passes

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
SMOKE = (150, 1)
# In percent. The safety profile is core without the console on the screen and the page frame allocator of the full one;
# there a survivor that tools/mutate/survivors.tbl gives a reason for counts as killed.
CORE_SCORE, SAFETY_SCORE = 85, 95
FULL_ONLY = ("core/dev/", "core/mm/frame_alloc.c")
EX_USAGE = 64


class Job:
    """One mutant and what became of it: killed, survived, equivalent, duplicate, invalid (does not compile)."""

    def __init__(self, path, mutant):
        self.path, self.mutant = path, mutant
        self.name = (path, mutant.function, mutant.what)
        self.fate, self.tests, self.killer = "", [], ""

    def order(self, seed):
        return hashlib.sha256(f"{seed} {' '.join(self.name)}".encode()).digest()


class Runner:
    """Compiles, links and runs. Threads share it; what they change is guarded by `lock`."""

    def __init__(self, build, reach, tests, killers):
        self.build, self.reach, self.killers = build, reach, killers
        self.tests = {test.name: test for test in tests}
        self.lock, self.local = threading.Lock(), threading.local()
        self.plain, self.seen, self.controls, self.judges = {}, {}, {}, {}

    def folder(self):
        if not hasattr(self.local, "folder"):
            self.local.folder = tempfile.mkdtemp(prefix="worker-", dir=self.scratch)
        return self.local.folder

    def prepare(self, path, text):
        """The objects without a mutant: the one that every mutant is compared with, and one with UBSan's checks."""
        for extra, name in (((), ".o"), (CHECKED, ".checked.o")):
            built = self.build.compile(os.path.join(ROOT, path), text, self.folder(), ROOT, extra)
            if not built:
                raise SystemExit(f"mutate: {path} does not compile as it is")
            kept = os.path.join(self.scratch, path.replace("/", "_")[:-2] + name)
            os.replace(built, kept)
            self.plain[path, extra] = (kept, digest(kept))

    def ordered(self, job):
        """The test that killed it the last time, then the module's own, then the others; quick ones first."""
        names = self.reach.tests(job.path, job.mutant.line, job.mutant.function)
        own = os.path.join(ROOT, "build", os.path.basename(self.build.folder), os.path.dirname(job.path))
        last = self.killers.get(" ".join(job.name))
        return sorted((self.tests[name] for name in names if name in self.tests), key=lambda test: (
            test.name != last, not test.command[0].startswith(own + "/"), self.reach.seconds[test.name], test.name))

    def fails(self, test, built, path):
        program = os.path.join(self.folder(), "test")
        if not self.build.link(test.command[0], built, program):
            raise SystemExit(f"mutate: {test.name} does not link with {path} compiled again")
        return not passes(test, program, self.reach.seconds[test.name])

    def can_judge(self, test, path):
        """A test that brings its own copy of the file links no other."""
        key = (test.name, path)
        if key not in self.judges:
            self.judges[key] = self.build.link(test.command[0], self.plain[path, ()][0], os.path.join(self.folder(), "test"))
            if not self.judges[key]:
                print(f"mutate: {test.name} has its own {path}; it judges no mutant of it", file=sys.stderr)
        return self.judges[key]

    def control(self, test, path, extra):
        """A test may judge mutants of a file only if it passes with the file compiled and linked in the same way."""
        key = (test.name, path, extra)
        if key not in self.controls:
            self.controls[key] = not self.fails(test, self.plain[path, extra][0], path)
            if not self.controls[key]:
                raise SystemExit(f"mutate: test {test.name} fails without any mutant of {path}; repair it first")

    def run(self, job, text):
        built = self.build.compile(os.path.join(ROOT, job.path), job.mutant.apply(text), self.folder(), ROOT)
        if not built:
            job.fate = "invalid"
            return
        mark, plain = digest(built), self.plain[job.path, ()][1]
        with self.lock:
            twin = self.seen.setdefault((job.path, mark), job)
        if mark == plain or twin is not job:
            job.fate = "equivalent" if mark == plain else "duplicate"
            return
        tests = [test for test in self.ordered(job) if self.can_judge(test, job.path)]
        job.fate, job.tests = "survived", [test.name for test in tests]
        if self.try_tests(job, built, tests, ()) and tests:
            built = self.build.compile(os.path.join(ROOT, job.path), job.mutant.apply(text), self.folder(), ROOT, CHECKED)
            self.try_tests(job, built, tests, CHECKED)

    def try_tests(self, job, built, tests, extra):
        """True if the mutant survives them."""
        for test in tests:
            if self.fails(test, built, job.path):
                self.control(test, job.path, extra)
                job.fate, job.killer = "killed", test.name
                return False
        return True


def is_safety(path):
    return not path.startswith(FULL_ONLY)


def score(jobs, survivors, accepted):
    """(mutants, killed, accepted, percent) of those that count."""
    counted = [job for job in jobs if job.fate in ("killed", "survived")]
    killed = sum(job.fate == "killed" for job in counted)
    known = sum(job.fate == "survived" and survivors.reason(job.name) is not None for job in counted)
    good = killed + (known if accepted else 0)
    return len(counted), killed, known, 100.0 * good / len(counted) if counted else 100.0


def module_of(path):
    return path.split("/")[1] if path.startswith("core/") else os.path.dirname(path)


def choose(words, build, error):
    """The files that the words name: modules of core or paths; without a word all of core."""
    known = sorted(os.path.relpath(path, ROOT) for path in build.compiles)
    core = [path for path in known if path.startswith("core/") and "/test/" not in path]
    chosen = set()
    for word in words or sorted({module_of(path) for path in core}):
        path = os.path.relpath(os.path.abspath(word), ROOT)
        found = [file for file in core if module_of(file) == word] or [file for file in known if file == path]
        if not found:
            error(f"{word}: neither a module of core nor a C file of {os.path.relpath(build.folder, ROOT)}")
        chosen.update(found)
    return sorted(chosen)


def parse(words):
    parser = argparse.ArgumentParser(prog="./aegis mutate", add_help=False, allow_abbrev=False)
    parser.error = lambda message: (print(f"mutate: {message}", file=sys.stderr), sys.exit(EX_USAGE))
    parser.add_argument("names", nargs="*")
    parser.add_argument("--build", required=True)
    parser.add_argument("--coverage", required=True)
    parser.add_argument("--jobs", type=int, default=os.cpu_count())
    parser.add_argument("--sample", type=int, default=0)
    parser.add_argument("--seed", type=int, default=1)
    for flag in ("--smoke", "--json", "--list", "--again"):
        parser.add_argument(flag, action="store_true")
    options = parser.parse_args(words)
    if options.smoke:
        options.sample, options.seed = SMOKE
    if options.jobs < 1 or options.sample < 0:
        parser.error("--jobs and --sample take a positive number")
    return options, parser.error


def table(jobs, survivors):
    rows = []
    for module in sorted({module_of(job.path) for job in jobs}):
        own = [job for job in jobs if module_of(job.path) == module]
        mutants, killed, known, percent = score(own, survivors, accepted=True)
        fates = {fate: sum(job.fate == fate for job in own) for fate in ("equivalent", "duplicate", "invalid")}
        rows.append({"module": module, "mutants": mutants, "killed": killed, "accepted": known,
                     "survived": mutants - killed - known, "score": round(percent, 1), **fates})
    return rows


def gates(jobs, survivors):
    """(what, percent, wanted) of each gate that these mutants can judge."""
    groups = [("core: killed", [job for job in jobs if job.path.startswith("core/")], CORE_SCORE, False),
              ("safety profile: killed or accepted", [job for job in jobs if job.path.startswith("core/") and
                                                      is_safety(job.path)], SAFETY_SCORE, True)]
    return [(what, score(own, survivors, accepted)[3], wanted) for what, own, wanted, accepted in groups if own]


def describe(job):
    tests = ", ".join(job.tests) or "no test reaches it"
    return f"SURVIVED {job.path}:{job.mutant.line} | {job.mutant.function} | {job.mutant.what} | ({tests})"


def report(jobs, survivors, complaints, options, seconds):
    rows, judged = table(jobs, survivors), [] if options.again else gates(jobs, survivors)
    left = [job for job in jobs if job.fate == "survived" and survivors.reason(job.name) is None]
    failed = [what for what, percent, wanted in judged if percent < wanted]
    if options.json:
        print(json.dumps({"modules": rows, "gates": [{"what": w, "score": round(p, 1), "wanted": n} for w, p, n in judged],
                          "survivors": [{"file": job.path, "line": job.mutant.line, "function": job.mutant.function,
                                         "mutation": job.mutant.what, "tests": job.tests} for job in left],
                          "complaints": complaints, "seconds": round(seconds, 1)}, indent=1))
    else:
        for job in left:
            print(describe(job))
        print(f"{'module':10} {'mutants':>8} {'killed':>8} {'accepted':>8} {'survived':>8} {'score %':>8}   dropped: "
              "same code, same as another, not C")
        for row in rows:
            print("{module:10} {mutants:8} {killed:8} {accepted:8} {survived:8} {score:8}            {equivalent}, {duplicate}, "
                  "{invalid}".format(**row))
        for what, percent, wanted in judged:
            print(f"{what}: {percent:.1f} % (at least {wanted} % wanted)")
        print("\n".join(complaints + [f"{sum(job.fate in ('killed', 'survived') for job in jobs)} mutants in {seconds:.0f} s"]))
    return 1 if failed or complaints else 0


def load(path):
    try:
        with open(path, encoding="utf-8") as file:
            return json.load(file)
    except (OSError, ValueError):
        return {}


def main(words):
    options, error = parse(words)
    build = Build(options.build)
    files = choose(options.names, build, error)
    start = time.monotonic()
    with concurrent.futures.ThreadPoolExecutor(options.jobs) as pool:
        found = dict(zip(files, pool.map(lambda path: operators.find(os.path.join(ROOT, path),
                                                                      build.flags(os.path.join(ROOT, path))), files)))
    jobs = [Job(path, mutant) for path in files for mutant in found[path][1]]
    names = {job.name for job in jobs}
    if options.sample:
        jobs = sorted(sorted(jobs, key=lambda job: job.order(options.seed))[:options.sample],
                      key=lambda job: (job.path, job.mutant.lo))
    kept = os.path.join(ROOT, "build/mutate")
    killers = load(os.path.join(kept, "killers.json"))
    if options.again:
        jobs = [job for job in jobs if killers.get(" ".join(job.name)) == ""]
    if options.list:
        for job in jobs:
            print(f"{job.path}:{job.mutant.line} | {job.mutant.function} | {job.mutant.what}")
        return 0
    survivors = Survivors(os.path.join(ROOT, "tools/mutate/survivors.tbl"))
    reach = Reach(options.coverage, ROOT, os.path.join(kept, "reach.json"), options.jobs)
    runner = Runner(build, reach, tests_of(options.build), killers)
    with tempfile.TemporaryDirectory(prefix="mutate-") as runner.scratch, \
            concurrent.futures.ThreadPoolExecutor(options.jobs) as pool:
        for path in sorted({job.path for job in jobs}):
            runner.prepare(path, found[path][0])
        for _ in pool.map(lambda job: runner.run(job, found[job.path][0]), jobs):
            pass
    killed = {job.name: job.killer for job in jobs if job.fate == "killed"}
    killers.update({" ".join(job.name): job.killer for job in jobs if job.fate in ("killed", "survived")})
    with open(os.path.join(kept, "killers.json"), "w", encoding="utf-8") as file:
        json.dump(killers, file)
    complaints = list(survivors.stale(set(files), names, killed))
    status = report(jobs, survivors, complaints, options, time.monotonic() - start)
    return 0 if options.again else status


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

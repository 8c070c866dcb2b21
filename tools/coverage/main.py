# SPDX-License-Identifier: MIT
"""The gate of coverage; the body of `./aegis coverage --gate`. Status 0: every figure is reached; 1: one is not."""
import argparse
import concurrent.futures
import json
import os
import shutil
import subprocess
import sys
import tempfile

sys.dont_write_bytecode = True  # the source tree stays clean

import mcdc
from calls import Calls

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
LINES, BRANCHES = 90, 80  # percent of core
LABELS = "unit|conformance"
HAL_TESTS = "^(null_|conformance)"  # they answer calls without a kernel
# Beside every image on one CPU.
BOOTS = [["--image=tour", "--cpus=4"], ["--image=tasks", "--cpus=2", "--check=invariants"],
         ["--image=hostile-garbage_calls", "--cpus=4"], ["--image=tour", "--on-fault=stop"]]
CLANG = "clang-19"


def fail(message):
    print(f"coverage: {message}", file=sys.stderr)
    sys.exit(1)


def clean(build):
    for path, _, files in os.walk(build):
        for name in files:
            if name.endswith(".gcda"):
                os.remove(os.path.join(path, name))


def run_tests(build, environment, jobs, *which):
    done = subprocess.run(["ctest", "--test-dir", build, "-L", LABELS, "-j", str(jobs), "--output-on-failure", *which],
                          env=dict(os.environ, **environment), capture_output=True, text=True, check=False)
    if done.returncode:
        fail(f"tests of {os.path.relpath(build, ROOT)} fail; coverage says nothing then\n{done.stdout[-3000:]}")


def boot(build, words):
    """One simulated machine; its strace."""
    isa = os.path.basename(build).split("-")[1]
    command = [os.path.join(build, "sim", f"aegis-sim-{isa}"), *words, "--strace", "--stop-at=3s", "--serial=null"]
    done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True, errors="replace", check=False,
                          timeout=300, env=dict(os.environ, AEGIS_IMAGES=os.path.join(build, "images")))
    if done.returncode not in (0, 1, 83):
        fail(f"{' '.join(words)} ended with status {done.returncode}:\n{done.stderr[-2000:]}")
    return done.stderr


def boots(build, jobs):
    images = sorted(name[:-4] for name in os.listdir(os.path.join(build, "images")) if name.endswith(".img"))
    runs = [[f"--image={name}"] for name in images] + BOOTS
    with concurrent.futures.ThreadPoolExecutor(jobs) as pool:
        return list(pool.map(lambda words: boot(build, words), runs))


def gcov(options):
    """Lines and branches of core by file, merged by gcovr over all builds."""
    command = ["gcovr", "--root", ROOT, "--filter", ROOT + "/core/", "--exclude", ".*/test/.*", "--exclude", ".*/gen/.*",
               "--json-summary", "-"]
    if options.html:
        os.makedirs(options.html, exist_ok=True)
        command += ["--html-details", os.path.join(options.html, "index.html")]
    done = subprocess.run(command + options.gcov, capture_output=True, text=True, check=False)
    if done.returncode:
        fail(f"gcovr: {done.stderr[-1000:]}")
    return json.loads(done.stdout)


def by_module(summary):
    rows = {}
    for entry in summary["files"]:
        module = entry["filename"].split("/")[1]
        row = rows.setdefault(module, [0, 0, 0, 0])
        for i, key in enumerate(("line_covered", "line_total", "branch_covered", "branch_total")):
            row[i] += entry[key]
    return rows


def conditions(options):
    """MC/DC of the safety profile, or None if this host cannot measure it."""
    if not options.mcdc or not all(map(shutil.which, (CLANG, "llvm-cov-19", "llvm-profdata-19"))):
        print(f"SKIP: tool {CLANG} with llvm-19 and libclang-rt-19-dev, version 19 wanted: MC/DC was not measured",
              file=sys.stderr if options.json else sys.stdout, flush=True)
        return None
    with tempfile.TemporaryDirectory(prefix="coverage-") as folder:
        run_tests(options.mcdc, {"LLVM_PROFILE_FILE": os.path.join(folder, "%m-%p.profraw")}, options.jobs)
        shown = subprocess.run(["ctest", "--test-dir", options.mcdc, "-L", LABELS, "--show-only=json-v1"], capture_output=True,
                               check=True)
        programs = sorted({test["command"][0] for test in json.loads(shown.stdout)["tests"]
                           if test["command"][0].startswith(options.mcdc + "/")})
        profiles = [os.path.join(folder, name) for name in sorted(os.listdir(folder))]
        return mcdc.measure(mcdc.export(programs, profiles, folder), ROOT)


def percent(covered, total):
    return 100.0 * covered / total if total else 100.0


def parse(words):
    parser = argparse.ArgumentParser(prog="./aegis coverage --gate")
    parser.add_argument("--gcov", action="append", required=True)
    parser.add_argument("--sim", required=True)
    parser.add_argument("--mcdc", default="")
    parser.add_argument("--html", default="")
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--jobs", type=int, default=os.cpu_count())
    return parser.parse_args(words)


def collect(options):
    calls = Calls(ROOT)
    for build in options.gcov + [options.sim]:
        clean(build)
    with tempfile.TemporaryDirectory(prefix="coverage-") as folder:
        answers = os.path.join(folder, "answers")
        for build in options.gcov:
            run_tests(build, {"AEGIS_NULL_ANSWERS": answers}, options.jobs, "-E", HAL_TESTS)
            run_tests(build, {}, options.jobs, "-R", HAL_TESTS)
        calls.add_unit(answers)
    for text in boots(options.sim, options.jobs):
        calls.add_strace(text)
    options.gcov.append(options.sim)
    return calls, gcov(options), conditions(options)


def show(rows, total, measured, gaps, calls):
    print(f"{'module':8} {'lines %':>8} {'branches %':>11}")
    for module, (lines, all_lines, taken, branches) in sorted(rows.items()):
        print(f"{module:8} {percent(lines, all_lines):8.1f} {percent(taken, branches):11.1f}")
    print(f"core: lines {total['line_percent']} % (at least {LINES} wanted), branches {total['branch_percent']} % "
          f"(at least {BRANCHES} wanted)")
    seen = sum(bool(answers) for answers in calls.seen.values())
    print(f"calls: {seen} of {len(calls.names)} numbers, {sum(map(len, calls.seen.values()))} of "
          f"{sum(map(len, calls.wanted.values()))} answers")
    if measured is not None:
        decisions, count = (sum(part[i] for part in measured.values()) for i in (0, 1))
        left, reasons, _ = gaps
        for gap in left:
            print(f"MC/DC GAP {gap.path}:{gap.line} | {gap.function} | {gap.what}")
        print(f"safety profile: {decisions} decisions of {count} conditions, {count - reasons - len(left)} decide, "
              f"{reasons} have a reason, {len(left)} do not")


def main(words):
    options = parse(words)
    calls, summary, measured = collect(options)
    gaps = ([], 0, []) if measured is None else mcdc.judge(measured, ROOT)
    complaints = list(calls.complaints()) + gaps[2]
    for what, wanted in (("line", LINES), ("branch", BRANCHES)):
        if summary[f"{what}_percent"] < wanted:
            complaints.append(f"core: {what} coverage {summary[f'{what}_percent']} % is below {wanted} %")
    if gaps[0]:
        complaints.append(f"{len(gaps[0])} conditions of the safety profile need a test, or a reason in tools/coverage/mcdc.tbl")
    if options.json:
        print(json.dumps({"lines": summary["line_percent"], "branches": summary["branch_percent"],
                          "files": summary["files"], "calls": calls.report(), "mcdc": measured and {
                              path: {"decisions": d, "conditions": c, "gaps": [gap.what for gap in found]}
                              for path, (d, c, found) in measured.items()}, "complaints": complaints}, indent=1))
    else:
        show(by_module(summary), summary, measured, gaps, calls)
        print("\n".join(f"FAILED: {line}" for line in complaints) or "every figure is reached")
    return 1 if complaints else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

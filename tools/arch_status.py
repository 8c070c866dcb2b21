# SPDX-License-Identifier: MIT
"""The body of `./aegis arch status`: what the reports in build/*/ say about each machine.

Reports are junit*.xml, which ./aegis test writes for each row of tests/matrix.tbl, and ctest's own Testing/Temporary/LastTest.log.
The newest result of each test counts.
"""
import glob
import json
import os
import re
import sys
import time
import xml.etree.ElementTree as xml

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
ISAS = ("x86_64", "aarch64", "riscv64")
MACHINE = re.compile(r"(sim|metal)-(x86_64|aarch64|riscv64)-(full|safety)(-\w+)?$")
LOGGED = re.compile(r"^\d+/\d+ Testing: (\S+)\n(.*?)^Test (?!time)([^\n]*)$", re.M | re.S)


def from_junit(path):
    """(test, passed, skipped, output) of a JUnit report."""
    for case in xml.parse(path).getroot().iter("testcase"):
        yield case.get("name"), case.get("status") == "run", case.find("skipped") is not None, case.findtext("system-out") or ""


def from_log(path):
    """The same of ctest's log."""
    with open(path, encoding="utf-8", errors="replace") as file:
        for name, output, verdict in LOGGED.findall(file.read()):
            yield name, verdict == "Passed.", "Skipped" in verdict, output


def read_build(folder):
    """The newest result of each test: name -> (time, passed, skipped, output)."""
    results = {}
    reports = [(path, from_junit) for path in glob.glob(os.path.join(folder, "junit*.xml"))]
    reports += [(path, from_log) for path in glob.glob(os.path.join(folder, "Testing/Temporary/LastTest.log"))]
    for path, read in reports:
        when = os.path.getmtime(path)
        try:
            rows = list(read(path))
        except xml.ParseError:
            continue  # a run that was interrupted
        for name, *rest in rows:
            if name not in results or results[name][0] < when:
                results[name] = (when, *rest)
    return results


def conformance(results, name):
    """{"passed", "failed", "skipped", "total"} of a TAP run, or None."""
    if name not in results:
        return None
    output = results[name][3]
    plan = re.search(r"^1\.\.(\d+)\s*$", output, re.M)
    return {"passed": len(re.findall(r"^ok \d+ (?!.*# SKIP)", output, re.M)), "failed": len(re.findall(r"^not ok \d+", output, re.M)),
            "skipped": len(re.findall(r"^ok \d+ .*# SKIP", output, re.M)), "total": int(plan[1]) if plan else 0}


def boot(results):
    """How far the machine boots: {"passed", "checkpoints"}, or None."""
    if "boots-1" not in results:
        return None
    _, passed, _, output = results["boots-1"]
    marks = re.findall(r"^\[(?:.*boot complete: |aegis\] boot )(\d+)", output, re.M)
    return {"passed": passed, "checkpoints": max(map(int, marks), default=0)}


def kernel_of(folder, hal, isa):
    pattern = f"sim/aegis-sim-{isa}*" if hal == "sim" else f"kernel/aegis-{isa}*.elf"
    return next(iter(sorted(glob.glob(os.path.join(folder, pattern)))), None)


def describe(folder):
    hal, isa = MACHINE.match(os.path.basename(folder)).groups()[:2]
    results = read_build(folder)
    kernel = kernel_of(folder, hal, isa)
    tested = max((row[0] for row in results.values()), default=None)
    return {
        "build": os.path.basename(folder), "isa": isa, "hal": hal, "built": kernel is not None,
        "passed": sum(row[1] for row in results.values()), "skipped": sum(row[2] for row in results.values()),
        "failed": sorted(name for name, row in results.items() if not row[1] and not row[2]),
        "conformance": {cpus: conformance(results, f"conformance_{name}") for cpus, name in (("1", "1_cpu"), ("4", "4_cpus"))},
        "boot": boot(results), "tested": tested,
        "stale": bool(kernel and tested and os.path.getmtime(kernel) > tested),
    }


def of_suite(counts):
    if counts is None:
        return "-"
    return f"{counts['passed']}/{counts['total']}" + (f" ({counts['skipped']} skipped)" if counts["skipped"] else "")


def of_boot(row):
    if row is None:
        return "-"
    return f"{'yes' if row['passed'] else 'NO'}, {row['checkpoints']} checkpoints"


def show(rows):
    form = "{:8} {:28} {:>16}  {:18} {:18} {:20} {}"
    print(form.format("ISA", "BUILD", "TESTS", "CONFORMANCE 1 CPU", "4 CPUS", "BOOT", "TESTED"))
    for row in rows:
        tests = f"{row['passed']} ok" + (f", {len(row['failed'])} FAILED" if row["failed"] else "") if row["tested"] else "never run"
        when = time.strftime("%Y-%m-%d %H:%M", time.localtime(row["tested"])) if row["tested"] else "-"
        print(form.format(row["isa"], row["build"], tests, of_suite(row["conformance"]["1"]), of_suite(row["conformance"]["4"]),
                          of_boot(row["boot"]), when + (", stale" if row["stale"] else "")))
    missing = [isa for isa in ISAS if not any(row["isa"] == isa for row in rows)]
    if missing:
        print(f"nothing built: {' '.join(missing)}")


def main():
    folders = [path for path in glob.glob(os.path.join(ROOT, "build/*")) if MACHINE.match(os.path.basename(path))]
    rows = sorted((describe(folder) for folder in folders),
                  key=lambda row: (ISAS.index(row["isa"]), row["hal"] != "metal", row["build"]))
    if "--json" in sys.argv[1:]:
        print(json.dumps(rows, indent=2))
    else:
        show(rows)


main()

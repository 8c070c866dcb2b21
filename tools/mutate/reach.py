# SPDX-License-Identifier: MIT
"""The tests of a null build: what each runs, how long it takes, and which lines of the project it executes (gcov)."""
import concurrent.futures
import gzip
import json
import os
import subprocess
import tempfile
import time

LABELS = {"unit", "conformance"}


class Test:
    def __init__(self, entry):
        properties = {item["name"]: item["value"] for item in entry.get("properties", [])}
        self.name, self.command = entry["name"], entry["command"]
        self.labels = set(properties.get("LABELS", []))
        self.folder = properties.get("WORKING_DIRECTORY", ".")
        self.environment = dict(item.split("=", 1) for item in properties.get("ENVIRONMENT", []))
        self.fails = properties.get("WILL_FAIL", False) or "PASS_REGULAR_EXPRESSION" in properties
        self.seconds = 0.0


def tests_of(build):
    """The unit tests of a build directory that are one executable of it."""
    shown = subprocess.run(["ctest", "--test-dir", build, "--show-only=json-v1"], capture_output=True, check=True).stdout
    tests = [Test(entry) for entry in json.loads(shown)["tests"] if entry.get("command")]
    return [test for test in tests if test.labels & LABELS and not test.fails and test.command[0].startswith(build + "/")]


def executed(test, build, root):
    """{file: {line: function}} of what the test executes, and its CPU seconds; the build counts with gcov."""
    with tempfile.TemporaryDirectory(prefix="mutate-reach-") as folder:
        environment = dict(os.environ, **test.environment, GCOV_PREFIX=folder)
        before = time.monotonic()
        done = subprocess.run(test.command, cwd=test.folder, env=environment, stdin=subprocess.DEVNULL,
                              stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, timeout=120, check=False)
        seconds = time.monotonic() - before
        if done.returncode:
            raise SystemExit(f"mutate: test {test.name} fails without any mutant; repair it first")
        counted = []
        for path, _, files in os.walk(folder + build):
            for name in files:
                if name.endswith(".gcda"):
                    notes = os.path.join(path[len(folder):], name[:-5] + ".gcno")
                    os.symlink(notes, os.path.join(path, name[:-5] + ".gcno"))
                    counted.append(os.path.join(path, name))
        return lines_of(counted, folder, root), seconds


def lines_of(counted, folder, root):
    lines = {}
    if not counted:
        return lines
    subprocess.run(["gcov", "--json-format", "--hash-filenames", *counted], cwd=folder, stdout=subprocess.DEVNULL,
                   stderr=subprocess.DEVNULL, check=True)
    for name in os.listdir(folder):
        if not name.endswith(".gcov.json.gz"):
            continue
        with gzip.open(os.path.join(folder, name)) as file:
            report = json.load(file)
        for entry in report["files"]:
            path = os.path.relpath(os.path.normpath(os.path.join(report["current_working_directory"], entry["file"])), root)
            if path.startswith(("..", "tests/", "fuzz/", "build/")) or "/test/" in path:
                continue
            found = lines.setdefault(path, {})
            for line in entry["lines"]:
                if line["count"]:
                    found[line["line_number"]] = line.get("function_name", "")
    return lines


class Reach:
    """Which tests execute a line. Kept in `cache` as long as the executables that were asked stay the same."""

    def __init__(self, build, root, cache, jobs):
        tests = tests_of(build)
        key = [[test.name, os.stat(test.command[0]).st_mtime_ns] for test in tests]
        try:
            with open(cache, encoding="utf-8") as file:
                kept = json.load(file)
        except (OSError, ValueError):
            kept = {}
        if kept.get("key") != key:
            with concurrent.futures.ThreadPoolExecutor(jobs) as pool:
                results = list(pool.map(lambda test: executed(test, build, root), tests))
            kept = {"key": key, "seconds": {}, "files": {}}
            for test, (lines, seconds) in zip(tests, results):
                kept["seconds"][test.name] = seconds
                for path, found in lines.items():
                    for line, function in found.items():
                        kept["files"].setdefault(path, {}).setdefault(str(line), [function, []])[1].append(test.name)
            os.makedirs(os.path.dirname(cache), exist_ok=True)
            with open(cache + ".new", "w", encoding="utf-8") as file:
                json.dump(kept, file)
            os.replace(cache + ".new", cache)
        self.seconds, self.files = kept["seconds"], kept["files"]

    def tests(self, path, line, function):
        """Those that execute the line; if no code is counted there, those that enter the function."""
        lines = self.files.get(path, {})
        if str(line) in lines:
            return lines[str(line)][1]
        return sorted({name for where, names in lines.values() if where == function for name in names})

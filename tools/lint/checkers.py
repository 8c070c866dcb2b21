# SPDX-License-Identifier: MIT
"""The checkers of other people: how each is run, and what of its output is a finding."""
import concurrent.futures
import os
import re
import shutil
import subprocess
import tempfile

import sources as source_list
from common import ROOT, Finding

HERE = os.path.dirname(os.path.abspath(__file__))
KERNEL = ("core/", "hal-")
JOBS = os.cpu_count() or 1
LINE = re.compile(r"^(?P<file>[^\s:]+):(?P<line>\d+)(:\d+)?: (?P<kind>\w+): (?P<text>.*)$")


def version_of(*command):
    run = subprocess.run(command, capture_output=True, text=True, check=False)
    found = re.search(r"\d+(\.\d+)+", run.stdout + run.stderr)
    return found[0] if found else "?"


def relative(path, directory=ROOT):
    return os.path.relpath(os.path.join(directory, path), ROOT)


def in_parallel(work, items):
    with concurrent.futures.ThreadPoolExecutor(JOBS) as pool:
        found = []
        for part in pool.map(work, items):
            found += part
    return found


def unique(findings):
    """A header is read with many sources: each finding once."""
    return sorted({(f.file, f.line, f.check, f.text): f for f in findings}.values(), key=lambda f: (f.file, f.line, f.check))


def cppcheck(files):
    """Whole files, every configuration that is compiled."""
    with tempfile.TemporaryDirectory() as folder:
        source_list.database(files, folder)
        run = subprocess.run(["cppcheck", f"--project={folder}/compile_commands.json", "--std=c11", "-q", f"-j{JOBS}",
                              "--enable=warning,performance,portability",
                              f"--library={HERE}/cppcheck.cfg", "--template={file}:{line}: warning: {id}: {message}"],
                             capture_output=True, text=True, check=False)
    found = []
    for text in run.stderr.splitlines():
        line = LINE.match(text)
        if line:
            check, _, what = line["text"].partition(": ")
            found.append(Finding(relative(line["file"]), int(line["line"]), check, what))
    return unique(found)


def clang_tidy(files):
    """One process per file; the checks stand in clang-tidy.yaml with the reason of each that is off."""
    with tempfile.TemporaryDirectory() as folder:
        source_list.database(files, folder)

        def one(source):
            run = subprocess.run(["clang-tidy", "-p", folder, "--quiet", f"--config-file={HERE}/clang-tidy.yaml",
                                  # what gcc takes and clang does not
                                  "--extra-arg=-w", "--extra-arg=-D__UINT64_C(c)=c##UL",
                                  "--extra-arg=-D__UINT32_C(c)=c##U", source.full],
                                 capture_output=True, text=True, check=False)
            found = []
            for text in run.stdout.splitlines():
                line = LINE.match(text)
                named = line and re.match(r"(.*) \[([\w.,-]+)\]$", line["text"])
                if named and line["kind"] in ("warning", "error"):
                    found.append(Finding(relative(line["file"]), int(line["line"]), named[2].split(",")[0], named[1]))
            return found
        return unique(in_parallel(one, files))


def sparse(files):
    """The kernel's own code: address spaces, checked integer types, truncation, declarations."""
    def one(source):
        run = subprocess.run(["sparse", "-std=c11", "-ffreestanding", "-Wsparse-all", "-Wno-vla", "-Wno-declaration-after-statement",
                              # both say only that a shift or a 64-bit constant costs something on small machines
                              "-Wno-ptr-subtraction-blows", "-Wno-constant-suffix", "-D__UINT64_C(c)=c##UL",
                              "-D__UINT32_C(c)=c##U", *[w for w in source.words if w == "-nostdinc"], *source.preprocessor(),
                              source.full], capture_output=True, text=True, check=False)
        found = []
        for text in (run.stdout + run.stderr).splitlines():
            line = LINE.match(text)
            if line and line["kind"] in ("warning", "error"):
                found.append(Finding(relative(line["file"]), int(line["line"]), line["kind"], line["text"]))
        return found
    # The EFI loader for x86_64 is compiled with clang's own headers, which sparse cannot read.
    return unique(in_parallel(one, [f for f in files if f.path.startswith(KERNEL) and "clang" not in os.path.basename(f.words[0])]))


def analyzer(files):
    """gcc's own, over core: paths through one function and what it calls."""
    def one(source):
        words = [w for w in source.words if not w.startswith(("-W", "-flto", "-ffat-lto", "-fsanitize", "-M"))]
        for option in ("-o", "-MF", "-MT"):
            if option in words:
                del words[words.index(option):words.index(option) + 2]
        words = [w for w in words if not w.endswith((".d", ".o", ".obj"))]
        run = subprocess.run(words + ["-fanalyzer", "-O1", "-o", "/dev/null"], cwd=source.directory, capture_output=True,
                             text=True, check=False, env={**os.environ, "LC_ALL": "C"})
        found = []
        for text in run.stderr.splitlines():
            line = LINE.match(text)
            named = line and re.search(r"(.*?) (?:\[CWE-\d+\] )?\[-W([\w-]+)\]$", line["text"])
            if named:
                found.append(Finding(relative(line["file"], source.directory), int(line["line"]), named[2], named[1]))
            elif line and line["kind"] == "error":
                found.append(Finding(relative(line["file"], source.directory), int(line["line"]), "error", line["text"]))
        return found
    return unique(in_parallel(one, [f for f in files if f.path.startswith("core/")]))


# Name: (function, program, version wanted, how to ask for it)
CHECKERS = {
    "cppcheck": (cppcheck, "cppcheck", "2.10"),
    "clang-tidy": (clang_tidy, "clang-tidy", "14"),
    "sparse": (sparse, "sparse", "0.6.4"),
    "analyzer": (analyzer, "gcc", "12"),
}


def missing(name):
    """A line if the program is not there."""
    _, program, wanted = CHECKERS[name]
    return None if shutil.which(program) else f"SKIP: tool {program}, version {wanted} wanted ({name})"

# SPDX-License-Identifier: MIT
"""Which files are checked and how they are compiled: the commands of the build directories, each source once."""
import json
import os
import shlex
import subprocess

from common import ROOT, Failure

WITH_VALUE = ("-I", "-isystem", "-include", "-idirafter")
SKIP = ("tests/", "fuzz/", "build/")


class Source:
    """One C file: its path in the tree, the build directory, and the words of its command."""

    def __init__(self, path, directory, words):
        self.path, self.directory, self.words = path, directory, words

    @property
    def full(self):
        return os.path.join(ROOT, self.path)

    def preprocessor(self):
        """The words that say what is included and defined."""
        out = []
        for i, word in enumerate(self.words):
            if word in WITH_VALUE:
                out += [word, self.words[i + 1]]
            elif word.startswith(("-I", "-D", "-U")):
                out.append(word)
        return out


def of_build(directory):
    run = subprocess.run(["ninja", "-C", directory, "-t", "compdb"], capture_output=True, text=True, check=False)
    if run.returncode != 0:
        raise Failure(f"{directory} is no build directory: {run.stderr.strip()}")
    for entry in json.loads(run.stdout):
        path = os.path.relpath(os.path.join(entry["directory"], entry["file"]), ROOT)
        if not path.endswith(".c") or " -c " not in entry["command"] or path.startswith((*SKIP, "..")) or "/test/" in path:
            continue
        command = next(part for part in entry["command"].split(" && ") if " -c " in part)
        words = [w for w in shlex.split(command) if os.path.basename(w) != "ccache"]
        yield Source(path, entry["directory"], words)


def collect(directories):
    """Every source of the build directories, in the order of their paths; the first command that compiles it counts."""
    found = {}
    for directory in directories:
        for source in of_build(directory):
            found.setdefault(source.path, source)
    return [found[path] for path in sorted(found)]


def database(sources, folder):
    """compile_commands.json for tools that want one."""
    entries = [{"directory": s.directory, "file": s.full, "arguments": s.words} for s in sources]
    with open(os.path.join(folder, "compile_commands.json"), "w", encoding="utf-8") as file:
        json.dump(entries, file)

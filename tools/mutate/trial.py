# SPDX-License-Identifier: MIT
"""Builds mutants and runs the tests that reach them: one compilation, then one link and one run for each test."""
import hashlib
import json
import os
import re
import shlex
import subprocess

# The tests also run under UBSan; here its checks end the test at once, without its library.
CHECKED = ("-fsanitize=undefined", "-fsanitize=bounds-strict", "-fsanitize-undefined-trap-on-error")
WALL_SECONDS = 30  # for a mutant that sleeps; one that loops is ended by its CPU time



class Build:
    """How a null build directory compiles each file and links each executable."""

    def __init__(self, folder):
        self.folder = folder
        with open(os.path.join(folder, "compile_commands.json"), encoding="utf-8") as file:
            self.compiles = {entry["file"]: shlex.split(entry["command"]) for entry in json.load(file)}
        self.links = {}
        for line in subprocess.run(["ninja", "-C", folder, "-t", "commands", "all"], capture_output=True, text=True,
                                   check=True).stdout.splitlines():
            match = re.search(r"(?:^|&& )(\S*(?:cc|gcc|clang)\S* [^&]* -o (\S+) [^&]*)", line)
            if match and not re.search(r" -c ", match.group(1)):
                self.links[os.path.join(folder, match.group(2))] = shlex.split(match.group(1))

    def flags(self, path):
        """What clang needs to read the file."""
        words = self.compiles[path]
        return [word for word in words if word.startswith(("-I", "-D", "-std="))] + ["-ffreestanding"]

    def compile(self, path, text, work, root, extra=()):
        """The object of `text` in place of the file at `path`, or None if it does not compile."""
        copy = os.path.join(work, os.path.relpath(path, root))
        os.makedirs(os.path.dirname(copy), exist_ok=True)
        with open(copy, "wb") as file:
            file.write(text)
        words = self.compiles[path]
        kept = [words[0]]
        skip = False
        for word in words[1:]:
            if skip or word in ("-c", "-o", path):
                skip = word == "-o"
            elif not word.startswith(("-g", "-W", "-fmacro-prefix-map")):
                kept.append(word)
        out = copy[:-2] + ".o"
        kept += [*extra, "-w", "-I" + os.path.dirname(path), f"-fmacro-prefix-map={work}/=", "-c", copy, "-o", out]
        done = subprocess.run(kept, cwd=self.folder, stdin=subprocess.DEVNULL, capture_output=True, check=False)
        return out if done.returncode == 0 else None

    def link(self, program, mutated, out):
        """The executable with the mutated object in front: its archive's own member is then not wanted any more."""
        words = list(self.links[program])
        words[words.index("-o") + 1] = out
        words.insert(words.index("-o"), mutated)
        done = subprocess.run(words, cwd=self.folder, stdin=subprocess.DEVNULL, capture_output=True, check=False)
        return done.returncode == 0


def digest(path):
    with open(path, "rb") as file:
        return hashlib.sha256(file.read()).hexdigest()


def passes(test, program, seconds):
    """Does the test end with status 0 in the time it may take?"""
    limit = int(seconds * 4 + 1.5)
    command = ["prlimit", f"--cpu={limit}:{limit + 1}", "--core=0", f"--as={8 << 30}", program, *test.command[1:]]
    try:
        done = subprocess.run(command, cwd=test.folder, env=dict(os.environ, **test.environment), check=False,
                              stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                              timeout=WALL_SECONDS)
    except subprocess.TimeoutExpired:
        return False
    return done.returncode == 0

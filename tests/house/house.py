# SPDX-License-Identifier: MIT
"""What the checks of this folder share: the tree, the build's own compile commands, running tools, reporting."""
import json
import os
import re
import shlex
import shutil
import subprocess
import sys

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
CONTRACT = os.path.join(ROOT, "core/hal/include/arch")

PROVIDED_BY_THE_LINK = {"memcpy", "memmove", "memset", "memcmp"}


class Report:
    """Collects what is wrong and ends the check with status 0 or 1."""

    def __init__(self):
        self.errors = []

    def error(self, text):
        self.errors.append(text)

    def finish(self, summary):
        for text in self.errors:
            print(text)
        if self.errors:
            sys.exit(f"{len(self.errors)} found")
        print(summary)


def read(path):
    with open(path, encoding="utf-8") as file:
        return file.read()


def run(*args, **kwargs):
    return subprocess.run(args, capture_output=True, text=True, check=False, **kwargs)


def tracked_files():
    """Files of the project, relative to ROOT: what git knows or would add, else everything outside build/."""
    # -c safe.directory: a checkout may belong to another user than the one who tests it.
    git = ["git", "-c", f"safe.directory={ROOT}", "-C", ROOT, "ls-files", "-z", "-co", "--exclude-standard"]
    listing = run(*git) if shutil.which("git") else None
    if listing and listing.returncode == 0:
        names = [name for name in listing.stdout.split("\0") if name]
    else:
        names = []
        for folder, folders, files in os.walk(ROOT):
            folders[:] = [f for f in folders if f not in ("build", ".git", "__pycache__")]
            names += [os.path.relpath(os.path.join(folder, f), ROOT) for f in files]
    return sorted(name for name in names if os.path.isfile(os.path.join(ROOT, name)))


def is_generated(name):
    return "/gen/" in "/" + name


class Build:
    """One build directory, by its compile_commands.json."""

    def __init__(self, path):
        self.path = path
        self.commands = {}
        for entry in json.loads(read(os.path.join(path, "compile_commands.json"))):
            name = os.path.relpath(os.path.join(entry["directory"], entry["file"]), ROOT)
            self.commands[name] = shlex.split(entry["command"])

    def sources(self, prefix):
        return sorted(name for name in self.commands if name.startswith(prefix))

    def flags(self, source):
        """Compiler and flags that build `source`, without input and output."""
        words, out, skip = self.commands[source], [], False
        for word in words:
            if skip:
                skip = False
            elif word in ("-o", "-MT", "-MF", "-c"):
                skip = True
            elif word != "-MD":
                out.append(word)
        return out

    def check_text(self, source, text, *extra):
        """Compile `text` (front end only) as `source` would be; the finished process."""
        return run(*self.flags(source), *extra, "-fsyntax-only", "-x", "c", "-", input=text)

    def preprocess(self, source, text):
        done = run(*self.flags(source), "-E", "-x", "c", "-", input=text)
        if done.returncode:
            sys.exit(done.stderr)
        return done.stdout

    def user_of_contract(self):
        """A source of core whose include path holds the contract."""
        for source in self.sources("core/"):
            if any(word.endswith("core/hal/include") for word in self.commands[source]):
                return source
        sys.exit("no source of core uses the HAL contract")

    def port_folders(self):
        """Every folder of this tree, outside core, that a user of the contract sees: the port and what it rests on."""
        words = self.commands[self.user_of_contract()]
        folders = {os.path.abspath(word[2:]) for word in words if word.startswith("-I")}
        return {folder for folder in folders if folder.startswith(ROOT + os.sep) and not folder.startswith(ROOT + "/core/")}

    def ports(self):
        """The folders of this HAL's <port/*.h>, above port/: bare-metal HALs share one and have one of their own."""
        words = self.commands[self.user_of_contract()]
        return [word[2:] for word in words if word.startswith("-I") and os.path.isdir(word[2:] + "/port")]


def contract_headers():
    """Headers every HAL answers for; <arch/isa.h> is what an isa half offers."""
    return sorted(f"arch/{name}" for name in os.listdir(CONTRACT) if name != "isa.h")


def include_all(headers):
    return "".join(f"#include <{header}>\n" for header in headers)


def declarations(preprocessed, folder):
    """Names of the functions and objects declared, not defined, in the headers below `folder`."""
    text, inside = [], False
    for line in preprocessed.splitlines():
        marker = re.match(r'# \d+ "([^"]*)"', line)
        if marker:
            inside = os.path.abspath(marker[1]).startswith(folder + os.sep)
        elif inside:
            text.append(line)
    text = re.sub(r"__attribute__\s*\(\(.*?\)\)", " ", "\n".join(text))
    while True:  # drop bodies, innermost braces first
        less = re.sub(r"\{[^{}]*\}", ";", text)
        if less == text:
            break
        text = less
    functions, objects = set(), set()
    for statement in text.split(";"):
        if re.match(r"\s*(typedef|static|struct \w+\s*$|enum)", statement):
            continue
        name = re.match(r"[\w\s*]+?\b(\w+)\s*\(", statement)
        if name and not statement.strip().startswith("_Static_assert"):
            functions.add(name[1])
        name = re.match(r"\s*extern\s[\w\s*]+?\b(\w+)\s*(\[[^\]]*\])?\s*$", statement)
        if name:
            objects.add(name[1])
    return functions, objects


def symbols(nm, *args):
    """(name, type) of each symbol that nm prints for `args`."""
    done = run(nm, "-P", *args)
    if done.returncode:
        sys.exit(done.stderr)
    # "archive[member]:" introduces each member of an archive.
    rows = [line.split() for line in done.stdout.splitlines() if not line.endswith(":")]
    return {(row[0], row[1]) for row in rows if len(row) >= 2}

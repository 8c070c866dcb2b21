# SPDX-License-Identifier: MIT
"""How deep the kernel's stacks can get: the longest way through the call graph of the linked kernel, per stack and per trap.

The kernel of each ISA is linked once more from its own objects, with the flags it ships with, and gcc says of every function
that is left after optimisation how large its frame is and whom it calls (-fstack-usage -fcallgraph-info). What gcc cannot see
stands in stack.tbl: assembly, the targets of calls through pointers, calls that cannot come back. Refused are recursion, a
call through a pointer without a list of targets, a frame of unbounded size, a function without a known frame, a row of the
table that nothing needs, and a stack of which less than a quarter is left.
"""
import glob
import json
import os
import re
import shlex
import subprocess
import tempfile

from common import ROOT, Failure, read_table

TABLE = os.path.join(ROOT, "tools", "lint", "stack.tbl")
HEADROOM = 0.25
SUFFIX = re.compile(r"(\.(lto_priv|constprop|isra|part|cold|localalias)(\.\d+)*)+$")


def base(title):
    return SUFFIX.sub("", title.split(":")[-1])


class Table:
    """stack.tbl for one ISA; remembers which rows were needed."""

    def __init__(self, isa):
        self.roots, self.traps, self.nests, self.used = [], [], [], set()
        self.asm, self.cuts, self.calls, self.again, self.edges = {}, {}, {}, {}, {}
        for line, kind, isas, words, reason in read_table(TABLE):
            if isas != "*" and isa not in isas.split("+"):
                continue
            if not reason:
                raise Failure(f"{TABLE}:{line}: no reason behind ':'")
            if kind == "root":
                self.roots.append((line, words[0], words[1], words[2], int(words[3])))
            elif kind == "trap":
                self.traps.append((line, words[0], words[1:]))
            elif kind == "asm":
                self.asm[words[0]] = (line, int(words[1]), words[2:])
            elif kind == "cut":
                self.cuts[(words[0], words[1])] = line
            elif kind == "nest":
                self.nests.append((line, words[0], words[1], int(words[2])))
            elif kind == "edge":
                self.edges[(words[0], words[1])] = line
            elif kind == "again":
                self.again[words[0]] = (line, int(words[1]))
            elif kind == "call":
                self.calls[words[0]] = (line, words[1:])
            else:
                raise Failure(f"{TABLE}:{line}: what is '{kind}'?")


def in_tree(path):
    """A path as a compiler (or a compiler cache, for another copy of the tree) wrote it, from the top of the tree."""
    parts = path.split("/")
    for i in range(len(parts)):
        inside = "/".join(parts[i:])
        if parts[i] not in ("", ".", "..") and os.path.isfile(os.path.join(ROOT, inside)):
            return inside
    return path


def enclosing(path, line, cache={}):
    """The function whose body has this line: the last definition that begins at the margin above it."""
    if path not in cache:
        with open(os.path.join(ROOT, path), encoding="utf-8") as file:
            cache[path] = file.read().splitlines()
    for text in reversed(cache[path][:line]):
        text = re.sub(r"__attribute__\(\(.*?\)\) ", "", text)
        found = re.match(r"[A-Za-z_].*?\b(\w+)\([^;]*$", text)
        if found and not text.startswith(("#", "typedef")):
            return found[1]
    return "?"


class Graph:
    """Functions of one kernel by their titles in gcc's graph: bytes, calls, and calls through pointers by their place."""

    def __init__(self, isa, files, table):
        self.isa, self.table = isa, table
        self.size, self.place, self.unbounded = {}, {}, set()
        self.edges, self.pointers, self.by_base, self.problems = {}, [], {}, set()
        for file in files:
            self.read(file)
        for title in self.size:
            self.by_base.setdefault(base(title), []).append(title)

    def read(self, file):
        with open(file, encoding="utf-8") as lines:
            for text in lines:
                node = re.match(r'node: \{ title: "([^"]+)" label: "([^"]*)"', text)
                frame = node and re.search(r"(\d+) bytes \((\w+(?:,\w+)?)\)", node[2])
                if frame:
                    self.size[node[1]] = int(frame[1])  # the return address included
                    self.place[node[1]] = in_tree(node[2].split("\\n")[1].split(":")[0])
                    if frame[2] == "dynamic":
                        self.unbounded.add(node[1])
                edge = re.match(r'edge: \{ sourcename: "([^"]+)" targetname: "([^"]+)"(?: label: "([^"]*)")?', text)
                if edge and edge[2] == "__indirect_call":
                    self.pointers.append((edge[1], edge[3] or ""))
                elif edge:
                    self.edges.setdefault(edge[1], set()).add(edge[2])

    def add_aliases(self, kernel, nm):
        """Functions that became one: another name of the same address has the frame."""
        names = {}
        for text in subprocess.run([nm, kernel], capture_output=True, text=True, check=True).stdout.splitlines():
            address, kind, name = (text.split() + ["", ""])[:3]
            if kind in "tT":
                names.setdefault(address, []).append(name)
        for same in names.values():
            known = [t for name in same for t in self.by_base.get(base(name), [])]
            for name in same:
                if known and base(name) not in self.by_base:
                    self.by_base[base(name)] = known

    def known(self, name):
        """Titles with a frame for a name: its own, else those of the same function under another suffix, else assembly."""
        if name in self.size:
            return [name]
        if "/" in name and not name.startswith("/"):  # FILE:FUNCTION, where two have the same name
            path, function = name.split(":")
            return [t for t in self.by_base.get(function, []) if self.place[t] == path]
        return self.by_base.get(base(name), [])

    def add_asm(self, name):
        line, size, callees = self.table.asm[name]
        self.table.used.add(line)
        if name not in self.size:
            self.size[name], self.place[name] = size, "assembly"
            self.by_base.setdefault(name, []).append(name)
            self.edges[name] = set(callees)

    def join(self):
        """Names to titles, pointers to their targets. After add_aliases()."""
        for name in self.table.asm:
            self.add_asm(name)
        for source, place in self.pointers:
            path, line = place.split(":")[:2]
            path = in_tree(path)
            key = f"{path}:{enclosing(path, int(line))}"
            if key not in self.table.calls:
                self.problems.add(f"call through a pointer without a list of targets: {key} (in {base(source)}, {place})")
                continue
            row, targets = self.table.calls[key]
            self.table.used.add(row)
            self.edges.setdefault(source, set()).update(t for t in targets if self.known(t))
            if not any(self.known(t) for t in targets) and targets != ["none"]:
                self.problems.add(f"stack.tbl:{row}: no target of {key} is in the kernel of {self.isa}")
        for (source, target), line in self.table.edges.items():
            for title in self.known(source):
                self.table.used.add(line)
                self.edges.setdefault(title, set()).add(target)
        for name, (line, times) in self.table.again.items():
            for title in self.by_base.get(name, []):
                if not self.place[title].startswith("core/"):
                    self.table.used.add(line)
                    self.size[title] *= times
                    self.edges[title] = {t for t in self.edges.get(title, ()) if base(t) != name}
        for source, targets in self.edges.items():
            joined = set()
            for target in targets:
                cut = self.table.cuts.get((base(source), base(target)))
                if cut is not None:
                    self.table.used.add(cut)
                elif self.known(target):
                    joined.update(self.known(target))
                else:
                    self.problems.add(f"no frame known: {base(target)}, called by {base(source)}")
            self.edges[source] = joined

    def deepest(self, title, path=(), memo=None):
        """(bytes, path) of the longest way down from `title`."""
        if title in path:
            way = " -> ".join(base(t) for t in path[path.index(title):] + (title,))
            self.problems.add(f"recursion: {way}")
            return 0, ()
        if title in memo:
            return memo[title]
        if title in self.unbounded:
            self.problems.add(f"frame of unbounded size: {base(title)}, {self.place[title]}")
        below, way = 0, ()
        for callee in sorted(self.edges.get(title, ())):
            below, way = max((below, way), self.deepest(callee, path + (title,), memo))
        memo[title] = (below + self.size[title], (title,) + way)
        return memo[title]

    def above(self, root, target):
        """(bytes, path) of the longest way from `root` down to `target`, without target's own frame; None: there is none."""
        memo = {}

        def walk(title):
            if title == target:
                return 0, ()
            if title not in memo:
                memo[title] = None
                ways = [w for w in map(walk, sorted(self.edges.get(title, ()))) if w is not None]
                if ways:
                    below, way = max(ways)
                    memo[title] = (below + self.size[title], (title,) + way)
            return memo[title]
        return walk(root)


def constant(isa, name):
    """A number, or the value of a #define of the port."""
    if re.fullmatch(r"\d+|0x[0-9a-fA-F]+", name):
        return int(name, 0)
    for path in glob.glob(f"{ROOT}/hal-{isa}/**/*.h", recursive=True) + glob.glob(f"{ROOT}/hal-{isa}/**/*.c", recursive=True):
        with open(path, encoding="utf-8") as file:
            found = re.search(rf"^#define {name} \(?(0x[0-9a-fA-F]+|\d+)u?(?: << (\w+))?", file.read(), re.M)
        if found:
            return int(found[1], 0) << constant(isa, found[2] or "0")
    raise Failure(f"stack.tbl: no #define {name} in hal-{isa}")


def relink(isa, build, out):
    """Link the kernel again with gcc's graph of what is left after optimisation; the .ci files."""
    target = f"kernel/aegis-{isa}.elf"
    commands = subprocess.run(["ninja", "-C", build, "-t", "commands", target], capture_output=True, text=True, check=True).stdout
    link = [c for c in commands.splitlines() if f"-o {target}" in c][-1]
    words = shlex.split(next(part for part in link.split(" && ") if f"-o {target}" in part))
    extra = ["-fstack-usage", "-fcallgraph-info=su,da", "-dumpdir", out + "/"]
    words[words.index(target)] = out + "/kernel.elf"
    words = [w for w in words if not w.startswith("-Wl,-Map")]
    run = subprocess.run(words + extra, cwd=build, capture_output=True, text=True, check=False)
    if run.returncode != 0:
        raise Failure(f"{isa}: the kernel cannot be linked again: {run.stderr[-1000:]}")
    for command in commands.splitlines():  # what is not part of the link-time optimisation
        if " -c " in command and "-fno-lto" in command and re.search(r"hal-common/[^ ]*\.c$", command):
            words = shlex.split(command.split("&& :")[0])
            name = os.path.join(out, os.path.basename(words[-1]) + ".o")
            words[words.index("-o") + 1] = name
            words = [w for i, w in enumerate(words) if w not in ("-MD",) and w not in ("-MT", "-MF") and words[i - 1] not in ("-MT", "-MF")]
            subprocess.run([w for w in words if w != "ccache"] + extra[:2], cwd=build, check=True)
    return sorted(glob.glob(out + "/*.ci"))


def same_code(out, kernel, objcopy):
    """Is what was analysed what ships? The loaded bytes of both kernels are compared."""
    def image(path):
        flat = os.path.join(out, "flat")
        subprocess.run([objcopy, "-O", "binary", path, flat], check=True)
        with open(flat, "rb") as file:
            return file.read()
    return image(os.path.join(out, "kernel.elf")) == image(kernel)


def analyse(isa, build):
    """Rows of the table of one ISA, and what is wrong."""
    table = Table(isa)
    rows = []
    with tempfile.TemporaryDirectory() as out:
        graph = Graph(isa, relink(isa, build, out), table)
        prefix = "" if os.uname().machine == isa else isa + "-linux-gnu-"
        graph.add_aliases(os.path.join(out, "kernel.elf"), prefix + "nm")
        graph.join()
        if not same_code(out, os.path.join(build, "kernel", f"aegis-{isa}.elf"), prefix + "objcopy"):
            graph.problems.add(f"{isa}: the kernel that was analysed is not the one that was built")
    memo = {}
    for line, name, function, limit, entry in table.roots:
        if not graph.known(function):
            graph.problems.add(f"stack.tbl:{line}: no function {function} in the kernel of {isa}")
            continue
        table.used.add(line)
        depth, path = max(graph.deepest(t, (), memo) for t in graph.known(function))
        size = constant(isa, limit)
        rows.append({"isa": isa, "stack": name, "bytes": depth + entry, "of": size, "path": [base(t) for t in path]})
    deep = next((r for r in rows if r["stack"] == "thread"), None)
    for line, name, function, entry in table.nests:
        depth, path = max(graph.deepest(t, (), memo) for t in graph.known(function))
        table.used.add(line)
        rows.append({"isa": isa, "stack": "thread: " + name, "bytes": deep["bytes"] + entry + depth, "of": deep["of"],
                     "path": ["(deepest)"] + [base(t) for t in path]})
    for row in rows:
        if row["bytes"] > row["of"] * (1 - HEADROOM):
            graph.problems.add(f"{isa}: {row['stack']}: {row['bytes']} of {row['of']} bytes, less than {HEADROOM:.0%} left: "
                               + " -> ".join(row["path"]))
    thread = next(r for r in table.roots if r[1] == "thread")
    for line, name, functions in table.traps:
        target = next((t for f in functions for t in graph.known(f)), None)
        way = target and graph.above(graph.known(thread[2])[0], target)
        if way is None:
            graph.problems.add(f"stack.tbl:{line}: no way to {' or '.join(functions)} in the kernel of {isa}")
            continue
        table.used.add(line)
        depth, path = graph.deepest(target, (), memo)
        rows.append({"isa": isa, "stack": "thread: " + name, "bytes": way[0] + depth + thread[4], "of": constant(isa, thread[3]),
                     "path": [base(t) for t in way[1] + path]})
    return rows, graph.problems, table


def run(isas, builds):
    """(rows, problems) of all given ISAs."""
    rows, problems, used, every = [], [], set(), set()
    for isa in isas:
        more, wrong, table = analyse(isa, builds[isa])
        rows += more
        problems += sorted(wrong)
        used |= table.used
        every |= {v[0] for rows_of in (table.asm, table.again, table.calls) for v in rows_of.values()}
        every |= set(table.cuts.values()) | set(table.edges.values())
    problems += [f"stack.tbl:{line}: nothing needs this row" for line in sorted(every - used)]
    return rows, problems


def show(rows):
    lines = [f"{'ISA':8} {'stack':28} {'bytes':>6} {'of':>6} {'used':>5}  longest way"]
    for r in rows:
        way = " > ".join(r["path"])
        lines.append(f"{r['isa']:8} {r['stack']:28} {r['bytes']:6} {r['of']:6} {r['bytes'] / r['of']:5.0%}  {way}")
    return "\n".join(lines)


def as_json(rows):
    return json.dumps(rows, indent=1)

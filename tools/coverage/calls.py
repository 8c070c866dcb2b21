# SPDX-License-Identifier: MIT
"""Which calls were made, and which of their answers were seen: in the unit tests (hal-null notes them) and in the boots'
strace."""
import os
import re


def table(path):
    """The lines of a .tbl file as lists of fields, with where each stands."""
    with open(path, encoding="utf-8") as file:
        for number, line in enumerate(file, 1):
            if line.strip() and not line.startswith("#"):
                yield f"{path}:{number}", [field.strip() for field in line.rstrip("\n").split(" | ")]


class Calls:
    def __init__(self, root):
        with open(os.path.join(root, "core/abi/errors.tbl"), encoding="utf-8") as file:
            self.status = {int(m[2]): m[1] for m in re.finditer(r"^([A-Z]\w+)\s+(-?\d+)\s", file.read(), re.M)}
        self.names = {int(fields[0]): fields[1] for _, fields in table(os.path.join(root, "core/abi/aegis.tbl"))}
        self.wanted = {fields[0]: fields[1].split() for _, fields in table(os.path.join(root, "tools/coverage/calls.tbl"))}
        self.seen = {name: set() for name in self.names.values()}

    def add_unit(self, path):
        """Lines 'number status'. A task that was killed while it waited never sees that answer."""
        if os.path.exists(path):
            with open(path, encoding="utf-8") as file:
                for line in file:
                    number, status = map(int, line.split())
                    if number in self.names and self.status.get(status) != "KILLED":
                        self.seen[self.names[number]].add(self.status.get(status, str(status)))

    def add_strace(self, text):
        for name, result in re.findall(r"\): (\w+)\([^)]*\) = (\?|\{|[\w-]+)", text):
            if name in self.seen and result not in ("unfinished", "fault"):
                known = result if result in self.status.values() else "OK"
                self.seen[name].add("EXITS" if result == "?" else known)

    def complaints(self):
        for name in self.names.values():
            if name not in self.wanted:
                yield f"call {name}: tools/coverage/calls.tbl does not say what it answers"
        for name, answers in self.wanted.items():
            if name not in self.seen:
                yield f"tools/coverage/calls.tbl: there is no call {name}"
                continue
            for answer in answers:
                if answer not in self.seen[name]:
                    yield f"call {name}: no test or boot makes it answer {answer}"
            for answer in sorted(self.seen[name] - set(answers)):
                yield f"call {name}: answered {answer}, which tools/coverage/calls.tbl does not know"

    def report(self):
        return {name: {"wanted": self.wanted.get(name, []), "seen": sorted(self.seen[name])} for name in self.names.values()}

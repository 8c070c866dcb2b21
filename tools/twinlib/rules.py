# SPDX-License-Identifier: MIT
"""What is not compared, and how long an image runs: tools/twin.tbl."""

from dataclasses import dataclass

RULES = ("place", "result", "final", "end")
DEFAULT_SECONDS = 4


class TableError(Exception):
    """A line of the table that cannot be used."""


@dataclass(frozen=True)
class Rule:
    image: str
    task: int | None  # None: every task
    name: str  # of RULES
    argument: str
    when: tuple
    why: str

    def holds(self, isa, cpus):
        return all(word == isa if not word.startswith("cpus") else cpus > 1 for word in self.when)


class Rules:
    """The rules of one image on one machine."""

    def __init__(self, rules):
        self.rules = rules

    def of(self, task, name):
        return [rule for rule in self.rules if rule.name == name and rule.task in (None, task)]

    def has(self, task, name):
        return bool(self.of(task, name))


class Table:
    def __init__(self, path):
        self.rules, self.seconds, self.ordered = [], {}, set()
        with open(path, encoding="utf-8") as file:
            for number, line in enumerate(file, 1):
                if line.strip() and not line.startswith("#"):
                    self._read([field.strip() for field in line.split("|")], f"{path}:{number}")

    def _read(self, fields, where):
        if len(fields) != 5:
            raise TableError(f"{where}: not 'image | task | what | when | why'")
        image, task, what, when, why = fields
        name, _, argument = what.partition(" ")
        when = () if when == "always" else tuple(when.split())
        if any(word not in ("x86_64", "aarch64", "riscv64", "cpus>1") for word in when):
            raise TableError(f"{where}: when is 'always', an ISA or 'cpus>1'")
        if name == "seconds" and argument.isdigit():
            self.seconds[image] = int(argument)
        elif name == "order":
            self.ordered.add(image)
        elif name in RULES and (task == "-" or task.isdigit()):
            self.rules.append(Rule(image, None if task == "-" else int(task), name, argument, when, why))
        else:
            raise TableError(f"{where}: unknown '{what}' for task '{task}'")

    def for_image(self, image, isa, cpus):
        return Rules([rule for rule in self.rules if rule.image == image and rule.holds(isa, cpus)])

    def seconds_of(self, image):
        """Virtual seconds that the simulator runs an image for."""
        return self.seconds.get(image, DEFAULT_SECONDS)

    def is_ordered(self, image, cpus):
        """Is the order of all tasks' events decided by what they do alone?"""
        return cpus == 1 and image in self.ordered

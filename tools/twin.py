#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Runs images in the simulator and on bare metal in QEMU and compares what their tasks did; the body of `./aegis twin`.

Status 0: they agree; 1: they differ; others as in docs/simulator.md.
"""

import argparse
import json
import os
import sys
import tempfile

sys.dont_write_bytecode = True  # the source tree stays clean

import qemu
from twinlib import report
from twinlib.compare import COMPARED, Comparison
from twinlib.machines import Failed, Metal, qemu_options, simulate
from twinlib.names import Names
from twinlib.rules import Table, TableError

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
EX_DATA = 65


def parse(words):
    parser = qemu.Parser(prog="./aegis twin", allow_abbrev=False, add_help=False, usage="./aegis twin [OPTION...]")
    parser.add_argument("--isa", choices=qemu.MACHINES, required=True, help=argparse.SUPPRESS)
    parser.add_argument("--build", required=True, help=argparse.SUPPRESS)
    parser.add_argument("--sim", required=True, help=argparse.SUPPRESS)
    parser.add_argument("--only-parse", action="store_true", help=argparse.SUPPRESS)
    parser.add_argument("--image", action="append", metavar="NAME", help="only this image; may be repeated")
    parser.add_argument("--events", type=int, default=200, metavar="K", help="events of each task (default 200)")
    parser.add_argument("--cpus", type=qemu.positive, default=1, metavar="N", help="CPUs (default 1)")
    parser.add_argument("--kernel", metavar="FILE", help="another kernel than the build's")
    parser.add_argument("--machine", default="", metavar="OPTS", help="as of ./aegis qemu")
    parser.add_argument("--timeout", type=qemu.seconds, default=60, metavar="SECS",
                        help="host seconds for each image in QEMU (default 60)")
    parser.add_argument("--keep", metavar="FOLDER", help="keep events and consoles of both sides here")
    parser.add_argument("--json", action="store_true", help="the result as JSON")
    parser.add_argument("-h", "--help", action="help", help="this text")
    options = parser.parse_args(words)
    if not 1 <= options.events <= 1000000:
        parser.error(f"--events={options.events}: expected 1 to 1000000")
    if options.cpus > 8:
        parser.error(f"--cpus={options.cpus}: expected 1 to 8")
    return options


def all_images(folder):
    """What needs nobody at the keyboard and has something to do."""
    there = sorted(name[:-4] for name in os.listdir(folder) if name.endswith(".img"))
    return [name for name in there if name in ("tasks", "tour", "ordered", "interrupts", "deadlock") or name.startswith("hostile-")]


def task_names(path):
    """Names of the tasks, from the image's manifest."""
    with open(path, "rb") as file:
        image = file.read()
    size = int(image[124:136].rstrip(b" \0") or b"0", 8)
    words = [line.split() for line in image[512:512 + size].decode(errors="replace").splitlines()]
    return {int(w[1]): next((v[5:] for v in w[2:] if v.startswith("name=")), "") for w in words if w[:1] == ["task"]}


class Twin:
    def __init__(self, options):
        self.options = options
        self.names = Names(ROOT)
        self.table = Table(os.path.join(ROOT, "tools/twin.tbl"))
        self.progress = report.Progress()

    def compare(self, image, folder):
        """One image: (verdicts, names of its tasks)."""
        o = self.options
        path = qemu.find_image(image, o.build)
        name = os.path.basename(path).removesuffix(".img")
        self.progress.show(f"{o.isa} {name}: simulator")
        sim = simulate(o.sim, path, o.cpus, self.table.seconds_of(name), folder, self.names)
        counts = {}
        for event in sim.events:
            if event.kind in COMPARED:
                counts[event.thread] = min(counts.get(event.thread, 0) + 1, o.events)
        choice = qemu_options(o, path, folder)
        metal = Metal(choice, folder, self.names).run(
            sim, counts, o.timeout, lambda done, of: self.progress.show(f"{o.isa} {name}: QEMU, {done} of {of} events"))
        rules = self.table.for_image(name, o.isa, o.cpus)
        verdicts = Comparison(self.names, rules, o.events).all(sim, metal, self.table.is_ordered(name, o.cpus))
        self.progress.clear()
        return name, verdicts, task_names(path)

    def run(self, image):
        if self.options.keep is None:
            with tempfile.TemporaryDirectory(prefix="aegis-twin-") as folder:
                return self.compare(image, folder)
        folder = os.path.join(self.options.keep, f"{self.options.isa}-{os.path.basename(image)}")
        os.makedirs(folder, exist_ok=True)
        return self.compare(image, folder)


def main():
    options = parse(sys.argv[1:])
    if options.only_parse:
        return 0
    twin = Twin(options)
    results, differ = [], 0
    if not options.json:
        print(report.HEAD)
    for image in options.image or all_images(os.environ.get("AEGIS_IMAGES", os.path.join(options.build, "images"))):
        name, verdicts, tasks = twin.run(image)
        named = [(f"{v.task} {tasks.get(v.task, '')}".strip(), v) for v in verdicts]
        differ += sum(v.difference is not None for v in verdicts)
        results.append({"image": name, "tasks": [report.as_json(v, tasks.get(v.task, "")) for v in verdicts]})
        if options.json:
            continue
        for task, verdict in named:
            print(report.table_row(name, task, verdict))
            if verdict.difference:
                print("\n".join(report.explain(verdict.difference)))
        sys.stdout.flush()
    if options.json:
        print(json.dumps({"arch": options.isa, "cpus": options.cpus, "events": options.events,
                          "verdict": "differ" if differ else "agree", "images": results}, indent=1))
    else:
        print(f"{options.isa}, {options.cpus} CPU{'s' * (options.cpus > 1)}: {len(results)} images, "
              + (f"{differ} differences" if differ else "simulator and bare metal agree"))
    return 1 if differ else 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except Failed as error:
        qemu.die(error.args[0], error.args[1])
    except TableError as error:
        qemu.die(EX_DATA, str(error))
    except KeyboardInterrupt:
        sys.exit(130)

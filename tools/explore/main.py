# SPDX-License-Identifier: MIT
"""The body of `./aegis explore`: many machines that differ in their schedule only, and what failed in them."""
import argparse
import concurrent.futures
import json
import os
import shlex
import subprocess
import sys
import threading
import time

sys.dont_write_bytecode = True

import machines
from minimize import minimize, replay_line

CHUNK = 25
SMOKE_RUNS = 40
STRATEGIES = ("random", "sticky", "races", "pct:3")


class Count:
    """What all runs came to."""

    def __init__(self, total):
        self.total, self.runs, self.schedules, self.states, self.points = total, 0, set(), set(), 0
        self.anomalies, self.lock, self.start = {}, threading.Lock(), time.monotonic()

    def add(self, report, words, chaos):
        with self.lock:
            self.runs += 1
            self.schedules.add(report.get("schedule", "") + words[-1])
            self.states.add(report.get("state", ""))
            self.points += report.get("points", 0)
            if report["code"]:
                key = machines.signature(report["code"], report.get("what", ""))
                found = self.anomalies.setdefault(key, {"what": report.get("what", ""), "code": report["code"], "count": 0,
                                                        "seed": report["seed"],
                                                        "run": self.runs, "seconds": time.monotonic() - self.start,
                                                        "words": [*words, f"--chaos={chaos}", f"--chaos-seed={report['seed']}"]})
                found["count"] += 1
                if report["seed"] < found["seed"]: # the order of arrival is the host's
                    found.update(seed=report["seed"], words=[*words, f"--chaos={chaos}", f"--chaos-seed={report['seed']}"])
            if sys.stderr.isatty() and self.runs % 10 == 0:
                print(f"\r{self.runs} of {self.total} runs, {len(self.anomalies)} kinds of anomaly ", end="", file=sys.stderr, flush=True)

    def seconds(self):
        return time.monotonic() - self.start


def explore(binary, scenario, cpus, chaos, first, seeds, jobs, until_found=False):
    """Runs of one scenario; CPUs and strategies take turns from chunk to chunk."""
    build = os.path.dirname(os.path.dirname(binary))
    count = Count(seeds)
    stop = threading.Event()

    def chunk(number):
        at = number * CHUNK
        words = [binary, *scenario.words(build, cpus[number % len(cpus)])]
        strategy = chaos[number // len(cpus) % len(chaos)]
        for report in machines.explore(words, strategy, first + at, min(CHUNK, seeds - at)) if not stop.is_set() else ():
            count.add(report, words, strategy)
            if until_found and report["code"]:
                stop.set()

    with concurrent.futures.ThreadPoolExecutor(jobs) as pool:
        for _ in pool.map(chunk, range(-(-seeds // CHUNK))):
            pass
    if sys.stderr.isatty():
        print("\r\x1b[K", end="", file=sys.stderr)
    return count


def show_name(words, isa):
    """As a person would call it."""
    if os.path.basename(words[0]).startswith("aegis-sim-"):
        return ["./aegis-sim", f"--arch={isa}", *words[1:]]
    return [os.path.relpath(words[0], machines.ROOT), *words[1:]]


def report(name, count, args):
    if args.json:
        anomalies = [dict(found, words=shlex.join(show_name(found["words"], args.arch))) for found in count.anomalies.values()]
        print(json.dumps({"scenario": name, "runs": count.runs, "schedules": len(count.schedules), "states": len(count.states),
                          "points": count.points, "seconds": round(count.seconds(), 2), "anomalies": anomalies}))
        return
    rate = count.runs / count.seconds()
    print(f"{name}: {count.runs} runs in {count.seconds():.1f} s ({rate:.0f}/s), {len(count.schedules)} schedules, {len(count.states)} "
          f"final states, {count.points} points, {sum(found['count'] for found in count.anomalies.values())} anomalies")
    for found in sorted(count.anomalies.values(), key=lambda one: -one["count"]):
        print(f"  {found['count']} x {found['what'] or 'exit code ' + str(found['code'])}")
        print("    reproduce: " + shlex.join(show_name(found["words"], args.arch)))


def plain_is_clean(binary, scenario, cpus):
    words = [binary, *scenario.words(os.path.dirname(os.path.dirname(binary)), cpus)]
    return machines.run(words)[0] == 0


def hunt(binary, row, args):
    """One planted bug: found how soon, and by which preemptions."""
    name, scenario, cpus, chaos, within = row
    scenario = machines.scenario(scenario)
    if not plain_is_clean(binary, scenario, int(cpus)):
        return {"bug": name, "problem": "the run without chaos shows it"}
    count = explore(binary, scenario, [int(cpus)], [chaos], 1, int(within), 1, until_found=True)
    if not count.anomalies:
        return {"bug": name, "problem": f"not found within {within} runs"}
    found = next(iter(count.anomalies.values()))
    result = {"bug": name, "scenario": row[1], "strategy": chaos, "runs": found["run"], "within": int(within),
              "seconds": round(found["seconds"], 2), "what": found["what"],
              "reproduce": shlex.join(show_name(found["words"], args.arch))}
    if not args.smoke:
        words, places, before, _, _ = minimize(found["words"], args.jobs)
        result.update(before=before, preemptions=places, replay=replay_line(show_name(words, args.arch), places, "FILE"))
    return result


def show_hunt(result):
    if "problem" in result:
        print(f"{result['bug']:15} FAILED: {result['problem']}")
        return
    few = f"{result['before']} -> {len(result['preemptions'])}" if "preemptions" in result else "-"
    print(f"{result['bug']:15} {result['scenario']:9} {result['strategy']:7} {result['runs']:4} of {result['within']:4} "
          f"{result['seconds']:7.2f} s  {few:9} {result['what'][:90]}", flush=True)
    for place in result.get("preemptions", []):
        print(f"{'':17}{place}")


def planted(args):
    """Status 1 if one is not found."""
    folder = os.path.join(args.build, "planted")
    rows = machines.table("planted.tbl")
    if not args.json:
        print(f"{'bug':15} {'scenario':9} {'strategy':7} {'found in run':>12} {'after':>9}  {'minimised':9} what")
    bad = 0
    for row in rows:
        result = hunt(os.path.join(folder, row[0]), row, args)
        bad += "problem" in result
        if args.json:
            print(json.dumps(result), flush=True)
        else:
            show_hunt(result)
    return bad


def sound(args):
    """The correct kernel in every scenario; how many anomalies."""
    found = 0
    for name, scenario in machines.scenarios().items():
        count = explore(args.binary, scenario, scenario.cpus, STRATEGIES, args.first, SMOKE_RUNS if args.smoke else args.seeds, args.jobs)
        report(name, count, args)
        found += len(count.anomalies)
    return found


def parse():
    parser = argparse.ArgumentParser(prog="./aegis explore", add_help=False)
    parser.add_argument("--binary", required=True)
    parser.add_argument("--build", required=True)
    parser.add_argument("--arch", required=True)
    parser.add_argument("--seeds", type=int, default=400)
    parser.add_argument("--first", type=int, default=1)
    parser.add_argument("--jobs", type=int, default=os.cpu_count())
    parser.add_argument("--chaos", default=",".join(STRATEGIES))
    parser.add_argument("--cpus")
    parser.add_argument("--bug")
    parser.add_argument("--entries", type=int)
    for switch in ("json", "smoke", "planted", "all", "list"):
        parser.add_argument("--" + switch, action="store_true")
    parser.add_argument("scenario", nargs="?")
    return parser.parse_args()


def main():
    args = parse()
    if args.list:
        for scenario in machines.scenarios().values():
            cpus = f"{scenario.cpus[0]}-{scenario.cpus[-1]}"
            print(f"{scenario.name:10} {scenario.image:18} CPUs {cpus:4} entries {scenario.entries:6} {shlex.join(scenario.options)}")
        return 0
    if args.smoke or args.all or args.planted:
        both = args.smoke and not args.all and not args.planted
        bad = sound(args) if both or args.all else 0
        lost = planted(args) if both or args.planted else 0
        return machines.FOUND if bad else 1 if lost else 0
    scenario = machines.scenario(args.scenario or "five")
    if args.bug:
        known = [row[0] for row in machines.table("planted.tbl")]
        if args.bug not in known:
            machines.refuse(machines.EX_USAGE, f"--bug={args.bug}: there is no such planted bug (known: {' '.join(known)})")
        args.binary = os.path.join(args.build, "planted", args.bug)
    if args.entries:
        scenario.entries = args.entries
    cpus = machines.span(args.cpus) if args.cpus else scenario.cpus
    count = explore(args.binary, scenario, cpus, args.chaos.split(","), args.first, args.seeds, args.jobs)
    report(scenario.name, count, args)
    return machines.FOUND if count.anomalies else 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except subprocess.TimeoutExpired as late:
        machines.refuse(machines.EX_SOFTWARE, f"{shlex.join(late.cmd)}: no end in sight")

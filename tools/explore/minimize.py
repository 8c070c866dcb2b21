# SPDX-License-Identifier: MIT
"""The few preemptions that matter: the body of `./aegis minimize`. Delta debugging (Zeller) of the list of stalls."""
import argparse
import concurrent.futures
import json
import os
import shlex
import sys

sys.dont_write_bytecode = True

import machines

TRIES = 3000
FEW = 3
SPARSE_RATES, SPARSE_RUNS = (4000, 1500, 600), 100


class Minimizer:
    def __init__(self, words, jobs, progress):
        self.words, self.jobs, self.progress = words, jobs, progress
        self.tries, self.wanted = 0, None

    def fails(self, stalls):
        self.tries += 1
        code, what, _ = machines.run_schedule(self.words, stalls)
        return code != 0 and machines.signature(code, what) == self.wanted

    def first_failing(self, candidates):
        """The first of the candidates that still fails, some of them tried at the same time."""
        with concurrent.futures.ThreadPoolExecutor(self.jobs) as pool:
            for at in range(0, len(candidates), self.jobs):
                group = candidates[at:at + self.jobs]
                for good, candidate in zip(pool.map(self.fails, group), group):
                    if good:
                        return candidate
                if self.tries > TRIES:
                    return None
        return None

    def reduce(self, stalls):
        parts = 2
        while len(stalls) > 1 and self.tries <= TRIES:
            size = -(-len(stalls) // parts)
            chunks = [stalls[at:at + size] for at in range(0, len(stalls), size)]
            rest = [sum(chunks[:i] + chunks[i + 1:], []) for i in range(len(chunks))]
            smaller = self.first_failing(chunks if parts == 2 else rest)
            if smaller is None and parts == 2:
                smaller = self.first_failing(rest)
            if smaller is not None:
                stalls, parts = smaller, max(2, min(parts - 1, len(smaller)))
            elif parts >= len(stalls):
                break
            else:
                parts = min(len(stalls), parts * 2)
            if self.progress:
                print(f"\r{len(stalls)} preemptions after {self.tries} runs ", end="", file=sys.stderr, flush=True)
        if len(stalls) == 1 and self.fails([]):
            stalls = []
        return stalls


def sparser(words, wanted, most, first):
    """A run of the same machine that fails in the same way with fewer preemptions than `most`, or None."""
    best = None
    bare = machines.without(words, "chaos", "chaos-seed", "schedule")
    for rate in SPARSE_RATES:
        for report in machines.explore(bare, f"random:{rate}", first, SPARSE_RUNS):
            if report["code"] and machines.signature(report["code"], report["what"]) == wanted and report.get("preemptions", most) < most:
                most = report["preemptions"]
                best = [*bare, f"--chaos=random:{rate}", f"--chaos-seed={report['seed']}"]
    return best


def minimize(words, jobs, progress=False):
    """
    words: a run that fails. Returns (its words, its stalls by place, how many there were, how many runs it took, (exit code, what
    fails)). If too many are left, runs that fail in the same way with fewer preemptions to begin with are tried too.
    """
    result = minimize_one(words, jobs, progress)
    if len(result[1]) <= FEW:
        return result
    other = sparser(words, machines.signature(*result[4]), result[2], 1)
    if other is None:
        return result
    again = minimize_one(other, jobs, progress)
    runs = result[3] + again[3] + SPARSE_RUNS * len(SPARSE_RATES)
    return (*(again if len(again[1]) < len(result[1]) else result)[:3], runs, result[4])


def minimize_one(words, jobs, progress):
    code, what, made = machines.run_schedule(words, None)
    if code == 0:
        machines.refuse(machines.EX_DATA, "the run does not fail: there is nothing to minimise")
    if not made:
        return words, [], 0, 1, (code, what)
    work = Minimizer(machines.without(words, "chaos", "schedule"), jobs, progress)
    work.wanted = machines.signature(code, what)
    stalls = [line.split()[0] for line in made]
    if not work.fails(stalls):
        machines.refuse(machines.EX_SOFTWARE, "the list of its preemptions does not replay the run; please report it")
    few = work.reduce(stalls)
    code, what, places = machines.run_schedule(work.words, few)
    return words, places, len(stalls), work.tries + 2, (code, what)


def replay_line(words, stalls, path):
    """The one line that does it again."""
    words = machines.without(words, "chaos", "schedule", "schedule-out")
    short = ",".join(stall.split()[0] for stall in stalls) or "none"
    return shlex.join([*words, "--schedule=" + (short if len(short) < 120 else path)])


def main():
    parser = argparse.ArgumentParser(prog="./aegis minimize", add_help=False)
    parser.add_argument("--jobs", type=int, default=os.cpu_count())
    parser.add_argument("--out", default="preemptions.txt")
    parser.add_argument("--json", action="store_true")
    parser.add_argument("line", nargs="+")
    args = parser.parse_args()
    given = shlex.split(" ".join(args.line).removeprefix("reproduce: ")) if len(args.line) == 1 else args.line
    if not given or "aegis-sim" not in given[0] and "/" not in given[0]:
        machines.refuse(machines.EX_USAGE, "minimize: what is to be run? Give the line behind 'reproduce:', in quotes")
    words, places, before, tries, (code, what) = minimize(machines.program_of(given), args.jobs, sys.stderr.isatty())
    seed = [word for word in words if word.startswith("--chaos-seed=")]
    given = [*machines.without(given, "chaos-seed"), *seed]
    with open(args.out, "w", encoding="utf-8") as file:
        file.write(f"# {what or 'exit code ' + str(code)}\n# {replay_line(given, places, args.out)}\n")
        file.write("\n".join(places) + "\n" if places else "none\n")
    line = replay_line(given, places, args.out)
    if args.json:
        print(json.dumps({"code": code, "what": what, "before": before, "runs": tries, "preemptions": places, "replay": line}))
        return
    if sys.stderr.isatty():
        print("\r\x1b[K", end="", file=sys.stderr)
    print(f"of {before} preemption{'s' * (before != 1)} {len(places)} matter (found in {tries} runs; written to {args.out}):")
    for stall in places:
        print("  " + stall)
    print(f"{what or 'exit code ' + str(code)}\nreplay: {line}")


if __name__ == "__main__":
    main()

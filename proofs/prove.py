# SPDX-License-Identifier: MIT
"""The body of `./aegis prove`: runs every engine proofs/*/run and prints one table (proofs/engine.py says how they talk)."""
import argparse
import glob
import json
import os
import subprocess
import sys
import time

import engine
import share

HERE = os.path.dirname(os.path.abspath(__file__))
COLUMNS = ("engine", "name", "status", "goals", "seconds")


def engines():
    return {os.path.basename(os.path.dirname(path)): path for path in sorted(glob.glob(os.path.join(HERE, "*", "run")))}


def listed(path):
    """[(proof, file, functions)] of an engine."""
    done = subprocess.run([path, "--list"], stdout=subprocess.PIPE, text=True, check=False)
    if done.returncode:
        sys.exit(f"aegis: {os.path.relpath(path, engine.ROOT)} --list failed; proofs/engine.py says what it prints")
    return [(words[0], words[1] if len(words) > 1 else "", words[2:]) for words in map(str.split, done.stdout.splitlines())]


def chosen(wanted, lists):
    """{engine: names} for the words of --only: an engine, a proof or a function."""
    found = {}
    for word in wanted:
        hits = [(name, proof) for name, rows in lists.items() for proof, _, functions in rows
                if word in (name, proof, *functions)]
        if not hits:
            sys.exit(f"aegis: --only={word}: no engine, proof or function of that name; ./aegis prove --list shows all")
        for name, proof in hits:
            found.setdefault(name, []).append(proof)
    return found


def run(path, options, names, show):
    """The results of one engine, each shown as it comes."""
    results = []
    process = subprocess.Popen([path, *options, *names], stdout=subprocess.PIPE, text=True)
    for line in process.stdout:
        words = line.split()
        if len(words) == len(COLUMNS) and words[2] in ("ok", "FAILED", "SKIP"):
            results.append(dict(zip(COLUMNS, words[:3] + [int(words[3]), float(words[4])])))
            show(results[-1])
        else:
            engine.say(f"{os.path.relpath(path, engine.ROOT)}: not a result: {line.rstrip()}")
    engine_name = os.path.basename(os.path.dirname(path))
    if process.wait() not in (0, 1, engine.EX_SKIP) or not results:
        results.append(dict(zip(COLUMNS, (engine_name, "run", "FAILED", 0, 0.0))))
        show(results[-1])
        engine.say(f"{os.path.relpath(path, engine.ROOT)} ended with {process.returncode} after {len(results) - 1} results")
    return results


def assumed():
    """Functions whose contract is taken on trust (proofs/wp/assumed.list)."""
    path = os.path.join(HERE, "wp", "assumed.list")
    return {row["function"] for row in engine.read_table(path, ("function", "why"))} if os.path.exists(path) else set()


def contracts(lists, show):
    """A contract that nobody proves would be believed by its callers: that is a failure."""
    started = time.monotonic()
    proved = {(file, function) for _, file, functions in lists.get("wp", []) for function in functions}
    found = share.orphans(proved, assumed())
    for path, function in found:
        engine.say(f"{path}: {function} has a contract that no list in proofs/wp proves")
    result = dict(zip(COLUMNS, ("wp", "listed", "FAILED" if found else "ok", 0, time.monotonic() - started)))
    show(result)
    return [result], proved


def main():
    parser = argparse.ArgumentParser()
    for option in ("--quick", "--update", "--json", "--list", "--mutants"):
        parser.add_argument(option, action="store_true")
    parser.add_argument("--only", action="append", default=[])
    args = parser.parse_args()
    if args.mutants:
        words = [word for words in args.only for word in words.split(",")]
        sys.exit(subprocess.run([engines()["wp"], "--mutants", *["--quick"] * args.quick, *words], check=False).returncode)
    started = time.monotonic()
    lists = {name: listed(path) for name, path in engines().items()}
    if args.list:
        for name, rows in lists.items():
            for proof, file, functions in rows:
                print(f"{name:6} {proof:24} {file:34} {' '.join(functions)}")
        return
    only = chosen([word for words in args.only for word in words.split(",")], lists)
    show = (lambda result: None) if args.json else lambda r: print(
        f"{r['engine']:6} {r['name']:28} {r['status']:7} {r['goals']:6} {r['seconds']:8.1f} s", flush=True)
    options = [f"--{word}" for word in ("quick", "update") if getattr(args, word)]
    results = []
    for name, path in engines().items():
        if not only or name in only:
            results += run(path, options, only.get(name, []), show)
    engine.configure()
    listing, proved = contracts(lists, show)
    results += listing
    finish(args, results, proved, time.monotonic() - started)


def finish(args, results, proved, seconds):
    count = {status: sum(result["status"] == status for result in results) for status in ("ok", "FAILED", "SKIP")}
    under, inside, total = share.share(proved)
    if args.json:
        print(json.dumps({"proofs": results, "seconds": round(seconds, 1), "functions": len(proved),
                          "lines": {"proved": under, "in_functions": inside, "all": total}}, indent=1))
    else:
        print(f"{sum(result['goals'] for result in results)} goals in {seconds:.0f} s")
        print(f"{len(proved)} functions under a proved contract: {under} of {inside} code lines in functions of the safety "
              f"profile ({100 * under / inside:.1f} %), of {total} code lines in all ({100 * under / total:.1f} %)")
        if count["SKIP"]:
            print(f"SKIPPED: {count['SKIP']} proofs for want of a tool; nothing is known about them")
        print(f"{count['ok']} passed, {count['FAILED']} failed" + (f", {count['SKIP']} skipped" if count["SKIP"] else ""))
    sys.exit(1 if count["FAILED"] else engine.EX_SKIP if count["SKIP"] else 0)


if __name__ == "__main__":
    main()

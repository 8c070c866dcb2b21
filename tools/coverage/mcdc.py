# SPDX-License-Identifier: MIT
"""Modified condition/decision coverage of the safety profile, from clang's instrumentation of the unit tests.

A decision of several conditions is covered when each of them has decided it alone (llvm's MC/DC records); a decision of one
condition when it was true and false (its branch). What is left needs a reason in mcdc.tbl. Conditions inside a macro's own
text (ASSERT: a promise) are not counted, those in its arguments are.
"""
import json
import os
import re
import subprocess

from calls import table


class Gap:
    def __init__(self, path, function, line, condition, missing):
        self.path, self.function, self.line, self.what = path, function, line, f"{condition}: {missing}"
        self.name = (path, function, self.what)


def text_between(lines, region):
    first, begin, last, end = region
    if first == last:
        return lines[first - 1][begin - 1:end - 1]
    parts = [lines[first - 1][begin - 1:], *lines[first:last - 1], lines[last - 1][:end - 1]]
    return re.sub(r"\s+", " ", " ".join(part.strip() for part in parts))


def function_at(functions, line):
    for name, first, last in functions:
        if first <= line <= last:
            return name
    return "?"


def gaps_of(entry, path, functions):
    """(decisions, conditions, gaps) of one file of llvm-cov's export."""
    with open(entry["filename"], encoding="utf-8") as file:
        lines = file.read().split("\n")
    branches = {}
    for record in entry["branches"]:
        true, false = branches.get(tuple(record[:4]), (0, 0))
        branches[tuple(record[:4])] = (true + record[4], false + record[5])
    decisions = {}
    for record in entry["mcdc_records"]:
        region = tuple(record[:4])
        old = decisions.get(region, [False] * len(record[6]))
        decisions[region] = [a or b for a, b in zip(old, record[6])]
    inside, gaps = set(), []
    for region, covered in sorted(decisions.items()):
        own = sorted(b for b in branches if region[:2] <= b[:2] and b[2:] <= region[2:])
        inside.update(own)
        for number, good in enumerate(covered):
            if not good and len(own) == len(covered):
                gaps.append((own[number], text_between(lines, own[number]), "decides nothing"))
            elif not good: # nested decisions: named by the whole
                gaps.append((region, text_between(lines, region), f"condition {number + 1} decides nothing"))
    for region, (true, false) in sorted(branches.items()):
        if region not in inside:
            for count, way in ((true, "never true"), (false, "never false")):
                if count == 0:
                    gaps.append((region, text_between(lines, region), way))
    single = len([region for region in branches if region not in inside])
    conditions = single + sum(map(len, decisions.values()))
    return single + len(decisions), conditions, [Gap(path, function_at(functions, place[0]), place[0], condition, missing)
                                                 for place, condition, missing in gaps]


def export(programs, profiles, folder):
    """What llvm-cov knows after these programs wrote these profiles."""
    merged = os.path.join(folder, "all.profdata")
    subprocess.run(["llvm-profdata-19", "merge", "-sparse", "-o", merged, *profiles], check=True)
    command = ["llvm-cov-19", "export", "-format=text", "-instr-profile=" + merged, programs[0]]
    for program in programs[1:]:
        command += ["-object", program]
    command.append("-ignore-filename-regex=/tests?/|/fuzz/|/build/|/gen/")
    shown = subprocess.run(command, check=True, capture_output=True)
    return json.loads(shown.stdout)["data"][0]


def functions_of(data, root):
    """{file: [(function, first line, last line)]}."""
    found = {}
    for function in data["functions"]:
        path = os.path.relpath(function["filenames"][0], root)
        regions = [region for region in function["regions"] if region[5] == 0]
        if regions:
            name = function["name"].rsplit(":", 1)[-1]
            found.setdefault(path, []).append((name, min(r[0] for r in regions), max(r[2] for r in regions)))
    return found


def measure(data, root):
    """{file: (decisions, conditions, gaps)} of core."""
    functions, result = functions_of(data, root), {}
    for entry in data["files"]:
        path = os.path.relpath(entry["filename"], root)
        if path.startswith("core/") and "/test/" not in path:
            result[path] = gaps_of(entry, path, functions.get(path, []))
    return result


def judge(result, root):
    """(gaps without a reason, complaints about the table)."""
    file = os.path.join(root, "tools/coverage/mcdc.tbl")
    reasons, complaints = {}, []
    for where, fields in table(file):
        if len(fields) < 4 or not fields[-1]:
            complaints.append(f"{where}: not 'file | function | condition: what is missing | reason'")
            continue
        reasons[fields[0], fields[1], " | ".join(fields[2:-1])] = where
    gaps = [gap for _, _, found in result.values() for gap in found]
    there = {gap.name for gap in gaps}
    complaints += [f"{where}: {name[1]}: {name[2]}: this is no gap (any more); remove or correct the line"
                   for name, where in reasons.items() if name not in there]
    return [gap for gap in gaps if gap.name not in reasons], len(reasons), complaints

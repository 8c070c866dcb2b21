#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Tables of the rows of run.py, read from standard input: figures beside goals, and where a missed goal's instructions go."""
import json
import sys

COLUMNS = "{:62} {:>11} {:>11} {:>6} {:>11} {:>6} {:>13} {:>6} {:>7} {:>7}"
HEADS = ("Aegis", "goal", "", "seL4", "", "Linux", "", "tables", "flushes")
FUNCTIONS = 24  # of a missed goal
WORST = "longest stay in the kernel: "
STAYS = "{:62} {:>11} {:>9} {:>10}  {:28} {}"
SHOWN = 3  # functions of a stay
BESIDE = ("loads of page tables", "TLB flushes")  # rows that become columns of the operation's


def number(value):
    if value is None:
        return "-"
    return f"{value:,.0f}" if value >= 1000 or value == int(value) else f"{value:,.3f}".rstrip("0")


def ratio(value, other):
    return "" if not other else f"{value / other:.2f}"


def figure(row, beside):
    value = row["p50"]
    name = row["name"].split(": ", 1)[1] + (f" ({row['unit']})" if row["unit"] != "instructions" else "")
    if row["p99"] != value:
        name += f", p99 {number(row['p99'])}"
    goal, sel4, linux = (row.get(key) for key in ("goal", "sel4", "linux"))
    return COLUMNS.format(name, number(value), number(goal), ratio(value, goal), number(sel4), ratio(value, sel4),
                          number(linux), ratio(value, linux), *beside).rstrip()


def missed(row):
    return row.get("goal") is not None and row["p50"] > row["goal"]


def explain(row):
    print(f"\n{row['name']}: {number(row['p50'])}, goal {number(row['goal'])}. Where the instructions go:")
    if "image" in row:
        print(f"  image {row['image']}, by way of {' '.join(row['path'][:40])}")
    if "images" in row:
        print(f"  from {row['begin']} to {row['end']}; the longest by image: " +
              ", ".join(f"{name} {number(length)}" for name, length in row["images"].items()))
    functions = list(row["where"].items())
    for name, executed in functions[:FUNCTIONS]:
        print(f"  {executed:>12,.1f}  {name}")
    rest = functions[FUNCTIONS:]
    if rest:
        print(f"  {sum(executed for _, executed in rest):>12,.1f}  in {len(rest)} others")


def show_stays(isa, rows):
    """The worst cases: whole stays, the longest piece between two looks for interrupts, how many there were, and where."""
    print("\n" + STAYS.format(f"{isa}: longest stays in the kernel", "whole", "piece", "seen", "image", "most of it in"))
    for row in rows:
        most = ", ".join(f"{name} {number(executed)}" for name, executed in list(row.get("where", {}).items())[:SHOWN])
        print(STAYS.format(row["name"].split(WORST)[1], number(row["p50"]) if "image" in row else "not seen", number(row.get("piece")),
                           number(row.get("times")), row.get("image", ""), most).rstrip())


def main():
    rows = [json.loads(line) for line in sys.stdin]
    for isa in dict.fromkeys(row["name"].split(":")[0] for row in rows):
        own = [row for row in rows if row["name"].startswith(isa + ":")]
        stays = [row for row in own if WORST in row["name"]]
        own = [row for row in own if WORST not in row["name"]]
        named = {row["name"]: row for row in own}
        print("\n" + COLUMNS.format(isa, *HEADS))
        for name, row in named.items():
            if not name.endswith(BESIDE):
                beside = [named.get(f"{name}: {what}") for what in BESIDE]
                print(figure(row, [number(other["p50"]) if other else "" for other in beside]))
        for row in own:
            if missed(row) and "where" in row:
                explain(row)
        if stays:
            show_stays(isa, stays)


if __name__ == "__main__":
    main()

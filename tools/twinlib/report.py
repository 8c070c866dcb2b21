# SPDX-License-Identifier: MIT
"""What people and programs get to see of a comparison."""

import sys

HALF = 58  # columns of a side


class Progress:
    """One line on a terminal that says what is going on; nothing elsewhere."""

    def __init__(self, stream=sys.stderr):
        self.stream, self.on = stream, stream.isatty()

    def show(self, text):
        if self.on:
            self.stream.write(f"\r\033[K{text}")
            self.stream.flush()

    def clear(self):
        self.show("")


def cut(text, room):
    return text if len(text) <= room else text[:room - 3] + "..."


def side_by_side(difference):
    """The first differing line of both sides with its neighbours."""
    rows = [f"    {'simulator':{HALF}} | bare metal"]
    left, right = difference.sides
    for i in range(max(len(left), len(right))):
        texts = [side[i] if i < len(side) else "(nothing)" if i == at else "" for side, at in zip((left, right), difference.at)]
        mark = ">" if i in difference.at else " "
        rows.append(f"  {mark} {cut(texts[0], HALF):{HALF}} | {cut(texts[1], HALF)}")
        # What was cut may be where they differ.
        if mark == ">" and max(map(len, texts)) > HALF:
            rows += [f"      simulator:  {texts[0]}", f"      bare metal: {texts[1]}"]
    return rows


WHAT = {"boot": "the boot differs", "damaged": "the events cannot be read", "end": "the ends differ",
        "console": "the console differs at line", "event": "first difference at event", "final": "the final states differ",
        "order": "the order of all tasks differs at event"}


def explain(difference):
    number = f" {difference.index + 1}" if difference.what in ("console", "event", "order") else ""
    return [f"    {WHAT[difference.what]}{number}:", *side_by_side(difference)]


def table_row(image, name, verdict):
    said = "DIFFERS" if verdict.difference else "agrees"
    if "final" in verdict.rules:
        said += ", final state"
    elif verdict.rules:
        said += ", but for " + ", ".join(verdict.rules)
    return f"{image:24} {name:18} {verdict.events:7} {verdict.lines:6}  {said}"


HEAD = f"{'image':24} {'task':18} {'events':>7} {'lines':>6}  verdict"


def as_json(verdict, name):
    out = {"task": verdict.task, "name": name, "events": verdict.events, "lines": verdict.lines,
           "exceptions": list(verdict.rules), "verdict": "differs" if verdict.difference else "agrees"}
    if verdict.difference:
        d = verdict.difference
        out["difference"] = {"what": d.what, "index": d.index, "simulator": d.sides[0], "metal": d.sides[1], "at": d.at[0]}
    return out

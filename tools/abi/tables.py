# SPDX-License-Identifier: MIT
"""Reads the ABI tables and refuses everything that is not consistent, by file and line."""

import re
from dataclasses import dataclass, field

PAYLOAD_WORDS = 4
TARGET = 4  # register index of the target register; 0-3 are the payload words
PAGE = 4096
ARG_TYPES = ("word", "endpoint", "task", "grant", "irq", "device", "ticks", "bits", "uaddr", "size", "code")
FLAGS = ("block", "noreturn")
IDENT = re.compile(r"[a-z][a-z0-9_]*\Z")
CONSTANT = re.compile(r"[A-Z][A-Z0-9_]*\Z")


class TableError(Exception):
    """A table that cannot be used: the message starts with file:line."""

    def __init__(self, where, text):
        super().__init__(f"{where}: {text}")


@dataclass
class Cap:
    bit: int
    name: str
    sentence: str


@dataclass
class Status:
    name: str
    value: int
    code: int | None  # what a static task sees in word 0; None: never reaches one
    sentence: str

    @property
    def constant(self):
        return "STATUS_OK" if self.value == 0 else f"ERR_{self.name}"


@dataclass
class Area:
    name: str
    base: int
    stride: int
    size: int
    count: int
    sentence: str

    @property
    def end(self):
        return self.base + self.stride * self.count


@dataclass
class Arg:
    name: str
    type: str
    reg: int  # payload word, or TARGET
    bound: int = 0  # size: the largest value allowed
    length: str = ""  # uaddr: the argument that holds its length


@dataclass
class Call:
    nr: int
    name: str
    cap: str  # a capability, or SEND RECV CALL of an endpoint argument
    cap_arg: str  # that argument, or ""
    args: list = field(default_factory=list)
    result: str = "-"
    flags: tuple = ()
    sentence: str = ""

    @property
    def constant(self):
        return f"AEGIS_NR_{self.name.upper()}"

    @property
    def result_words(self):
        return {"-": 0, "msg": PAYLOAD_WORDS, "device": PAYLOAD_WORDS}.get(self.result, 1)

    def arg(self, name):
        return next((a for a in self.args if a.name == name), None)


@dataclass
class Abi:
    caps: list
    statuses: list
    areas: list
    calls: list

    @property
    def endpoints(self):
        return sum(1 for c in self.caps if c.name.startswith("SEND_EP"))

    def area(self, name):
        return next(a for a in self.areas if a.name == name)


def _lines(path):
    """The lines that carry something, as (file:line, text)."""
    with open(path, encoding="utf-8") as file:
        for number, line in enumerate(file, 1):
            text = line.split("#", 1)[0] if line.lstrip().startswith("#") else line
            if text.strip():
                yield f"{path}:{number}", text.strip()


def _number(where, text, what):
    try:
        return int(text, 0)
    except ValueError:
        raise TableError(where, f"{what} '{text}' is not a number") from None


def _constant(where, name, seen, what):
    if not CONSTANT.match(name):
        raise TableError(where, f"{what} '{name}' is not an upper-case name")
    if name in seen:
        raise TableError(where, f"{what} '{name}' appears twice")
    seen.add(name)


def _columns(where, text, count):
    """The `count` words before ' : ' and the sentence behind it."""
    head, colon, sentence = text.partition(" : ")
    words = head.split()
    if not colon or len(words) != count or not sentence.strip():
        raise TableError(where, f"expected {count} columns, ' : ' and a sentence")
    return words, sentence.strip()


def read_caps(path):
    caps, names = [], set()
    for where, text in _lines(path):
        (bit, name), sentence = _columns(where, text, 2)
        bit = _number(where, bit, "bit")
        if bit != len(caps):
            raise TableError(where, f"bit {bit} is used twice or out of order; {len(caps)} comes next")
        if bit > 31:
            raise TableError(where, "a mask has 32 bits")
        _constant(where, name, names, "capability")
        caps.append(Cap(bit, name, sentence))
    ends = [int(n[7:]) for n in names if re.match(r"SEND_EP\d+\Z", n)]
    for i in range(max(ends, default=-1) + 1):
        for kind in ("SEND", "RECV"):
            if f"{kind}_EP{i}" not in names:
                raise TableError(f"{path}:1", f"{kind}_EP{i} is missing")
    return caps


def read_statuses(path):
    out, names, values, codes = [], set(), set(), set()
    for where, text in _lines(path):
        (name, value, code), sentence = _columns(where, text, 3)
        _constant(where, name, names, "status")
        value = _number(where, value, "status")
        if (value == 0) != (name == "OK") or value > 0:
            raise TableError(where, "OK is 0 and every other status is negative")
        if value in values:
            raise TableError(where, f"status {value} is used twice")
        values.add(value)
        if code != "-":
            code = _number(where, code, "aegis code")
            if code in codes:
                raise TableError(where, f"aegis code 0x{code:08X} is used twice")
            if not 0 <= code < 0xFFFFFFFF:
                raise TableError(where, "an aegis code has 32 bits and is not 0xFFFFFFFF")
            codes.add(code)
        out.append(Status(name, value, None if code == "-" else code, sentence))
    if "OK" not in names:
        raise TableError(f"{path}:1", "OK is missing")
    return out


def read_layout(path):
    areas, names, wheres = [], set(), {}
    for where, text in _lines(path):
        (name, *numbers), sentence = _columns(where, text, 5)
        _constant(where, name, names, "area")
        base, stride, size, count = (_number(where, n, "value") for n in numbers)
        if base % PAGE or stride % PAGE or size % PAGE or size <= 0 or count <= 0:
            raise TableError(where, "base, stride and size are multiples of the page; size and count are not 0")
        if size > stride:
            raise TableError(where, "a window is larger than its stride")
        area = Area(name, base, stride, size, count, sentence)
        for other in areas:
            if "USER" not in (name, other.name) and area.base < other.end and other.base < area.end:
                raise TableError(where, f"area {name} overlaps {other.name}")
        wheres[name] = where
        areas.append(area)
    for needed in ("USER", "STACK", "GRANT", "DEVICE", "IMAGE"):
        if needed not in names:
            raise TableError(f"{path}:1", f"area {needed} is missing")
    user = next(a for a in areas if a.name == "USER")
    for area in areas:
        if area.base < user.base or area.end > user.end:
            raise TableError(wheres[area.name], f"area {area.name} reaches outside USER")
    return areas


def _parse_arg(where, text, word):
    match = re.match(r"(\w+):(\w+)(?:\[(\w+)\])?(?:<=(\w+))?(@target)?\Z", text)
    if not match:
        raise TableError(where, f"argument '{text}' is not name:type")
    name, kind, length, bound, target = match.groups()
    if not IDENT.match(name):
        raise TableError(where, f"argument name '{name}' is not a lower-case name")
    if kind not in ARG_TYPES:
        raise TableError(where, f"argument '{name}' has the unknown type '{kind}'")
    if (kind == "uaddr") != bool(length):
        raise TableError(where, f"argument '{name}': a uaddr, and only a uaddr, names its length: uaddr[len]")
    if (kind == "size") != bool(bound):
        raise TableError(where, f"argument '{name}': a size, and only a size, has a bound: size<=N")
    limit = _number(where, bound, "bound") if bound else 0
    if bound and limit <= 0:
        raise TableError(where, f"argument '{name}': the bound is not positive")
    return Arg(name, kind, TARGET if target else word, limit, length or "")


def _parse_args(where, text):
    args, word = [], 0
    for item in [] if text == "-" else text.split():
        if word == PAYLOAD_WORDS and not item.endswith("@target"):
            raise TableError(where, f"more than {PAYLOAD_WORDS} payload words")
        arg = _parse_arg(where, item, word)
        if any(a.name == arg.name for a in args):
            raise TableError(where, f"argument '{arg.name}' appears twice")
        if arg.reg == TARGET and any(a.reg == TARGET for a in args):
            raise TableError(where, "two arguments in the target register")
        word += arg.reg != TARGET
        args.append(arg)
    for arg in args:
        if arg.length and not any(a.name == arg.length and a.type == "size" for a in args):
            raise TableError(where, f"buffer '{arg.name}' has no size argument '{arg.length}'")
    return args


def _parse_cap(where, text, args, caps):
    match = re.match(r"(SEND|RECV|CALL)\((\w+)\)\Z", text)
    if match:
        if not any(a.name == match[2] and a.type == "endpoint" for a in args):
            raise TableError(where, f"capability {text} names no endpoint argument")
        return match[1], match[2]
    if text not in {c.name for c in caps}:
        raise TableError(where, f"unknown capability '{text}'")
    return text, ""


def read_calls(path, caps):
    calls = []
    for where, text in _lines(path):
        cells = [c.strip() for c in text.split("|", 6)]
        if len(cells) != 7 or not cells[6]:
            raise TableError(where, "expected: nr | name | cap | args | result | flags | sentence")
        nr, name, cap, args, result, flags, sentence = cells
        nr = _number(where, nr, "call number")
        if nr != len(calls):
            raise TableError(where, f"call number {nr} is used twice or out of order; {len(calls)} comes next")
        if not IDENT.match(name) or any(c.name == name for c in calls):
            raise TableError(where, f"call name '{name}' is taken or not a lower-case name")
        args = _parse_args(where, args)
        cap, cap_arg = _parse_cap(where, cap, args, caps)
        flags = () if flags == "-" else tuple(flags.split())
        for flag in flags:
            if flag not in FLAGS:
                raise TableError(where, f"unknown flag '{flag}'")
        if result != "-" and not IDENT.match(result):
            raise TableError(where, f"result '{result}' is not a name")
        if result != "-" and "noreturn" in flags:
            raise TableError(where, "a call that does not return has no result")
        calls.append(Call(nr, name, cap, cap_arg, args, result, flags, sentence))
    if not calls:
        raise TableError(f"{path}:1", "no calls")
    return calls


def read_abi(folder):
    """Read all four tables of a folder into an Abi, or raise TableError."""
    caps = read_caps(f"{folder}/caps.tbl")
    return Abi(caps, read_statuses(f"{folder}/errors.tbl"), read_layout(f"{folder}/layout.tbl"),
               read_calls(f"{folder}/aegis.tbl", caps))

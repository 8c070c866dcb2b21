# SPDX-License-Identifier: MIT
"""Is the HAL contract complete on this build's HAL?

usage: contract.py signatures|inlines BUILD
       contract.py presence BUILD NM PREFIXES[,FOLDER/...] FILE...

signatures  a definition that differs from the contract's prototype does not compile
inlines     a port that forgets one of its inlines does not compile
presence    the HAL's objects define every function of the contract, and export nothing else but names with the
            HAL's own prefixes (separated by commas), which core cannot know, or of its headers, assembly and linker scripts in a FOLDER/
"""
import os
import re
import shutil
import sys
import tempfile

import house

build = house.Build(sys.argv[2])
report = house.Report()
source = build.user_of_contract()
headers = house.contract_headers()


def signatures():
    """Each function of the contract, defined with one parameter too many, must be refused by name."""
    functions, _ = house.declarations(build.preprocess(source, house.include_all(headers)), house.CONTRACT)
    whole = build.check_text(source, house.include_all(headers))
    if whole.returncode:
        report.error(whole.stderr)
    for name in sorted(functions):
        text = house.include_all(headers) + f"struct wrong *{name}(struct wrong *a, int b, int c, int d, int e, int f);\n"
        done = build.check_text(source, text)
        if done.returncode == 0 or name not in done.stderr:
            report.error(f"{name}: a wrong signature compiles")
    report.finish(f"{len(functions)} signatures are locked")


def without(name, folders, copy):
    """Copies of the port folders without the definition of inline `name`: their paths, and how often it was found."""
    found, paths = 0, []
    for number, folder in enumerate(folders):
        paths.append(f"{copy}/{number}")
        shutil.copytree(folder + "/port", paths[-1] + "/port")
        for file in os.listdir(paths[-1] + "/port"):
            path = os.path.join(paths[-1], "port", file)
            text, count = re.subn(rf"(static inline [^;{{()]*?)\b{name}(\([^;{{]*\)\s*\{{)", rf"\1{name}_absent\2",
                                  house.read(path))
            found += count
            with open(path, "w", encoding="utf-8") as out:
                out.write(text)
    return paths, found


def inlines():
    """Take the definition of each contract inline out of a copy of the port's headers: it must no longer compile."""
    names = []
    for header in headers:
        text = house.read(os.path.join(house.ROOT, "core/hal/include", header))
        names += re.findall(r"^static inline [^;{()]*?(\w+)\([^;{]*\);", text, re.M)
    if not names:
        report.error("the contract declares no inline: is the pattern of this check out of date?")
    folders = build.ports()
    for name in names:
        with tempfile.TemporaryDirectory() as copy:
            copies, found = without(name, folders, copy)
            if found != 1:
                report.error(f"{name}: the port defines it {found} times")
                continue
            text = house.include_all(headers) + f"extern void *use;\nvoid *use = (void *){name};\n"
            # The copies come first; the folders themselves stay, for what they hold beside port/.
            flags = build.flags(source)
            flags[1:1] = [f"-I{path}" for path in copies]
            done = house.run(*flags, "-fsyntax-only", "-x", "c", "-", input=text)
            if done.returncode == 0 or name not in done.stderr:
                report.error(f"{name}: a port without it compiles\n{done.stderr}")
    report.finish(f"{len(names)} inlines cannot be forgotten: {' '.join(names)}")


def presence():
    nm, own, *files = sys.argv[3:]
    own = own.split(",")
    prefixes = tuple(word for word in own if not word.endswith("/"))
    functions, _ = house.declarations(build.preprocess(source, house.include_all(headers)), house.CONTRACT)
    functions.discard("kernel_main")  # core's half of the contract
    defined = {name for name, kind in house.symbols(nm, "-g", "--defined-only", *files) if kind not in "VW"}
    words = set()
    for name in house.tracked_files():
        if name.endswith((".h", ".inc", ".ld", ".S")) and name.startswith(tuple(word for word in own if word.endswith("/"))):
            words |= set(re.findall(r"\b\w+\b", house.read(os.path.join(house.ROOT, name))))
    for name in sorted(functions - defined):
        report.error(f"missing: {name}")
    for name in sorted(defined - functions - words - house.PROVIDED_BY_THE_LINK):
        if not prefixes or not name.startswith(prefixes):
            report.error(f"extra export: {name}")
    report.finish(f"{len(functions)} functions of the contract are there, the other exports are of {' '.join(own)}")


{"signatures": signatures, "inlines": inlines, "presence": presence}[sys.argv[1]]()

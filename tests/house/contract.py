# SPDX-License-Identifier: MIT
"""Is the HAL contract complete on this build's HAL?

usage: contract.py signatures|inlines BUILD
       contract.py presence BUILD NM PREFIXES FILE...

signatures  a definition that differs from the contract's prototype does not compile
inlines     a port that forgets one of its inlines does not compile
presence    the HAL's objects define every function of the contract, and export nothing else but names with the
            HAL's own prefixes (separated by commas), which core cannot know
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


def inlines():
    """Take the definition of each contract inline out of a copy of the port's headers: it must no longer compile."""
    names = []
    for header in headers:
        text = house.read(os.path.join(house.ROOT, "core/hal/include", header))
        names += re.findall(r"^static inline [^;{()]*?(\w+)\([^;{]*\);", text, re.M)
    if not names:
        report.error("the contract declares no inline: is the pattern of this check out of date?")
    port = build.port()
    for name in names:
        with tempfile.TemporaryDirectory() as copy:
            shutil.copytree(port + "/port", copy + "/port")
            found = 0
            for file in os.listdir(copy + "/port"):
                path = os.path.join(copy, "port", file)
                text, count = re.subn(rf"(static inline [^;{{()]*?)\b{name}(\([^;{{]*\)\s*\{{)", rf"\1{name}_absent\2",
                                      house.read(path))
                found += count
                with open(path, "w", encoding="utf-8") as out:
                    out.write(text)
            if found != 1:
                report.error(f"{name}: the port defines it {found} times")
                continue
            text = house.include_all(headers) + f"extern void *use;\nvoid *use = (void *){name};\n"
            flags = [word for word in build.flags(source) if word != f"-I{port}"]
            done = house.run(*flags, f"-I{copy}", "-fsyntax-only", "-x", "c", "-", input=text)
            if done.returncode == 0 or name not in done.stderr:
                report.error(f"{name}: a port without it compiles\n{done.stderr}")
    report.finish(f"{len(names)} inlines cannot be forgotten: {' '.join(names)}")


def presence():
    nm, prefixes, *files = sys.argv[3:]
    functions, _ = house.declarations(build.preprocess(source, house.include_all(headers)), house.CONTRACT)
    functions.discard("kernel_main")  # core's half of the contract
    defined = {name for name, kind in house.symbols(nm, "-g", "--defined-only", *files) if kind not in "VW"}
    for name in sorted(functions - defined):
        report.error(f"missing: {name}")
    for name in sorted(defined - functions):
        if not name.startswith(tuple(prefixes.split(","))):
            report.error(f"extra export: {name}")
    report.finish(f"{len(functions)} functions of the contract are there, the other exports begin with {prefixes}")


{"signatures": signatures, "inlines": inlines, "presence": presence}[sys.argv[1]]()

# SPDX-License-Identifier: MIT
"""What licences are inside our own binaries?

usage: contents.py NM FOLDER[,FOLDER...] FILE...
       contents.py map BUILD MAP

Every source that the symbol table of each FILE (a user program or the pre-linked kernel) names is a file of this tree
below one of the FOLDERs and says a permissive licence: nothing of the C library, of Unicorn or of gcc is in there. The
second form asks the same of a linker map: everything that was loaded is an object of this build.
"""
import os
import re
import sys

import house

report = house.Report()


def check_map(build, name):
    loaded = re.findall(r"^LOAD (\S+)$", house.read(name), re.M)
    for path in loaded:
        if re.search(r"/cc\w+\.(ltrans\d+\.ltrans|debug\.temp)\.o$", path):
            continue # what link-time optimisation made of our objects; a library's member would keep its name
        if os.path.isabs(path) and not path.startswith(build) or not path.endswith((".o", ".obj")):
            report.error(f"{name}: contains {path}, which is no object of this build")
    if not loaded:
        report.error(f"{name}: names no object")
    report.finish(f"{len(loaded)} objects, all of this build")


if sys.argv[1] == "map":
    check_map(*sys.argv[2:])
    sys.exit()
nm, folders, *files = sys.argv[1:]
ours = {}
for name in house.tracked_files():
    if name.startswith(tuple(folders.split(","))) and name.endswith((".c", ".S")):
        ours.setdefault(os.path.splitext(os.path.basename(name))[0], []).append(name)
seen = set()
for file in files:
    # The compiler names a source, the assembler its object.
    sources = {symbol for symbol, kind in house.symbols(nm, "-a", file) if kind == "a" and re.search(r"\.[coS]$", symbol)}
    if not sources:
        report.error(f"{file}: names no source; was it stripped?")
    for source in sorted(sources):
        candidates = ours.get(os.path.splitext(source)[0], [])
        if not candidates:
            report.error(f"{file}: contains {source}, which is not a source below {folders}")
        for name in candidates:
            if not re.search(r"SPDX-License-Identifier: (MIT|BSD-2-Clause)\b", house.read(os.path.join(house.ROOT, name))):
                report.error(f"{file}: contains {name}, whose licence is not permissive")
        seen |= set(candidates)
if not files:
    report.error("nothing to look at")
report.finish(f"{len(files)} files hold {len(seen)} sources, all of this tree and permissive")

# SPDX-License-Identifier: MIT
"""Does core keep to itself?

usage: core.py isolation BUILD LD NM OBJECT...   of every module of core
       core.py memory OBJDUMP OBJECT...
       core.py profile BUILD LD NM full|safety OBJECT...
       core.py kernel NM KERNEL-OBJECT
       core.py sources BUILD
       core.py headers BUILD
       core.py state

isolation  pre-linked, core's undefined symbols are the HAL contract's and memcpy memmove memset memcmp
memory     whatever core writes lies in section kstate: no object has writable data elsewhere
profile    the safety profile links no allocator (and the full profile does: the check can see one)
kernel     the simulator's pre-linked kernel shows the host <sim/guest.h> and needs of it <sim/host.h>, nothing else
sources    every source of core is built, without definitions, whatever the HAL; none has inline assembly, a libc
           header, an ISA or board conditional, or a declaration of its own of another module's names
headers    every header that a build exports compiles alone, but for the second halves of contract headers
state      each module of core keeps its mutable state in one object marked KSTATE
"""
import concurrent.futures
import os
import re
import sys
import tempfile

import house

report = house.Report()
ALLOCATORS = {"frame_alloc.c"}  # sources that hand out memory at run time
# Included by the header that declares what they define, and by nobody else.
SECOND_HALF = re.compile(r"(/port/\w+_inline|/aegis/isa)\.h$")
ISA_WORDS = r"__x86_64__|__i386__|__aarch64__|__arm__|__riscv|__linux__|AEGIS_(ISA|HAL)|\bARCH_(X86|ARM|AARCH|RISCV)"


def prelinked_symbols(ld, nm, objects, *nm_args):
    with tempfile.TemporaryDirectory() as folder:
        out, script = os.path.join(folder, "core.o"), os.path.join(folder, "discard.ld")
        with open(script, "w", encoding="ascii") as file:  # the compiler's own form of the same code, which nm would prefer
            file.write("SECTIONS { /DISCARD/ : { *(.gnu.lto_*) *(.gnu.debuglto_*) } }")
        done = house.run(ld, "-r", "-T", script, "-o", out, *objects)
        if done.returncode:
            sys.exit(done.stderr)
        return house.symbols(nm, *nm_args, out)


def isolation():
    build = house.Build(sys.argv[2])
    ld, nm, *objects = sys.argv[3:]
    text = house.include_all(house.contract_headers())
    preprocessed = build.preprocess(build.user_of_contract(), text)
    contract, _ = house.declarations(preprocessed, house.CONTRACT)
    for folder in build.port_folders():  # what the port's inlines use
        contract |= set().union(*house.declarations(preprocessed, folder))
    undefined = {name for name, _ in prelinked_symbols(ld, nm, objects, "-u")} - {"_GLOBAL_OFFSET_TABLE_"}
    for name in sorted(undefined - contract - house.PROVIDED_BY_THE_LINK):
        report.error(f"core needs {name}, which is neither in the HAL contract nor one of the four mem functions")
    report.finish(f"{len(objects)} objects need {len(undefined)} symbols, all of the contract")


def memory():
    objdump, *objects = sys.argv[2:]
    state = 0
    for name in objects:
        listing = house.run(objdump, "-h", name)
        if listing.returncode:
            sys.exit(listing.stderr)
        # Constants that hold addresses (.data.rel.ro) are written by the linker only.
        for section, size in re.findall(r"^ *\d+ (\S+) +([0-9a-f]{8,}) ", listing.stdout, re.M):
            if section == "kstate":
                state += int(size, 16)
            elif int(size, 16) and re.match(r"\.s?(data|bss|tdata|tbss)(?!\.rel\.ro)", section):
                report.error(f"{name}: {int(size, 16)} bytes in {section}, outside the module's KSTATE object")
    if not state:
        report.error("no state at all: is the section's name out of date?")
    report.finish(f"{len(objects)} objects hold {state} bytes of state, all in kstate")


def profile():
    ld, nm, name, *objects = sys.argv[3:]
    files = {symbol for symbol, kind in prelinked_symbols(ld, nm, objects, "-a") if kind == "a"}
    found = files & ALLOCATORS
    if name == "safety" and found:
        report.error(f"the safety profile links an allocator: {' '.join(sorted(found))}")
    if name == "full" and not found:
        report.error("the full profile links no allocator: is the list of this check out of date?")
    report.finish(f"{name}: {' '.join(sorted(found)) or 'no allocator'} among {len(files)} sources")


def kernel():
    nm, kernel_object = sys.argv[2:]
    wanted = {}
    for header in ("guest", "host", "port"):
        text = house.read(os.path.join(house.ROOT, f"sim/include/sim/{header}.h"))
        wanted[header] = set(re.findall(r"\b(\w+)\(", text)) | set(re.findall(r"\bextern [\w\s*]*?(\w+);", text))
    shown = {name for name, _ in house.symbols(nm, "-g", "--defined-only", kernel_object)}
    needed = {name for name, _ in house.symbols(nm, "-u", kernel_object)} - {"_GLOBAL_OFFSET_TABLE_"}
    for name in sorted(shown - wanted["guest"] - wanted["port"]):
        report.error(f"the kernel shows {name}, which is not in <sim/guest.h>")
    for name in sorted(needed - wanted["host"] - wanted["port"] - house.PROVIDED_BY_THE_LINK):
        report.error(f"the kernel needs {name}, which is not in <sim/host.h>")
    report.finish(f"the kernel shows {len(shown)} names and needs {len(needed)}")


def check_source(name):
    text = house.read(os.path.join(house.ROOT, name))
    code = re.sub(r"/\*.*?\*/", lambda m: "\n" * m[0].count("\n"), text, flags=re.S)
    for number, line in enumerate(code.splitlines(), 1):
        where = f"{name}:{number}"
        if re.search(r"\b(asm|__asm__|__asm)\b\s*(volatile|__volatile__|goto)?\s*\(", line):
            report.error(f"{where}: inline assembly")
        if re.match(rf"\s*#\s*(if|ifdef|ifndef|elif).*({ISA_WORDS})", line):
            report.error(f"{where}: conditional on an ISA or board")
        include = re.match(r'\s*#\s*include\s*[<"]([^>"/]+)[>"]', line)
        if include and name.endswith(".h") and include[1] not in ("stdarg.h", "stdbool.h", "stddef.h", "stdint.h"):
            report.error(f"{where}: <{include[1]}> is not one of the compiler's own headers")


def sources():
    build = house.Build(sys.argv[2])
    here = {n for n in house.tracked_files() if n.startswith("core/") and n.endswith((".c", ".h"))
            and "/test/" not in n}
    built = {n for n in build.sources("core/") if "/test/" not in n}
    left_out = {n for n in here if n.endswith(".c")} - built
    # One of the two frame sources belongs to the other profile.
    for name in sorted(n for n in left_out if os.path.basename(n) not in ALLOCATORS | {"frame_pool.c"}):
        report.error(f"{name}: not built here; core has the same sources on every HAL")
    for name in sorted(built):
        for word in build.commands[name]:
            if word.startswith("-D"):
                report.error(f"{name}: built with {word}; core has the same definitions on every HAL")
    for name in house.tracked_files():
        if re.match(r"core/.*CMakeLists\.txt$", name) and name != "core/hal/CMakeLists.txt" \
                and re.search(r"AEGIS_(HAL|ISA)\b.*core_module\(|core_module\([^)]*AEGIS_(HAL|ISA)\b",
                              house.read(os.path.join(house.ROOT, name)), re.S):
            report.error(f"{name}: the module depends on the HAL or the ISA")
    for name in sorted(here):
        check_source(name)
    report.finish(f"{len(built)} sources and {len(here) - len(built)} other files keep to themselves")


def headers():
    """A header is compiled with the include path of its own module, or elsewhere of some source that may use it."""
    build = house.Build(sys.argv[2])
    has_null = any("/tests/hal-null/include" in word for words in build.commands.values() for word in words)
    users = {}  # include folder: one source for each different include path that holds it
    for source, words in build.commands.items():
        path = tuple(os.path.abspath(word[2:]) for word in words if word.startswith("-I"))
        for folder in path:
            # What tests share includes hal-null's own headers, which only its own build has.
            of_tests = folder.startswith(house.ROOT + "/tests/") and not (has_null and "-D_GNU_SOURCE" in words)
            if folder.startswith(house.ROOT + os.sep) and not folder.startswith(build.path) and not of_tests:
                users.setdefault(folder, {}).setdefault(path, source)
    work = []
    for folder, by_path in users.items():
        sources_of_folder = list(by_path.values())
        module = re.match(re.escape(house.ROOT) + r"/(core/\w+)/", folder + "/")
        own = [source for source in sources_of_folder if module and source.startswith(module[1] + "/")]
        for place, _, names in os.walk(folder):
            work += [(own[:1] or sources_of_folder, os.path.relpath(os.path.join(place, name), folder))
                     for name in names if name.endswith(".h") and not SECOND_HALF.search(os.path.join(place, name))]
    if not work:
        report.error("no headers: is this the build of another tree?")

    def compile_alone(job):
        candidates, name = job
        for source in candidates:
            done = build.check_text(source, f"#include <{name}>\n#include <{name}>\n")
            if done.returncode == 0:
                break
        return name, done

    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        for name, done in pool.map(compile_alone, work):
            if done.returncode:
                report.error(f"<{name}> does not compile alone:\n{done.stderr}")
    report.finish(f"{len(work)} headers of {len(users)} folders compile alone")


def state():
    owners = {}
    for name in house.tracked_files():
        if not re.match(r"core/\w+/[\w/]*\w+\.c$", name) or "/test/" in name:
            continue
        text = re.sub(r"/\*.*?\*/", "", house.read(os.path.join(house.ROOT, name)), flags=re.S)
        for _ in re.findall(r"^static KSTATE\b|^KSTATE\b", text, re.M):
            owners.setdefault(name.split("/")[1], []).append(name)
        # Any other object at file scope or static in a function must be const.
        for line in text.splitlines():
            found = re.match(r"\s*static (?!KSTATE|inline|const\b)(?!.*\bconst\b[^*]*=)[\w\s*]+?\b(\w+)\s*(\[[^\]]*\])*\s*(=|;)", line)
            if found and "(" not in line.split("=")[0]:
                report.error(f"{name}: '{line.strip()}' is mutable state outside the module's KSTATE object")
    for module, files in sorted(owners.items()):
        built_together = [f for f in files if os.path.basename(f) != "frame_pool.c"]
        if len(built_together) > 1:
            report.error(f"core/{module}: more than one KSTATE object: {' '.join(built_together)}")
    report.finish(f"{len(owners)} modules have state, one object each: {' '.join(sorted(owners))}")


CHECKS = {"isolation": isolation, "memory": memory, "profile": profile, "kernel": kernel, "sources": sources,
          "headers": headers, "state": state}
CHECKS[sys.argv[1]]()

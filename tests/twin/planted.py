# SPDX-License-Identifier: MIT
"""Bugs of a HAL for the twin run to find: each is a change of one place, made in a copy of the sources."""
import filecmp
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass

ISAS = ("x86_64", "aarch64", "riscv64")
SOURCES = ("CMakeLists.txt", "CMakePresets.json", "cmake", "core", "hal-common", *(f"hal-{isa}" for isa in ISAS), "tools", "user")


@dataclass
class Plant:
    what: str
    images: dict  # image: tasks that must be reported
    places: dict  # ISA: (file, what stands there, what is planted)


PLANTS = {
    "tlb": Plant(
        "unmapping a page does not flush it",
        {"hostile-stale_grant": [5]},
        dict.fromkeys(ISAS, ("hal-common/mm/space.c", """pt_unmap(&pt, va);

    if (status == STATUS_OK)
        port_tlb_invalidate(space->asid, va);
""", """pt_unmap(&pt, va);

"""))),
    "register": Plant(
        "payload words are taken from the wrong registers",
        {"hostile-garbage_calls": [5]},
        {"x86_64": ("hal-x86_64/isa/frame.c", "call->w[3] = frame->r10;", "call->w[3] = frame->rcx;"),
         "aarch64": ("hal-aarch64/isa/frame.c", "call->w[i] = frame->x[i];", "call->w[i] = frame->x[i ^ i / 2];"),
         "riscv64": ("hal-riscv64/isa/frame.c", "call->w[i] = reg_value(frame, REG_A0 + i);",
                     "call->w[i] = reg_value(frame, REG_A0 + (i ^ i / 2));")}),
    "irq": Plant(
        "a device's interrupt is not completed, so the next one is missed",
        {"interrupts": [0]},
        {"x86_64": ("hal-x86_64/cpu/irq.c", "cpu->port.irq_in_service--)\n        apic_eoi();",
                    "cpu->port.irq_in_service--)\n        continue;"),
         "aarch64": ("hal-aarch64/dev/gic.c", "for (uint32_t i = count; i-- > 0;)", "for (uint32_t i = count; i-- > 1;)"),
         "riscv64": ("hal-riscv64/io/plic.c", "        arch_io_write32(claim, source);\n", "")}),
}


def run(*words):
    done = subprocess.run(words, capture_output=True, text=True, check=False)
    if done.returncode:
        sys.exit(f"FAILED: {' '.join(words)}\n{done.stdout[-3000:]}{done.stderr[-3000:]}")


def copy_file(source, target):
    """Only what has changed, so that only that is compiled again."""
    if not os.path.exists(target) or not filecmp.cmp(source, target, shallow=False):
        shutil.copy(source, target)
    return target


def copy_sources(root, tree):
    for name in SOURCES:
        source, target = os.path.join(root, name), os.path.join(tree, name)
        if os.path.isdir(source):
            shutil.copytree(source, target, copy_function=copy_file, dirs_exist_ok=True,
                            ignore=shutil.ignore_patterns("__pycache__"))
        else:
            copy_file(source, target)


def build(root, build_dir, isa, profile, plant):
    """The planted kernel, as the file that QEMU boots. One copy of the sources serves all plants of a build directory."""
    tree, work = os.path.join(build_dir, "planted/tree"), os.path.join(build_dir, "planted/build")
    os.makedirs(tree, exist_ok=True)
    copy_sources(root, tree)
    name, old, new = plant.places[isa]
    file = os.path.join(tree, name)
    with open(file, encoding="utf-8") as source:
        text = source.read()
    if text.count(old) != 1:
        sys.exit(f"FAILED: {name} has changed: '{old}' is there {text.count(old)} times; plant the bug anew in tests/twin/planted.py")
    with open(file, "w", encoding="utf-8") as source:
        source.write(text.replace(old, new))
    run("cmake", "-S", tree, "-B", work, "-G", "Ninja", "-DAEGIS_HAL=metal", f"-DAEGIS_ISA={isa}", f"-DAEGIS_PROFILE={profile}",
        "-DAEGIS_TESTS=OFF")
    run("ninja", "-C", work, f"aegis-{isa}")
    return os.path.join(work, "kernel", f"aegis-{isa}." + ("elf" if isa == "x86_64" else "img"))

# SPDX-License-Identifier: MIT
"""An image of programs of one's own: `./aegis qemu --task=FILE[,KEY=VALUE...]`, as `./aegis-sim --task` takes them."""
import os
import re
import shutil
import struct
import subprocess
import tempfile

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
DEFAULTS = {"priority": "4", "budget": "10", "caps": "write+yield+heartbeat+exit", "heartbeat": "0", "restart": "never"}
ENTRY = 24  # offset of an ELF file's entry point


class Refused(Exception):
    """Says what is wrong with a task that was given."""


def slot_of(path):
    """The slot for which a program is linked: where its entry point lies. The rest is for the kernel to judge."""
    with open(os.path.join(ROOT, "core/abi/gen/abi/layout.h"), encoding="ascii") as header:
        layout = {name: int(value, 0) for name, value in re.findall(r"#define LAYOUT_IMAGE_(\w+) +(\w+)", header.read())}
    with open(path, "rb") as file:
        head = file.read(ENTRY + 8)
    if not head.startswith(b"\x7fELF") or len(head) < ENTRY + 8:
        raise Refused("is no program; make it with ./aegis cc FILE.c -o FILE.elf")
    slot = (struct.unpack_from("<Q", head, ENTRY)[0] - layout["BASE"]) // layout["STRIDE"]
    if not 0 <= slot < layout["COUNT"]:
        raise Refused("is linked for no task slot; link it with ./aegis cc --slot=N")
    return slot


def read_task(value):
    """(slot, line of the manifest without its file, path) of one --task."""
    path, *words = value.split(",")
    keys = dict(DEFAULTS, name=re.sub(r"[^\w-]", "_", os.path.basename(path).split(".")[0])[:15] or "task")
    for word in words:
        key, _, text = word.partition("=")
        key = "priority" if key == "prio" else key
        if key not in keys:
            raise Refused(f"unknown key '{key}' (known: prio budget caps heartbeat restart name)")
        if not re.fullmatch(r"[\w+.-]+", text):
            raise Refused(f"{key}={text}: a value is needed")
        keys[key] = text
    try:
        return slot_of(path), " ".join(f"{key}={text}" for key, text in keys.items()), path
    except OSError as error:
        raise Refused(f"cannot be read: {error.strerror}") from None


def pack(values):
    """(folder that holds the image until it is cleaned up, path of the image, slot of the first task)."""
    folder = tempfile.TemporaryDirectory(prefix="aegis-tasks-")
    lines, slots = [], []
    for value in values:
        try:
            slot, keys, path = read_task(value)
            if slot in slots:
                raise Refused(f"another program is linked for slot {slot} too; link one with ./aegis cc --slot=N")
        except Refused as error:
            raise Refused(f"--task={value}: {error}") from None
        slots.append(slot)
        lines.append(f"task {slot} {keys} file=given-{slot}.elf\n")
        shutil.copy(path, os.path.join(folder.name, f"given-{slot}.elf"))
    manifest, image = (os.path.join(folder.name, name) for name in ("manifest", "given.img"))
    with open(manifest, "w", encoding="ascii") as file:
        file.writelines(lines)
    subprocess.run([os.path.join(ROOT, "tools/mkimage"), manifest, folder.name, image], check=True)
    return folder, image, slots[0]

# SPDX-License-Identifier: MIT
"""File systems for firmware, by mtools: fixed serial number and dates, so the same input gives the same bytes."""
import os

MIB = 1 << 20
SERIAL = "41454749"
FAT32_MIB = 36  # the least that has enough clusters of one sector to be FAT32
SPARE_MIB = 2


def write_fat(path, files, run, fat32):
    """Write a file system with `files`, {path inside: file}; paths have / between folders."""
    need = sum(os.path.getsize(file) for file in files.values()) // MIB + SPARE_MIB
    size = max(need + SPARE_MIB, FAT32_MIB) if fat32 else need
    with open(path, "wb") as file:
        file.truncate(size * MIB)
    run("mformat", "-i", path, *(["-F", "-c", "1"] if fat32 else []), "-v", "AEGIS", "-N", SERIAL, "::")
    folders = set()
    for inside, file in files.items():
        parts = inside.split("/")[:-1]
        for depth in range(1, len(parts) + 1):
            folder = "/".join(parts[:depth])
            if folder not in folders:
                run("mmd", "-i", path, f"::/{folder}")
                folders.add(folder)
        run("mcopy", "-i", path, file, f"::/{inside}")

# SPDX-License-Identifier: MIT
"""A disk with a GUID partition table and one EFI system partition (UEFI 2.10, chapter 5). Same input, same bytes."""
import struct
import uuid
import zlib

SECTOR = 512
ALIGN = 2048  # sectors: partitions begin and end at a MiB
ENTRIES, ENTRY_SIZE = 128, 128
TABLE_SECTORS = ENTRIES * ENTRY_SIZE // SECTOR
EFI_SYSTEM = uuid.UUID("c12a7328-f81f-11d2-ba4b-00a0c93ec93b")
NAMES = uuid.UUID("0d7a4c1e-5c5b-4f0e-9d5e-6a1f2f6f3a11")  # our own GUIDs are derived from this one
HEADER = struct.Struct("<8sIIIIQQQQ16sQIII")


def protective_mbr(sectors):
    """One partition of type 0xEE over the whole disk, for tools that know no GPT."""
    entry = struct.pack("<B3sB3sII", 0, b"\x00\x02\x00", 0xEE, b"\xff\xff\xff", 1, min(sectors - 1, 0xFFFFFFFF))
    return bytes(446) + entry + bytes(48) + b"\x55\xaa"


def header(own, other, first, last, disk, table_at, table_crc):
    def pack(crc):
        return HEADER.pack(b"EFI PART", 0x00010000, HEADER.size, crc, 0, own, other, first, last, disk.bytes_le, table_at,
                           ENTRIES, ENTRY_SIZE, table_crc)
    return pack(zlib.crc32(pack(0))).ljust(SECTOR, b"\0")


def write_disk(path, partition, name):
    """Write a disk whose only partition is the file system `partition` (whole sectors)."""
    with open(partition, "rb") as file:
        content = file.read()
    if len(content) % SECTOR:
        raise ValueError(f"{partition}: {len(content)} bytes are no whole sectors")
    first = ALIGN
    last = first + len(content) // SECTOR - 1
    sectors = (last // ALIGN + 2) * ALIGN
    entry = struct.pack("<16s16sQQQ72s", EFI_SYSTEM.bytes_le, uuid.uuid5(NAMES, f"partition {name}").bytes_le, first, last, 0,
                        "EFI system".encode("utf-16-le"))
    table = entry.ljust(ENTRIES * ENTRY_SIZE, b"\0")
    disk, crc = uuid.uuid5(NAMES, f"disk {name}"), zlib.crc32(table)
    usable = 2 + TABLE_SECTORS, sectors - 2 - TABLE_SECTORS
    with open(path, "wb") as file:
        file.write(protective_mbr(sectors))
        file.write(header(1, sectors - 1, *usable, disk, 2, crc))
        file.write(table)
        write_sparse(file, first * SECTOR, content)
        file.seek((sectors - 1 - TABLE_SECTORS) * SECTOR)
        file.write(table)
        file.write(header(sectors - 1, 1, *usable, disk, sectors - 1 - TABLE_SECTORS, crc))


def write_sparse(file, at, content):
    """Write without the blocks that are all zero: an empty file system takes no room."""
    block = 65536
    for offset in range(0, len(content), block):
        piece = content[offset:offset + block]
        if any(piece):
            file.seek(at + offset)
            file.write(piece)

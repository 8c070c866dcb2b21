# SPDX-License-Identifier: MIT
"""Pictures as rows of 0x00RRGGBB: reading PNG, PPM and XWD files, and reading text off a picture with the console's font."""
import os
import re
import struct
import zlib

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
FONT = os.path.join(ROOT, "core/dev/font_spleen.c")
WIDTH, HEIGHT = 8, 16
PAPER, TEXT, WARN, ERROR = 0x282A36, 0xF8F8F2, 0xF1FA8C, 0xFF5555


def read_png(path):
    """8-bit RGB without interlace and filters: what the simulator writes."""
    with open(path, "rb") as file:
        data = file.read()
    assert data[:8] == b"\x89PNG\r\n\x1a\n", f"{path} is no PNG file"
    at, packed, size = 8, b"", None
    while at < len(data):
        length, kind = struct.unpack_from(">I4s", data, at)
        body = data[at + 8:at + 8 + length]
        assert zlib.crc32(kind + body) == struct.unpack_from(">I", data, at + 8 + length)[0], f"{path}: bad checksum"
        if kind == b"IHDR":
            size = struct.unpack_from(">IIBBBBB", body)
            assert size[2:] == (8, 2, 0, 0, 0), f"{path}: not 8-bit RGB"
        elif kind == b"IDAT":
            packed += body
        at += 12 + length
    raw, rows = zlib.decompress(packed), []
    for at in range(0, len(raw), size[0] * 3 + 1):
        assert raw[at] == 0, f"{path}: a row has filter {raw[at]}"
        line = raw[at + 1:at + 1 + size[0] * 3]
        rows.append([red << 16 | green << 8 | blue for red, green, blue in zip(line[0::3], line[1::3], line[2::3])])
    assert len(rows) == size[1]
    return rows


def read_ppm(path):
    """Binary, 8 bits a colour: what QEMU writes."""
    with open(path, "rb") as file:
        data = file.read()
    head = re.match(rb"P6\s+(\d+)\s+(\d+)\s+255\s", data)
    assert head, f"{path} is no PPM file"
    width, height, at = int(head[1]), int(head[2]), head.end()
    rows = []
    for start in range(at, at + width * height * 3, width * 3):
        line = data[start:start + width * 3]
        rows.append([red << 16 | green << 8 | blue for red, green, blue in zip(line[0::3], line[1::3], line[2::3])])
    return rows


def read_xwd(path):
    """A screen of 24 or 32 bits that Xvfb keeps in a file (-fbdir)."""
    with open(path, "rb") as file:
        data = file.read()
    head = struct.unpack_from(">25I", data)
    size, width, height, swapped, bits, pitch, colours = head[0], head[4], head[5], head[7] == 0, head[11], head[12], head[19]
    assert bits == 32, f"{path}: {bits} bits a pixel"
    at, order = size + colours * 12, "<" if swapped else ">"
    return [[pixel & 0xFFFFFF for pixel in struct.unpack_from(f"{order}{width}I", data, at + y * pitch)]
            for y in range(height)]


def glyphs():
    """The font's drawings and their characters; what stands for all others is '?'."""
    with open(FONT, encoding="ascii") as file:
        rows = re.findall(r"^    \{(0x[^}]*)\},", file.read(), re.M)
    drawings = {tuple(int(byte, 16) for byte in row.split(", ")): chr(0x20 + i) for i, row in enumerate(rows)}
    assert len(drawings) == 96
    return {drawing: char if char != "\x7f" else "?" for drawing, char in drawings.items()}


def cell(rows, x, y):
    """(drawing, ink) of the cell; an inverted one (the cursor) counts as its inverse."""
    pixels = [row[x:x + WIDTH] for row in rows[y:y + HEIGHT]]
    inks = {pixel for row in pixels for pixel in row} - {PAPER}
    assert len(inks) <= 1, f"colours of the cell at {x},{y}: {inks}"
    ink = inks.pop() if inks else PAPER
    drawing = tuple(sum((pixel == ink) << (7 - i) for i, pixel in enumerate(row)) for row in pixels)
    return (drawing, ink) if ink != PAPER else ((0,) * HEIGHT, ink)


def read_text(rows):
    """The screen's lines, and the column and row of the cursor (None if it is on no cell that shows it)."""
    known, lines, cursor = glyphs(), [], None
    for y in range(0, len(rows) - HEIGHT + 1, HEIGHT):
        line = ""
        for x in range(0, len(rows[0]) - WIDTH + 1, WIDTH):
            drawing, _ = cell(rows, x, y)
            if drawing not in known:
                drawing = tuple(~row & 255 for row in drawing)
                assert cursor is None and drawing in known, f"the cell at {x},{y} shows no character"
                cursor = (x // WIDTH, y // HEIGHT)
            line += known[drawing]
        lines.append(line.rstrip())
    return lines, cursor

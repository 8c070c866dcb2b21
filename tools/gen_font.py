#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Turn a console font (PSF 1 or 2, 8 pixels wide, 16 high, with a Unicode table) into core/dev/font_spleen.c.

usage: gen_font.py [FONT [OUTPUT]]

FONT is the 8x16 font of Debian's fonts-spleen unless given. The output holds the printable ASCII characters and, last,
the replacement character; it is committed, and a test compares it with what this script writes now.
"""
import gzip
import os
import struct
import sys

FONT = "/usr/share/consolefonts/spleen-8x16.psfu.gz"
OUTPUT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "core", "dev", "font_spleen.c")
WIDTH, HEIGHT = 8, 16
CHARACTERS = [*range(0x20, 0x7F), 0xFFFD]

HEAD = """\
/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (c) 2018-2020 Frederic Cambus <fred@statdns.com> */
/*
 * The Spleen font, 8x16: made by tools/gen_font.py, do not edit. Licence of this file:
 *
 * Redistribution and use in source and binary forms, with or without modification, are permitted provided that the
 * following conditions are met:
 *  - Redistributions of source code must retain the above copyright notice, this list of conditions and the
 *    following disclaimer.
 *  - Redistributions in binary form must reproduce the above copyright notice, this list of conditions and the
 *    following disclaimer in the documentation and/or other materials provided with the distribution.
 *
 * THIS SOFTWARE IS PROVIDED BY THE COPYRIGHT HOLDERS AND CONTRIBUTORS "AS IS" AND ANY EXPRESS OR IMPLIED WARRANTIES,
 * INCLUDING, BUT NOT LIMITED TO, THE IMPLIED WARRANTIES OF MERCHANTABILITY AND FITNESS FOR A PARTICULAR PURPOSE ARE
 * DISCLAIMED. IN NO EVENT SHALL THE COPYRIGHT HOLDER OR CONTRIBUTORS BE LIABLE FOR ANY DIRECT, INDIRECT, INCIDENTAL,
 * SPECIAL, EXEMPLARY, OR CONSEQUENTIAL DAMAGES (INCLUDING, BUT NOT LIMITED TO, PROCUREMENT OF SUBSTITUTE GOODS OR
 * SERVICES; LOSS OF USE, DATA, OR PROFITS; OR BUSINESS INTERRUPTION) HOWEVER CAUSED AND ON ANY THEORY OF LIABILITY,
 * WHETHER IN CONTRACT, STRICT LIABILITY, OR TORT (INCLUDING NEGLIGENCE OR OTHERWISE) ARISING IN ANY WAY OUT OF THE USE
 * OF THIS SOFTWARE, EVEN IF ADVISED OF THE POSSIBILITY OF SUCH DAMAGE.
 */
#include <dev/font.h>

const uint8_t font_spleen[FONT_GLYPHS][FONT_HEIGHT] = {
"""


def psf1(data):
    """(bytes of all glyphs, glyph size, glyph of each character)"""
    mode, size = data[2], data[3]
    count = 512 if mode & 1 else 256
    glyphs, table = data[4:4 + count * size], data[4 + count * size:]
    if not mode & 6:
        sys.exit("gen_font: the font has no Unicode table")
    where, glyph = {}, 0
    for (word,) in struct.iter_unpack("<H", table):
        if word == 0xFFFF:
            glyph += 1
        elif word != 0xFFFE:
            where.setdefault(word, glyph)
    return glyphs, size, where


def psf2(data):
    _, head, flags, count, size, height, width = struct.unpack_from("<7I", data, 4)
    if (width, height) != (WIDTH, HEIGHT) or not flags & 1:
        sys.exit(f"gen_font: {width}x{height} pixels or no Unicode table; {WIDTH}x{HEIGHT} with one is needed")
    glyphs, table = data[head:head + count * size], data[head + count * size:]
    where = {}
    for glyph, text in enumerate(table.split(b"\xff")[:count]):
        for char in text.split(b"\xfe")[0].decode("utf-8"):
            where.setdefault(ord(char), glyph)
    return glyphs, size, where


def main():
    font = sys.argv[1] if len(sys.argv) > 1 else FONT
    output = sys.argv[2] if len(sys.argv) > 2 else OUTPUT
    opener = gzip.open if font.endswith(".gz") else open
    with opener(font, "rb") as file:
        data = file.read()
    if data[:2] == b"\x36\x04":
        glyphs, size, where = psf1(data)
    elif data[:4] == b"\x72\xb5\x4a\x86":
        glyphs, size, where = psf2(data)
    else:
        sys.exit(f"gen_font: {font} is no PSF font")
    if size != HEIGHT:
        sys.exit(f"gen_font: {font} has glyphs of {size} bytes, not {HEIGHT}")
    lines = []
    for char in CHARACTERS:
        if char not in where:
            sys.exit(f"gen_font: {font} has no glyph for U+{char:04X}")
        rows = glyphs[where[char] * size:][:size]
        name = "any other" if char == 0xFFFD else repr(chr(char)) if char != 0x5C else "backslash"
        lines.append("    {" + ", ".join(f"0x{row:02X}" for row in rows) + f"}}, /* {name} */\n")
    with open(output, "w", encoding="ascii") as file:
        file.write(HEAD + "".join(lines) + "};\n")


main()

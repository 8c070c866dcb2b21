# SPDX-License-Identifier: MIT
"""On hardware a fault point is no code: with and without its questions a source of core becomes the same machine code.

usage: no_code.py BUILD
"""
import json
import os
import re
import shlex
import subprocess
import sys
import tempfile

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
ASKS = re.compile(r"\barch_fault\(\w+\)")


def code(command, folder, source):
    """Assembly of `source`, compiled as `command` says, without debugging information."""
    out = os.path.join(folder, "out.s")
    words = shlex.split(command["command"])
    words = [word for word in words if not word.startswith(("-g", "-flto", "-M")) and word not in (command["file"], "ccache")]
    for option in ("-o", "-MF", "-MT", "-MQ"):
        while option in words:
            del words[words.index(option):words.index(option) + 2]
    folder_of_source = os.path.dirname(command["file"])
    done = subprocess.run([*words, f"-iquote{folder_of_source}", "-S", "-g0", "-o", out, source], cwd=command["directory"],
                          capture_output=True, text=True, check=False)
    if done.returncode:
        sys.exit(done.stderr)
    with open(out, encoding="utf-8") as file:
        return [line for line in file.read().splitlines() if not line.lstrip().startswith((".file", ".ident"))]


def main(build):
    with open(os.path.join(build, "compile_commands.json"), encoding="utf-8") as file:
        commands = json.load(file)
    core, checked, failed = os.path.join(ROOT, "core") + "/", 0, 0
    for command in commands:
        command["file"] = os.path.normpath(os.path.join(command["directory"], command["file"]))
        if not command["file"].startswith(core):
            continue
        with open(command["file"], encoding="utf-8") as file:
            text = file.read()
        if not ASKS.search(text):
            continue
        checked += 1
        with tempfile.TemporaryDirectory() as folder:
            copies = []
            for name, content in (("asks", text), ("silent", ASKS.sub("false", text))):
                os.makedirs(os.path.join(folder, name))
                copies.append(os.path.join(folder, name, os.path.basename(command["file"])))
                with open(copies[-1], "w", encoding="utf-8") as file:
                    file.write(f'#line 1 "source.c"\n{content}')
            if code(command, folder, copies[0]) != code(command, folder, copies[1]):
                failed += 1
                print(f"{command['file']}: its fault points leave code")
    if checked == 0:
        sys.exit("no source of core has a fault point")
    print(f"{checked} sources, {failed} with code")
    sys.exit(1 if failed else 0)


main(sys.argv[1])

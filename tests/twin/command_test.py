# SPDX-License-Identifier: MIT
"""tools/twin.py as a command, with a simulator and a QEMU that play back canned runs: statuses, table, JSON, files kept.

usage: command_test.py [UNITTEST-OPTION...]
"""
import json
import os
import subprocess
import sys
import tempfile
import unittest

sys.dont_write_bytecode = True
ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
CONSOLE = "[TICK:00000000] [T-] [INFO] [aegis] boot complete: 59 checkpoints\n"
EVENTS = ["T 8 0 ffff 0 1 0 0 0 0 0", "T 0 0 2 4 d 0 0 0 0 0", "T 3 0 2 0 0 0 0 0 0 0"]
SIMULATOR = """#!/bin/sh
for word; do case $word in --events=*) cp "{0}/sim.played" "${{word#*=}}" ;; esac; done
cat "{0}/console"
exit {1}
"""
QEMU = """#!/bin/sh
for word; do case $word in *path=*) cp "{0}/metal.played" "${{word#*path=}}" ;; esac; done
cat "{0}/console"
{1}
"""


class Command(unittest.TestCase):
    def setUp(self):
        holder = tempfile.TemporaryDirectory()
        self.addCleanup(holder.cleanup)
        self.folder = holder.name
        os.makedirs(self.path("build/images"))
        os.makedirs(self.path("build/kernel"))
        manifest = b"task 2 name=hello file=hello.elf\n"
        header = bytearray(512)
        header[124:135] = b"%011o" % len(manifest)
        self.write("build/images/tour.img", bytes(header) + manifest)
        self.write("build/kernel/aegis-riscv64.img", b"")
        self.write("console", CONSOLE.encode())
        self.play()

    def path(self, name):
        return os.path.join(self.folder, name)

    def write(self, name, data):
        with open(self.path(name), "wb") as file:
            file.write(data)
        os.chmod(self.path(name), 0o755)

    def play(self, sim=None, metal=None, sim_status=0, metal_end="exit 0"):
        self.write("sim", SIMULATOR.format(self.folder, sim_status).encode())
        self.write("qemu-system-riscv64", QEMU.format(self.folder, metal_end).encode())
        for name, lines in (("sim.played", sim), ("metal.played", metal)):
            self.write(name, "".join(line + "\n" for line in (EVENTS if lines is None else lines)).encode())

    def twin(self, *options, status=0):
        environment = os.environ | {"PATH": self.folder + os.pathsep + os.environ["PATH"]}
        done = subprocess.run([sys.executable, "-B", os.path.join(ROOT, "tools/twin.py"), "--isa=riscv64",
                               "--build=" + self.path("build"), "--sim=" + self.path("sim"), *options], env=environment,
                              stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=60, check=False)
        self.assertEqual(done.returncode, status, done.stdout + done.stderr)
        return done

    def test_what_agrees_ends_with_0(self):
        said = self.twin().stdout
        self.assertRegex(said, r"(?m)^tour +2 hello +2 +0  agrees$")
        self.assertRegex(said, r"1 images, simulator and bare metal agree\n\Z")

    def test_what_differs_ends_with_1_and_shows_where(self):
        self.play(metal=[*EVENTS[:2], "T 3 0 2 0 7 0 0 0 0 0"])
        self.assertRegex(self.twin(status=1).stdout, r"(?m)^  > exited with 0 +\| exited with 7$")

    def test_json_says_the_same(self):
        self.assertEqual(json.loads(self.twin("--json").stdout)["verdict"], "agree")
        self.play(metal=EVENTS[:2])
        result = json.loads(self.twin("--json", status=1).stdout)
        tasks = {task["name"]: task for task in result["images"][0]["tasks"]}
        self.assertEqual((result["verdict"], tasks["hello"]["difference"]["index"]), ("differ", 1))

    def test_a_machine_that_does_not_end_is_stopped(self):
        self.play(metal_end="exec sleep 60")
        self.assertIn("still running", self.twin("--timeout=1", status=1).stdout)
        self.play(sim_status=89, metal_end="exec sleep 60")
        self.twin("--timeout=1")

    def test_a_status_that_differs_is_found(self):
        self.play(metal_end="exit 80")
        self.assertIn("ended with status 80", self.twin(status=1).stdout)

    def test_files_are_kept(self):
        self.twin("--keep=" + self.path("kept"), "--image=tour")
        self.assertEqual(sorted(os.listdir(self.path("kept/riscv64-tour"))),
                         ["qemu.console", "qemu.events", "qemu.log", "sim.events"])

    def test_what_cannot_run_is_said_in_one_line(self):
        self.assertIn("did you mean tour?", self.twin("--image=tuor", status=66).stderr)
        self.play(sim_status=65)
        self.twin(status=65)
        self.play(metal=[], metal_end="echo refused >&2; exit 1")
        self.write("console", b"")
        self.assertEqual(self.twin(status=71).stderr, "aegis: QEMU: refused\n")


unittest.main()

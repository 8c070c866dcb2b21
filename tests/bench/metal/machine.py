# SPDX-License-Identifier: MIT
"""Machines of QEMU with the probe in them: images made for a measurement, one run, what the probe saw."""
import os
import re
import shlex
import subprocess
import sys
import time

HERE = os.path.dirname(os.path.abspath(__file__))
CPUS = {"x86_64": "qemu64", "aarch64": "cortex-a53", "riscv64": "rv64"}
MEMORY = 256  # MiB
RUN_ENDS = 240  # seconds of the host; the probe ends a run long before
WORD = re.compile(r"(\w+)=(\S+)")


class Phase:
    def __init__(self, kernel, user):
        self.kernel, self.user, self.at = kernel, user, {}


class Seen:
    """What a run's probe wrote."""

    def __init__(self, file):
        self.start, self.phases, self.windows, self.samples, self.blocks, self.stays = None, {}, [], [], [], []
        current = None
        with open(file, encoding="ascii") as lines:
            for kind, *words in map(str.split, lines):
                if kind == "at":
                    current.at[int(words[0], 16)] = int(words[1])
                elif kind == "phase":
                    current = self.phases[int(words[0])] = Phase(int(words[2]), int(words[4]))
                elif kind == "window":
                    self.windows.append((int(words[0]), int(words[1]), int(words[2], 16), int(words[3], 16)))
                elif kind == "stay":
                    self.stays.append((int(words[0]), int(words[1], 16), int(words[2], 16), int(words[3]), int(words[4]),
                                       int(words[5])))
                elif kind == "sample":
                    self.samples.append(tuple(map(int, words)))
                elif kind == "block":
                    self.blocks.append(int(words[0], 16))
                elif kind == "start":
                    self.start = int(words[0])


class Machine:
    def __init__(self, root, kernel, build, folder):
        self.root, self.kernel, self.isa, self.build, self.folder = root, kernel, kernel.isa, build, folder
        for plugin in ("probe", "paths"):
            subprocess.run(["gcc", "-shared", "-fPIC", "-O2", "-Wall", "-Wextra", "-Werror", "-o", self.path(plugin + ".so"),
                            os.path.join(HERE, plugin + ".c")], check=True)
        self.runs = 0

    def path(self, name):
        return os.path.join(self.folder, name)

    def image_of_build(self, name):
        return os.path.join(self.build, "images", name + ".img")

    def compile(self, name, slot):
        out = self.path(name + ".elf")
        subprocess.run([os.path.join(self.root, "tools/aegis-cc"), f"--arch={self.isa}", f"--slot={slot}", "-O2",
                        os.path.join(HERE, name + ".c"), "-o", out], check=True)
        return out

    def image(self, name, tasks):
        """An image of these lines of a manifest. Programs of this folder are compiled; others are the build's."""
        for line in tasks:
            words = dict(WORD.findall(line))
            program, slot = words["file"].removesuffix(".elf"), line.split()[1]
            if os.path.exists(os.path.join(HERE, program + ".c")):
                self.compile(program, slot)
            elif not os.path.exists(self.path(words["file"])):
                os.symlink(os.path.join(self.build, "user", words["file"]), self.path(words["file"]))
        manifest, image = self.path(name + ".manifest"), self.path(name + ".img")
        with open(manifest, "w", encoding="ascii") as file:
            file.write("\n".join(tasks) + "\n")
        subprocess.run([os.path.join(self.root, "tools/mkimage"), manifest, self.folder, image], check=True)
        return image

    def symbol(self, program, name):
        """An address in a program of a task."""
        lines = subprocess.run([f"{self.isa}-linux-gnu-nm", self.path(program + ".elf")], check=True, capture_output=True, text=True)
        return int(re.search(rf"^([0-9a-f]+) [tT] {name}$", lines.stdout, re.M)[1], 16)

    def command(self, image, *words):
        return ["python3", "-B", os.path.join(self.root, "tools/qemu.py"), f"--isa={self.isa}", f"--build={self.build}",
                f"--image={image}", f"--cpu={CPUS[self.isa]}", f"--memory={MEMORY}M", *words]

    def run(self, image, plugin="probe", **wanted):
        """Run an image under a plugin; lists are given word by word."""
        self.runs += 1
        out = self.path(f"seen-{self.runs}")
        wanted = {"text": self.kernel.text[0], "text_end": self.kernel.text[1], **wanted}
        words = [f"out={out}"] + [f"{name}={value:#x}" for name, values in wanted.items()
                                  for value in (values if isinstance(values, list) else [values])]
        plugin = shlex.quote(",".join([self.path(plugin + ".so"), *words]))
        done = subprocess.run(self.command(image, "--icount", f"--timeout={RUN_ENDS}", f"--qemu=-plugin {plugin}"),
                              capture_output=True, text=True, errors="replace", check=False)
        if done.returncode in (80, 124) or not os.path.exists(out):
            sys.exit(f"{self.isa}, {os.path.basename(image)}: status {done.returncode}\n{done.stdout[-1500:]}{done.stderr[-500:]}")
        return Seen(out)

    def console(self, image, until):
        """The console of a run up to a line that matches, and the seconds that took from the start of QEMU."""
        command = subprocess.run(self.command(image, "--print"), check=True, capture_output=True, text=True).stdout
        begin = time.perf_counter()
        with subprocess.Popen(shlex.split(command), stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True,
                              errors="replace") as qemu:
            lines = []
            for line in qemu.stdout:
                lines.append(line)
                if re.search(until, line):
                    break
            spent = time.perf_counter() - begin
            qemu.kill()
        return lines, spent

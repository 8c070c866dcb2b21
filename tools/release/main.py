# SPDX-License-Identifier: MIT
"""Makes what is handed out from one build directory; the body of `./aegis release`."""
import argparse
import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time

import fat
import gpt
import iso

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
LOADERS = {"x86_64": "BOOTX64.EFI", "aarch64": "BOOTAA64.EFI", "riscv64": "BOOTRISCV64.EFI"}
FORMATS = ["elf", "img", "iso"]
OWN = ("MIT", "aegis")
GRUB = "GPL-3.0-or-later"


def die(status, text):
    print(f"aegis: {text}", file=sys.stderr)
    sys.exit(status)


def source_date():
    """Seconds since 1970: SOURCE_DATE_EPOCH, else the last commit, else a fixed day."""
    given = os.environ.get("SOURCE_DATE_EPOCH")
    if given is None:
        git = ["git", "-c", f"safe.directory={ROOT}", "-C", ROOT, "log", "-1", "--format=%ct"]
        try:
            given = subprocess.run(git, capture_output=True, text=True, check=True).stdout.strip()
        except (OSError, subprocess.CalledProcessError):
            given = "1735689600"
    if not re.fullmatch(r"\d{1,11}", given):
        die(64, f"SOURCE_DATE_EPOCH={given}: not a number of seconds")
    return max(int(given), 315532800)  # FAT knows no day before 1980


def sha256(path):
    digest = hashlib.sha256()
    with open(path, "rb") as file:
        while piece := file.read(1 << 20):
            digest.update(piece)
    return digest.hexdigest()


class Release:
    def __init__(self, options, work):
        self.options, self.work, self.epoch = options, work, source_date()
        self.isa, self.build = options.isa, options.build
        self.kernel = f"{work}/kernel.elf"
        self.image = self.find_image()
        self.made = []  # (file in the output folder, {name inside: (file, (licence, source))})

    def run(self, *words):
        environment = {**os.environ, "SOURCE_DATE_EPOCH": str(self.epoch), "TZ": "UTC", "LC_ALL": "C", "MTOOLS_SKIP_CHECK": "1"}
        try:
            done = subprocess.run(words, capture_output=True, text=True, check=False, env=environment)
        except OSError as error:
            die(69, f"{words[0]}: {error.strerror}; tools/deps.sh iso efi installs what images need")
        if done.returncode:
            die(1, f"{words[0]} failed:\n{done.stdout}{done.stderr}".rstrip())
        return done.stdout

    def find_image(self):
        name = self.options.image
        path = name if "/" in name else f"{self.build}/images/{name}.img"
        if not os.path.isfile(path):
            known = sorted(file[:-4] for file in os.listdir(f"{self.build}/images") if file.endswith(".img"))
            die(66, f"no image '{name}' (known: {' '.join(known)}; or a path)")
        return path

    def output(self, name):
        return os.path.join(self.options.output, name)

    def built(self, name):
        path = f"{self.build}/kernel/{name}"
        if not os.path.isfile(path):
            die(69, f"{path} is missing; tools/deps.sh efi installs what it is built with")
        return path

    def strip(self):
        """The kernel with its symbols and without debug data, which depends on where the tree lies."""
        cache = open(f"{self.build}/CMakeCache.txt", encoding="utf-8").read()
        objcopy = re.search(r"^CMAKE_OBJCOPY:\w+=(.*)$", cache, re.M)[1]
        self.run(objcopy, "--strip-debug", self.built(f"aegis-{self.isa}.elf"), self.kernel)

    def make_elf(self):
        own = {f"aegis-{self.isa}.elf": self.kernel, f"image-{self.isa}.img": self.image}
        if self.isa != "x86_64":
            own[f"aegis-{self.isa}.img"] = self.built(f"aegis-{self.isa}.img")
        for name, file in own.items():
            shutil.copyfile(file, self.output(name))
            self.made.append((name, {name: (file, OWN)}))

    def make_img(self):
        name, partition = f"aegis-{self.isa}-disk.img", f"{self.work}/esp.img"
        command_line = f"{self.work}/cmdline.txt"
        loader = self.built("BOOTX64.EFI" if self.isa == "x86_64" else f"aegis-{self.isa}.img")
        files = {f"EFI/BOOT/{LOADERS[self.isa]}": loader, "aegis/tasks.img": self.image, "aegis/cmdline.txt": command_line}
        if self.isa == "x86_64":
            files["aegis/kernel.elf"] = self.kernel
        with open(command_line, "w", encoding="utf-8") as file:
            file.write(self.options.append + "\n")
        fat.write_fat(partition, files, self.run, fat32=True)
        gpt.write_disk(self.output(name), partition, self.isa)
        self.made.append((name, {inside: (file, OWN) for inside, file in files.items()}))

    def make_iso(self):
        name = f"aegis-{self.isa}.iso"
        package = self.run("dpkg-query", "-W", "-f", "${source:Package} ${source:Version}", "grub-common")
        files = iso.write_iso(self.output(name), self.work, self.kernel, self.image, self.options.append, self.epoch, self.run)
        own = (iso.KERNEL, iso.IMAGE, "/boot/grub/grub.cfg")
        self.made.append((name, {inside: (file, OWN if inside in own else (GRUB, package)) for inside, file in files.items()}))

    def describe(self):
        """manifest.json and SHA256SUMS."""
        def entry(name, file):
            return {"name": name, "size": os.path.getsize(file), "sha256": sha256(file)}

        files = []
        for name, contents in self.made:
            files.append({**entry(name, self.output(name)), "contents": [
                {**entry(inside, file), "licence": licence, "source": source}
                for inside, (file, (licence, source)) in contents.items()]})
        manifest = {"name": "aegis", "version": self.options.version, "isa": self.isa, "profile": self.options.profile,
                    "image": os.path.basename(self.image), "command_line": self.options.append,
                    "date": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(self.epoch)), "files": files}
        with open(self.output("manifest.json"), "w", encoding="utf-8") as file:
            json.dump(manifest, file, indent=2)
            file.write("\n")
        names = sorted([name for name, _ in self.made] + ["manifest.json"])
        with open(self.output("SHA256SUMS"), "w", encoding="utf-8") as file:
            file.writelines(f"{sha256(self.output(name))}  {name}\n" for name in names)

    def make(self):
        os.makedirs(self.options.output, exist_ok=True)
        self.strip()
        for form in self.options.format:
            getattr(self, f"make_{form}")()
        self.describe()
        for name, _ in self.made:
            print(f"{self.output(name)}  {os.path.getsize(self.output(name))} bytes")


def main():
    parser = argparse.ArgumentParser(prog="./aegis release", allow_abbrev=False)
    parser.add_argument("--isa", choices=LOADERS, required=True)
    for name in ("build", "profile", "version", "output"):
        parser.add_argument(f"--{name}", required=True)
    parser.add_argument("--format", choices=FORMATS, action="append")
    parser.add_argument("--image", default="tasks")
    parser.add_argument("--append", default="")
    options = parser.parse_args()
    if not options.format:
        options.format = [form for form in FORMATS if form != "iso" or options.isa == "x86_64"]
    if "iso" in options.format and options.isa != "x86_64":
        die(64, f"--format=iso: GRUB images are for x86_64; {options.isa} has elf and img")
    if not re.fullmatch(r"[ -~]{0,400}", options.append) or re.search(r"[{}$'\"\\;|&<>]", options.append):
        die(64, "--append: plain words of at most 400 characters")
    with tempfile.TemporaryDirectory(prefix="aegis-release-") as work:
        Release(options, work).make()


main()

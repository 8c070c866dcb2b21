# SPDX-License-Identifier: MIT
"""Machines with firmware: how each starts what `./aegis release` made, and what it then says."""
import os
import re
import selectors
import shutil
import subprocess
import sys
import time

SHARE = "/usr/share"
UBOOT = "/usr/lib/u-boot"
BOOTED = r"boot complete: \d+ checkpoints"
SCREEN = "a glyph's pixels are in the framebuffer"
# Sensor, logger and console work. What the driver says by itself, in the beginning, may stand inside the kernel's lines.
WORKS = [BOOTED, "LOG:[89a-f] from the sensor"]
LOADED = r"aegis: kernel at [0-9a-f]+ to [0-9a-f]+, task image of \d+ bytes"


def needs(*files):
    """Status 77, skipped, where a firmware or a tool is not installed."""
    for file in files:
        if not (os.path.exists(file) if "/" in file else shutil.which(file)):
            print(f"skipped: no {file}")
            sys.exit(77)


def flash(work, code, variables):
    """Firmware with a variable store of its own: what another run left there changes what is booted."""
    needs(code, variables)
    copy = os.path.join(work, "vars.fd")
    shutil.copyfile(variables, copy)
    return ["-drive", f"if=pflash,format=raw,unit=0,readonly=on,file={code}",
            "-drive", f"if=pflash,format=raw,unit=1,file={copy}"]


def ovmf(work):
    return flash(work, f"{SHARE}/OVMF/OVMF_CODE_4M.fd", f"{SHARE}/OVMF/OVMF_VARS_4M.fd")


def aavmf(work):
    return flash(work, f"{SHARE}/AAVMF/AAVMF_CODE.fd", f"{SHARE}/AAVMF/AAVMF_VARS.fd")


def uboot(isa):
    file = {"aarch64": f"{UBOOT}/qemu_arm64/u-boot.bin", "riscv64": f"{UBOOT}/qemu-riscv64_smode/u-boot.bin"}[isa]
    needs(file)
    return ["-bios" if isa == "aarch64" else "-kernel", file]


def usb(file, controller="qemu-xhci"):
    return ["-device", controller, "-drive", f"if=none,id=stick,format=raw,readonly=on,file={file}",
            "-device", "usb-storage,drive=stick"]


def disk(file):
    return ["-drive", f"if=none,id=disk,format=raw,readonly=on,file={file}", "-device", "virtio-blk-pci,drive=disk"]


MACHINE = {"x86_64": ["q35"], "aarch64": ["virt,acpi=off", "-cpu", "cortex-a72"], "riscv64": ["virt"]}


class Watch:
    """Patterns that are waited for, in their order. Remembers when each came."""

    def __init__(self, expected):
        self.waiting, self.text, self.at = list(expected), "", 0
        self.start, self.seen = time.monotonic(), []

    def read(self, piece):
        self.text += piece
        while self.waiting and (found := re.compile(self.waiting[0]).search(self.text, self.at)):
            self.at = found.end()
            self.seen.append((time.monotonic() - self.start, self.waiting.pop(0)))


def run(isa, words, expected, limit, memory="512M", machine=None):
    """Boot and wait for all that is expected; what was said until then. The end of QEMU or of the time is a failure."""
    needs(f"qemu-system-{isa}")
    command = [f"qemu-system-{isa}", "-M", *(machine or MACHINE[isa]), "-m", memory, "-display", "none", "-no-reboot",
               "-serial", "stdio", "-monitor", "none", "-net", "none", *words]
    watch = Watch(expected)
    with subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT) as process, \
            selectors.DefaultSelector() as selector:
        try:
            selector.register(process.stdout, selectors.EVENT_READ)
            while watch.waiting:
                left = watch.start + limit - time.monotonic()
                piece = os.read(process.stdout.fileno(), 65536) if left > 0 and selector.select(left) else b""
                if not piece:
                    sys.exit(f"FAILED: '{watch.waiting[0]}' never came (limit {limit} s)\n"
                             f"{' '.join(command)}\n{watch.text[:3000]}\n...\n{watch.text[-3000:]}")
                watch.read(piece.decode(errors="replace"))
        finally:
            process.kill()
    for seconds, pattern in watch.seen:
        print(f"{seconds:6.2f} s  {pattern}")
    return watch.text

#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Boots what `./aegis release` made on machines with firmware.

usage: boot.py CASE ISA RELEASE      RELEASE is the folder of `./aegis release`

Status 0 passed, 1 failed, 77 a firmware is not installed.
"""
import os
import shutil
import subprocess
import sys
import tempfile

import machines
from machines import BOOTED, LOADED, SCREEN, WORKS, aavmf, disk, needs, ovmf, uboot, usb

CASE, ISA, RELEASE = sys.argv[1:4]
ISO, DISK = f"{RELEASE}/aegis-{ISA}.iso", f"{RELEASE}/aegis-{ISA}-disk.img"
KERNEL, IMAGE = f"{RELEASE}/aegis-{ISA}.img", f"{RELEASE}/image-{ISA}.img"
PARTITION = "@@1M"  # where the only partition of the disk begins
LIMIT = 90
FOUR_CPUS = ["-smp", "4", "-accel", "tcg,thread=single"]  # in turns: a busy host would let them wait for each other
folder = tempfile.TemporaryDirectory(prefix="aegis-boot-")
work = folder.name


def changed(*words):
    """A copy of the disk after mtools did something to its file system."""
    needs(words[0])
    copy = os.path.join(work, "disk.img")
    shutil.copyfile(DISK, copy)
    environment = {**os.environ, "MTOOLS_SKIP_CHECK": "1"}
    subprocess.run([words[0], "-i", copy + PARTITION, *words[1:]], check=True, env=environment)
    return copy


def file_of(content):
    name = os.path.join(work, "content")
    with open(name, "wb") as file:
        file.write(content)
    return name


def firmware():
    return {"x86_64": lambda: ovmf(work), "aarch64": lambda: aavmf(work), "riscv64": lambda: uboot(ISA)}[ISA]()


def works(words, **options):
    machines.run(ISA, words, WORKS, LIMIT, **options)


def loads(words, **options):
    """The same by our own loader, which says so."""
    machines.run(ISA, words, [LOADED, *WORKS], LIMIT, **options)


def refuses(words, text, **options):
    machines.run(ISA, words, [text], LIMIT, **options)


# -- x86_64: the ISO --

def iso_bios():
    machines.run(ISA, ["-cdrom", ISO], [SCREEN, *WORKS], LIMIT)


def iso_bios_usb():
    works(usb(ISO))


def iso_bios_disk():
    works(disk(ISO), machine=["pc"])


def iso_uefi():
    machines.run(ISA, [*ovmf(work), "-cdrom", ISO], [SCREEN, *WORKS], LIMIT)


def iso_uefi_cpus():
    """GRUB puts the image below 1 MiB here, where the other CPUs start."""
    works([*ovmf(work), "-cdrom", ISO, *FOUR_CPUS])


def iso_uefi_usb():
    works([*ovmf(work), *usb(ISO)])


# -- The disk --

def disk_uefi():
    screen = [SCREEN] if ISA == "x86_64" else []  # AAVMF draws on nothing that is there by default
    machines.run(ISA, [*firmware(), *disk(DISK)], [LOADED, *screen, *WORKS], LIMIT)


def disk_usb():
    loads([*firmware(), *usb(DISK)])


def disk_cpus():
    loads([*firmware(), *disk(DISK), *FOUR_CPUS])


def disk_memory():
    """More than 4 GiB: the firmware puts files above, and the x86_64 kernel wants them below."""
    loads([*firmware(), *disk(DISK)], memory="5G")


def disk_headless():
    loads([*firmware(), *disk(DISK), "-vga", "none"])


def disk_uboot():
    loads([*uboot(ISA), *disk(DISK)])


def disk_uboot_usb():
    """Debian's U-Boot drives EHCI on aarch64, and no USB at all on riscv64."""
    loads([*uboot(ISA), *usb(DISK, "usb-ehci")])


# -- AArch64: the flat kernel is the application --

def kernel_uefi():
    text = machines.run(ISA, [*aavmf(work), "-kernel", KERNEL, "-initrd", IMAGE, "-append", "memory-map"],
                        [LOADED, "map audit: no page", *WORKS], LIMIT)
    if "[aegis] map ffff" not in text:
        sys.exit("FAILED: the command line did not reach the kernel")


def kernel_uefi_el2():
    loads([*aavmf(work), "-kernel", KERNEL, "-initrd", IMAGE],
          machine=["virt,acpi=off,virtualization=on,gic-version=3", "-cpu", "max,pauth-impdef=on"])


def kernel_anywhere():
    """As where the usual place is taken."""
    text = machines.run(ISA, [*aavmf(work), "-kernel", KERNEL, "-initrd", IMAGE, "-append", "efi=anywhere", *FOUR_CPUS],
                        [LOADED, *WORKS], LIMIT)
    if "kernel at 40200000" in text:
        sys.exit("FAILED: the kernel is where it always is")


def kernel_screen():
    """The one linear screen that this firmware knows; with a screen there are more checkpoints."""
    machines.run(ISA, [*aavmf(work), "-kernel", KERNEL, "-initrd", IMAGE, "-device", "ramfb"],
                 [LOADED, SCREEN, *WORKS], LIMIT)


def kernel_acpi():
    refuses([*aavmf(work), "-kernel", KERNEL, "-initrd", IMAGE],
            r"aegis: the firmware gives no device tree \(QEMU: -M virt,acpi=off\)", machine=["virt", "-cpu", "cortex-a72"])


def kernel_without_image():
    refuses([*aavmf(work), "-kernel", KERNEL], r"aegis: \\aegis\\tasks.img: cannot be opened on the boot volume")


# -- What is wrong with a disk is named --

def without_image():
    refuses([*firmware(), *disk(changed("mdel", "::/aegis/tasks.img"))],
            r"aegis: \\aegis\\tasks.img: cannot be opened on the boot volume \(EFI status 800000000000000e\)")


def without_kernel():
    refuses([*firmware(), *disk(changed("mdel", "::/aegis/kernel.elf"))],
            r"aegis: \\aegis\\kernel.elf: cannot be opened on the boot volume")


def empty_image():
    refuses([*firmware(), *disk(changed("mcopy", "-o", file_of(b""), "::/aegis/tasks.img"))],
            r"aegis: \\aegis\\tasks.img: 0 bytes: empty or too large")


def damaged_kernel():
    refuses([*firmware(), *disk(changed("mcopy", "-o", file_of(b"\x7fELF" + bytes(5000)), "::/aegis/kernel.elf"))],
            r"aegis: \\aegis\\kernel.elf: not an x86-64 ELF file")


def command_line():
    """The file of the disk is the command line; what it asks for happens."""
    machines.run(ISA, [*firmware(), *disk(changed("mcopy", "-o", file_of(b"memory-map\r\n"), "::/aegis/cmdline.txt"))],
                 [LOADED, "map audit: no page", BOOTED], LIMIT)


needs(f"{RELEASE}/SHA256SUMS")
globals()[CASE.replace("-", "_")]()

# SPDX-License-Identifier: MIT
"""The x86_64 ISO: GRUB in El Torito, in an EFI system partition and in the boot sector, so that the same file starts from a
CD or a USB stick, by a BIOS or by UEFI. Built from GRUB's own modules without grub-mkrescue: that puts in all of them."""
import os
import time

import fat

GRUB = "/usr/lib/grub"
COMMON = ["all_video", "boot", "echo", "iso9660", "multiboot2", "normal", "part_gpt", "part_msdos", "search",
          "search_fs_file", "test"]
BIOS, EFI = ["biosdisk"], ["efi_gop", "fat"]
KERNEL, IMAGE = "/boot/aegis/kernel.elf", "/boot/aegis/tasks.img"
# Part of GRUB itself: where it was started from does not matter, the kernel's file does.
START = f"search --no-floppy --file --set=root {KERNEL}\nset prefix=($root)/boot/grub\n"


def menu(command_line):
    """Boots at once; Esc while GRUB starts shows the menu, where e edits the command line."""
    return ("set timeout=0\nset timeout_style=hidden\nset gfxpayload=keep\ninsmod all_video\n"
            f'menuentry "Aegis" {{\n    multiboot2 {KERNEL} {command_line}\n    module2 {IMAGE} image\n}}\n')


def write(path, text):
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "w", encoding="utf-8") as file:
        file.write(text)


def write_iso(path, work, kernel, image, command_line, epoch, run):
    """Write the ISO and return what is in it, {name: file}."""
    config, start = f"{work}/grub.cfg", f"{work}/start.cfg"
    bios, efi, partition = f"{work}/eltorito.img", f"{work}/BOOTX64.EFI", f"{work}/efi.img"
    write(config, menu(command_line))
    write(start, START)
    run("grub-mkimage", "-O", "i386-pc-eltorito", "-o", bios, "-p", "/boot/grub", "-c", start, *COMMON, *BIOS)
    run("grub-mkimage", "-O", "x86_64-efi", "-o", efi, "-p", "/boot/grub", "-c", start, *COMMON, *EFI)
    fat.write_fat(partition, {"EFI/BOOT/BOOTX64.EFI": efi}, run, fat32=False)
    for file in (config, bios, partition):
        os.utime(file, (epoch, epoch))
    files = {KERNEL: kernel, IMAGE: image, "/boot/grub/grub.cfg": config, "/boot/grub/eltorito.img": bios,
             "/efi.img": partition}
    date = time.strftime("%Y%m%d%H%M%S00", time.gmtime(epoch))
    run("xorriso", "-as", "mkisofs", "-quiet", "-r", "-o", path, "-V", "AEGIS", f"--modification-date={date}",
        "--set_all_file_dates", f"{date}", "-graft-points",
        "-b", "boot/grub/eltorito.img", "-no-emul-boot", "-boot-load-size", "4", "-boot-info-table", "--grub2-boot-info",
        "--grub2-mbr", f"{GRUB}/i386-pc/boot_hybrid.img", "--protective-msdos-label",
        "--efi-boot", "efi.img", "-efi-boot-part", "--efi-boot-image",
        *[f"{inside}={file}" for inside, file in files.items()])
    # The boot information table is written into it: what counts is what is in there now.
    run("xorriso", "-osirrox", "on", "-indev", path, "-extract", "/boot/grub/eltorito.img", f"{work}/eltorito.final")
    files["/boot/grub/eltorito.img"] = f"{work}/eltorito.final"
    return {**files, "EFI/BOOT/BOOTX64.EFI": efi, "boot_hybrid.img": f"{GRUB}/i386-pc/boot_hybrid.img"}

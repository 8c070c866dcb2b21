/* SPDX-License-Identifier: MIT */
/*
 * The kernel half: every byte of RAM and of the device windows stands at hal_direct(pa), once. The kernel image lies in
 * RAM and is linked to run at its address there, so its pages get the rights of their segments and there is no second,
 * writable view of them. Two kinds of pages are left out: guards, and what is not RAM.
 *
 *   ARCH_KERNEL_VBASE + pa   RAM (RW, NX), kernel image (text RX, rodata R, data RW), device windows (RW, NX, uncached)
 *   PORT_KSTACK_VBASE        kernel stacks, a guard page below each (<common/kstack.h>)
 *
 * The tables come from a fixed pool inside the image, because there is no allocator yet.
 */
#pragma once
#include <abi/types.h>
#include <arch/isa.h>
#include <arch/memory.h>
#include <base/compiler.h>
#include <common/phys.h>

#define HAL_RAM_RANGES_MAX 8u
#define HAL_DEVICE_RANGES_MAX 8u

struct hal_map {
    struct hal_range ram[HAL_RAM_RANGES_MAX]; /* [I] whole pages, sorted; arch_phys_ptr() answers for these */
    uint32_t ram_count;
    struct hal_range device[HAL_DEVICE_RANGES_MAX]; /* [I] windows that arch_io_* may touch */
    uint32_t device_count;
    struct hal_range framebuffer; /* [I] size 0: none; arch_phys_ptr() answers for it too */
    paddr_t root;                 /* [I] tables of the kernel half */
};

extern struct hal_map hal_map;

/** The kernel's address of any physical address. */
static inline void *hal_direct(paddr_t pa)
{
    return (void *)(uintptr_t)(PORT_DIRECT_BASE + pa);
}

/** Physical address of something inside the kernel image. */
static inline paddr_t hal_image_phys(const void *p)
{
    return (paddr_t)(uintptr_t)p - PORT_DIRECT_BASE;
}

/**
 * RAM that the firmware named; partial pages at its ends are left out, ranges that touch are joined. Boot context, before
 * hal_map_build(). OUT_OF_RANGE: more ranges than supported, the range is ignored. INVALID_ARGS: overlaps another.
 */
MUST_CHECK status_t hal_map_add_ram(paddr_t base, uint64_t size);
/** A window of device registers. Boot context, before hal_map_build(). Panics if there are too many. */
void hal_map_add_device(paddr_t base, uint64_t size);
/**
 * Build the tables: RAM, devices, framebuffer, image. `block_level`: the largest leaf the CPU supports (1: 2 MiB).
 * Returns the root to load; the caller switches to it. Panics with a named message if the pool does not suffice.
 */
paddr_t hal_map_build(uint32_t block_level);

/** Where registers at [pa, pa + size) can be touched; NULL: in no window. Any context. */
void *hal_map_device(paddr_t pa, uint32_t size);

/**
 * Map one more page of the kernel half (stacks). Its tables come from `frames`; the root entry exists since
 * hal_map_build(), so every space sees it. NO_MEMORY.
 */
MUST_CHECK status_t hal_map_kernel_page(vaddr_t va, paddr_t pa, const struct frame_source *frames);

/** Look up an address of the kernel half in the tables. NOT_FOUND. */
MUST_CHECK status_t hal_map_walk(vaddr_t va, struct pt_leaf *leaf);

/** A page of the kernel half, as hal_map_audit() reports it. */
struct hal_page {
    vaddr_t va;
    paddr_t pa;
    uint32_t flags; /* enum arch_map_flags */
    uint64_t size;
};

/**
 * Walk the live tables of the kernel half and prove what <arch/mmu.h> promises: no page is writable and executable, none
 * is user-accessible, the image's text is not writable anywhere. NULL, or what is wrong, with the page in *bad.
 */
const char *hal_map_audit(struct hal_page *bad);

/** Print the live kernel half, a line for each run of pages with the same rights (arch_serial_putchar). */
void hal_map_print(void);

/**
 * What arch_boot_init() ends with: audit the live tables and panic with the page's address if something is wrong. The word
 * `memory-map` of the command line prints the map and the verdict first. Boot context, the tables in use.
 */
void hal_map_check(const char *cmdline);

/** From the linker script, page-aligned: the image and its parts. */
extern const uint8_t image_start[], image_text_end[], image_rodata_end[], image_end[];

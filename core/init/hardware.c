/* SPDX-License-Identifier: MIT */
/* Boot stages that bring up and test what the HAL offers. */
#include "boot.h"

#include <abi/layout.h>
#include <abi/status.h>
#include <arch/cpu.h>
#include <arch/debug.h>
#include <arch/discovery.h>
#include <arch/io.h>
#include <arch/irq.h>
#include <arch/mmu.h>
#include <arch/smp.h>
#include <arch/timer.h>
#include <base/string.h>
#include <config/config.h>
#include <diag/console.h>
#include <diag/log.h>
#include <diag/panic.h>
#include <mm/frame.h>
#include <sched/policy.h>

static bool is_terminated(const char *text, size_t room)
{
    for (size_t i = 0; i < room; i++)
        if (text[i] == '\0')
            return true;
    return false;
}

void boot_console(const struct boot_info *info)
{
    struct hw_summary hw;

    boot_state()->info = info;
    arch_serial_early_init();
    arch_get_hw_summary(&hw);
    log_plain("[aegis] Aegis kernel, profile %s, %u CPU%s, %lu KiB RAM", CONFIG_PROFILE_NAME, hw.cpu_count,
              hw.cpu_count == 1 ? "" : "s", (unsigned long)(hw.total_ram_bytes / 1024));
    boot_checkpoint("boot information received", info != NULL);
    boot_checkpoint("command line terminated", is_terminated(info->cmdline, sizeof(info->cmdline)));
    boot_checkpoint("machine summary has RAM and a CPU", hw.total_ram_bytes > 0 && hw.cpu_count > 0);
    boot_checkpoint("summary repeats the command line", str_eq(hw.cmdline, info->cmdline));
}

static void probe(void *data)
{
    (*(uint32_t *)data)++;
}

static void test_interrupt(void)
{
    uint32_t *hits = &boot_state()->probe_hits;

    boot_checkpoint("interrupt handler registered",
                    arch_set_interrupt_handler(ARCH_VECTOR_RESCHEDULE, probe, hits) == STATUS_OK);
    arch_send_ipi(1u << arch_cpu_id(), ARCH_VECTOR_RESCHEDULE);
    arch_irq_window();
    boot_checkpoint("no interrupt while they are disabled", *hits == 0);
    arch_enable_interrupts();
    boot_checkpoint("no interrupt outside a window", *hits == 0);
    arch_irq_window();
    boot_checkpoint("test interrupt delivered once", *hits == 1);
    boot_checkpoint("interrupt handler removed",
                    arch_set_interrupt_handler(ARCH_VECTOR_RESCHEDULE, NULL, NULL) == STATUS_OK);
    arch_send_ipi(1u << arch_cpu_id(), ARCH_VECTOR_RESCHEDULE);
    arch_irq_window();
    boot_checkpoint("removed handler not called", *hits == 1);
    boot_checkpoint("vector out of range refused",
                    arch_set_interrupt_handler(ARCH_VECTOR_COUNT, probe, hits) == ERR_INVALID_ARGS);
}

void boot_cpu(void)
{
    uint64_t outer, inner;

    arch_set_crash_handler(panic_crash);
    arch_cpu_init();
    boot_checkpoint("boot CPU is CPU 0", arch_cpu_id() == 0);
    boot_checkpoint("CPU count within limits", arch_cpu_count() >= 1 && arch_cpu_count() <= ARCH_MAX_CPUS);
    arch_interrupt_init();
    arch_disable_interrupts();
    outer = arch_save_irq_state();
    inner = arch_save_irq_state();
    boot_checkpoint("interrupts are off and saving keeps them off", inner == outer);
    arch_restore_irq_state(inner);
    arch_restore_irq_state(outer);
    test_interrupt(); /* and they stay enabled: the kernel takes them at its windows only */
}

static bool map_is_sorted(const struct boot_state *b)
{
    for (uint32_t i = 1; i < b->map_count; i++)
        if (b->map[i - 1].base + b->map[i - 1].size > b->map[i].base)
            return false;
    return true;
}

static bool range_is_kept(const struct boot_state *b, paddr_t start, paddr_t end)
{
    for (uint32_t i = 0; i < b->map_count; i++)
        if (b->map[i].type == BOOT_MMAP_USABLE && start < b->map[i].base + b->map[i].size && b->map[i].base < end)
            return false;
    return true;
}

/* Too little memory is the owner's mistake, not the kernel's: say so and stop, without a panic. */
static void start_frames(const struct boot_state *b)
{
    if (frame_init(b->map, b->map_count) == STATUS_OK)
        return;
    log_err("FATAL: No usable memory found: the image needs a range of at least %u KiB", CONFIG_POOL_FRAMES * PAGE_SIZE / 1024);
    console_flush();
    arch_power_off(ARCH_OFF_CONFIG, 0);
}

static bool frame_is_zero(paddr_t pa)
{
    const uint8_t *p = arch_phys_ptr(pa);

    for (uint32_t i = 0; i < PAGE_SIZE; i++)
        if (p[i] != 0)
            return false;
    return true;
}

void boot_memory(void)
{
    struct boot_state *b = boot_state();
    paddr_t frame = 0;
    uint32_t free;

    b->map_count = BOOT_MMAP_MAX;
    boot_checkpoint("memory map read", arch_parse_memory_map(b->info, b->map, &b->map_count) == STATUS_OK);
    boot_checkpoint("memory map sorted without overlap", b->map_count > 0 && map_is_sorted(b));
    b->module_count = BOOT_MODULES_MAX;
    boot_checkpoint("boot modules read", arch_parse_modules(b->info, b->modules, &b->module_count) == STATUS_OK);
    for (uint32_t i = 0; i < b->module_count; i++)
        ASSERT(range_is_kept(b, b->modules[i].start, b->modules[i].end));
    boot_checkpoint("device tree and modules kept out of usable memory",
                    range_is_kept(b, b->info->fdt, b->info->fdt + b->info->fdt_size));
    start_frames(b);
    free = frame_count_free();
    boot_checkpoint("page frames available", free > 0 && free <= frame_count_total());
    boot_checkpoint("frame allocated", boot_has_memory(frame_alloc(&frame)) && frame_is_used(frame));
    boot_checkpoint("frame comes zeroed", frame_is_zero(frame));
    boot_checkpoint("kernel view of RAM is two-way", arch_ptr_phys(arch_phys_ptr(frame)) == frame);
    frame_free(frame);
    boot_checkpoint("frame given back", frame_count_free() == free && !frame_is_used(frame));
}

static void test_mapping(struct arch_space *space, paddr_t frame)
{
    const uint32_t rw = ARCH_MAP_USER | ARCH_MAP_WRITABLE | ARCH_MAP_NO_EXECUTE;
    const vaddr_t va = LAYOUT_IMAGE_BASE;
    paddr_t pa = 0;
    uint32_t flags = 0;

    boot_checkpoint("page mapped", boot_has_memory(arch_map_page(space, va, frame, rw)));
    boot_checkpoint("table walk finds it", arch_walk(space, va, &pa, &flags) == STATUS_OK && pa == frame);
    boot_checkpoint("table walk agrees on rights", flags == (rw | ARCH_MAP_PRESENT));
    boot_checkpoint("double mapping refused", arch_map_page(space, va, frame, rw) == ERR_ALREADY_EXISTS);
    boot_checkpoint("writable and executable refused",
                    arch_protect_page(space, va, ARCH_MAP_USER | ARCH_MAP_WRITABLE) == ERR_INVALID_ARGS);
    boot_checkpoint("rights reduced", arch_protect_page(space, va, ARCH_MAP_USER | ARCH_MAP_NO_EXECUTE) == STATUS_OK &&
                                          arch_walk(space, va, NULL, &flags) == STATUS_OK && !(flags & ARCH_MAP_WRITABLE));
    boot_checkpoint("kernel half closed to mappings",
                    arch_map_page(space, ARCH_KERNEL_VBASE, frame, rw) == ERR_INVALID_ARGS);
    boot_checkpoint("kernel half not user-accessible",
                    arch_walk(space, ARCH_KERNEL_VBASE, NULL, &flags) != STATUS_OK || !(flags & ARCH_MAP_USER));
    boot_checkpoint("page unmapped",
                    arch_unmap_page(space, va) == STATUS_OK && arch_walk(space, va, NULL, NULL) == ERR_NOT_FOUND);
}

void boot_mmu(void)
{
    struct arch_space space;
    paddr_t frame = 0;
    uint32_t free;

    boot_checkpoint("kernel address space ready", boot_has_memory(arch_mmu_init(frame_source_get())));
    free = frame_count_free();
    boot_checkpoint("user address space created",
                    boot_has_memory(arch_create_address_space(&space, 1, frame_source_get())));
    boot_checkpoint("page table root is a used frame", frame_is_used(space.root));
    ASSERT(boot_has_memory(frame_alloc(&frame)));
    test_mapping(&space, frame);
    frame_free(frame);
    arch_destroy_address_space(&space);
    boot_checkpoint("address space left no frame behind", frame_count_free() == free);
}

void boot_time(void)
{
    uint64_t before = arch_timer_get_ticks();

    boot_checkpoint("clock has a frequency", arch_timer_get_frequency() >= SCHED_HZ);
    arch_cpu_relax();
    boot_checkpoint("clock never goes back", arch_timer_get_ticks() >= before);
    boot_checkpoint("real-time clock is set", arch_rtc_read() > 0);
    boot_checkpoint("random source does not repeat", arch_random() != arch_random());
}

void boot_devices(void)
{
    struct arch_device uart;

    boot_checkpoint("firmware description read",
                    arch_get_firmware_type() == FIRMWARE_NONE || arch_firmware_parse(NULL) == STATUS_OK);
    boot_checkpoint("UART listed for tasks", arch_device_get(0, &uart) == STATUS_OK && uart.kind != 0);
    boot_checkpoint("UART interrupt exists", arch_irq_exists(uart.irq));
    boot_checkpoint("no other device is mappable", arch_device_get(LAYOUT_DEVICE_COUNT, &uart) == ERR_NOT_FOUND);
    boot_checkpoint("absent PCI device reads all ones", arch_pci_config_read32(255, 31, 7, 0) == 0xFFFFFFFFu);
}

/* SPDX-License-Identifier: MIT */
#include "wraps.h"

#include <string.h>

#include <abi/status.h>
#include <abi/layout.h>
#include <arch/boot.h>
#include <arch/cpu.h>
#include <arch/discovery.h>
#include <arch/irq.h>
#include <arch/memory.h>
#include <arch/mmu.h>
#include <arch/timer.h>
#include <cap/cap.h>
#include <dev/fbcon.h>
#include <diag/check.h>
#include <ipc/ipc.h>
#include <mm/frame.h>
#include <sched/sched.h>
#include <sync/spinlock.h>
#include <task/task.h>

static struct boot_fault fault;
static uint32_t calls, cpu_count_calls;
static bool started;

void wraps_break(const struct boot_fault *what)
{
    fault = what ? *what : (struct boot_fault){0};
    calls = 0;
    cpu_count_calls = 0;
    started = false;
}

uint32_t wraps_cpu_count_calls(void)
{
    return cpu_count_calls;
}

/* Is this the call that lies? */
static bool lies(const char *function)
{
    if (!fault.function || strcmp(fault.function, function) != 0)
        return false;
    calls++;
    return fault.nth == 0 || fault.nth == calls;
}

static bool how(const char *word)
{
    return fault.how && strcmp(fault.how, word) == 0;
}

/* The linker's names: __wrap_x is called for x, __real_x is the real one. */
#define WRAP(type, name, params)                                                                                       \
    type __real_##name params;                                                                                         \
    type __wrap_##name params;                                                                                         \
    type __wrap_##name params

/* A function that fails, or pretends to have done its work. */
#define WRAP_STATUS(name, params, args)                                                                                \
    WRAP(status_t, name, params)                                                                                       \
    {                                                                                                                  \
        return !lies(#name) ? __real_##name args : how("pretends") ? STATUS_OK : ERR_IO;                               \
    }

/* A function that does nothing. */
#define WRAP_VOID(name, params, args)                                                                                  \
    WRAP(void, name, params)                                                                                           \
    {                                                                                                                  \
        if (!lies(#name))                                                                                              \
            __real_##name args;                                                                                        \
    }

/* A function that returns something else. */
#define WRAP_VALUE(type, name, params, args, lie)                                                                      \
    WRAP(type, name, params)                                                                                           \
    {                                                                                                                  \
        return lies(#name) ? (lie) : __real_##name args;                                                               \
    }

WRAP_STATUS(arch_set_interrupt_handler, (uint32_t vector, void (*handler)(void *), void *data), (vector, handler, data))
WRAP_STATUS(arch_mmu_init, (const struct frame_source *frames), (frames))
WRAP_STATUS(arch_create_address_space, (struct arch_space *space, uint32_t asid, const struct frame_source *frames),
            (space, asid, frames))
WRAP_STATUS(arch_map_page, (struct arch_space *space, vaddr_t va, paddr_t pa, uint32_t flags), (space, va, pa, flags))
WRAP_STATUS(arch_unmap_page, (struct arch_space *space, vaddr_t va), (space, va))
WRAP_STATUS(arch_protect_page, (struct arch_space *space, vaddr_t va, uint32_t flags), (space, va, flags))
WRAP_STATUS(arch_firmware_parse, (const void *data), (data))
WRAP_STATUS(ipc_init, (void), ())

WRAP_VOID(arch_destroy_address_space, (struct arch_space *space), (space))
WRAP_VOID(frame_free, (paddr_t pa), (pa))
WRAP_VOID(fbcon_write, (const char *text, size_t len), (text, len))

WRAP_VALUE(uint64_t, arch_save_irq_state, (void), (), 77)
WRAP_VALUE(uint32_t, arch_timer_get_frequency, (void), (), 99)
WRAP_VALUE(uint64_t, arch_timer_get_ticks, (void), (), ~0ull)
WRAP_VALUE(uint64_t, arch_rtc_read, (void), (), 0)
WRAP_VALUE(uint64_t, arch_random, (void), (), 4)
WRAP_VALUE(bool, arch_irq_exists, (uint32_t vector), (vector), false)
WRAP_VALUE(uint32_t, arch_pci_config_read32, (uint32_t bus, uint32_t dev, uint32_t func, uint32_t offset),
           (bus, dev, func, offset), 0x12348086)
WRAP_VALUE(paddr_t, arch_ptr_phys, (const void *p), (p), 0)
WRAP_VALUE(uint32_t, frame_count_free, (void), (), how("too many") ? UINT32_MAX : 0)
WRAP_VALUE(bool, frame_is_used, (paddr_t pa), (pa), how("stuck"))
WRAP_VALUE(bool, cap_check, (uint32_t caps, uint32_t need), (caps, need), true)
WRAP_VALUE(uint32_t, sched_count, (enum thread_state state), (state), 999)
WRAP_VALUE(uint32_t, spin_depth, (void), (), 1)
WRAP_VALUE(bool, cap_for_syscall, (uint64_t nr, uint64_t target, uint32_t *need), (nr, target, need), true)
WRAP_VALUE(bool, fbcon_shows, (struct fbcon_place place, char c), (place, c), false)
WRAP_VALUE(struct thread *, thread_current, (void), (), thread_get(0))
WRAP_VALUE(const char *, kernel_check, (const char **module), (module), "a lie")

WRAP(uint32_t, arch_cpu_count, (void))
{
    cpu_count_calls += !started;
    return lies("arch_cpu_count") ? ARCH_MAX_CPUS + 1 : __real_arch_cpu_count();
}

WRAP(void, sched_start, (void))
{
    started = true;
    __real_sched_start();
}

WRAP(void, arch_get_hw_summary, (struct hw_summary * out))
{
    __real_arch_get_hw_summary(out);
    if (!lies("arch_get_hw_summary"))
        return;
    if (how("no RAM"))
        out->total_ram_bytes = 0;
    else if (how("no CPU"))
        out->cpu_count = 0;
    else if (how("framebuffer"))
        out->framebuffer_available = !out->framebuffer_available;
    else
        out->cmdline[0] ^= 1;
}

/* The machine thinks it is CPU 1, until the panic prints its first byte: hal-null itself does not survive longer. */
WRAP(void, arch_cpu_init, (void))
{
    __real_arch_cpu_init();
    if (lies("arch_cpu_init"))
        null_port.cpu = 1;
}

WRAP(void, arch_serial_putchar, (char c))
{
    null_port.cpu = 0;
    __real_arch_serial_putchar(c);
}

WRAP(void, arch_irq_window, (void))
{
    if (!lies("arch_irq_window")) {
        __real_arch_irq_window();
    } else if (how("always open")) {
        arch_enable_interrupts();
        __real_arch_irq_window();
        arch_disable_interrupts();
    }
}

WRAP(void, arch_enable_interrupts, (void))
{
    __real_arch_enable_interrupts();
    if (lies("arch_enable_interrupts"))
        __real_arch_irq_window();
}

WRAP(status_t, arch_parse_memory_map, (const struct boot_info *info, struct boot_mmap_entry *map, uint32_t *count))
{
    status_t status = __real_arch_parse_memory_map(info, map, count);
    struct boot_mmap_entry first = map[0];

    if (!lies("arch_parse_memory_map"))
        return status;
    if (how("unsorted")) {
        map[0] = map[1];
        map[1] = first;
    } else if (how("empty")) {
        *count = 0;
    } else if (how("all usable")) {
        for (uint32_t i = 0; i < *count; i++)
            map[i].type = BOOT_MMAP_USABLE;
    } else {
        return ERR_FDT_BAD_STRUCT;
    }
    return STATUS_OK;
}

WRAP(status_t, arch_parse_modules, (const struct boot_info *info, struct boot_module *modules, uint32_t *count))
{
    status_t status = __real_arch_parse_modules(info, modules, count);

    if (strcmp(fault.how ? fault.how : "", "all usable") == 0)
        *count = 0; /* so that the device tree is what is in the way */
    return lies("arch_parse_modules") ? ERR_INVALID_ARGS : status;
}

WRAP(status_t, arch_device_get, (uint32_t dev, struct arch_device *out))
{
    status_t status = __real_arch_device_get(dev, out);

    if (!lies("arch_device_get"))
        return status;
    if (!how("of no kind"))
        return how("pretends") ? STATUS_OK : ERR_IO;
    out->kind = 0;
    return STATUS_OK;
}

WRAP(status_t, arch_walk, (const struct arch_space *space, vaddr_t va, paddr_t *pa, uint32_t *flags))
{
    status_t status = __real_arch_walk(space, va, pa, flags);

    if (!lies("arch_walk"))
        return status;
    if (how("rights"))
        *flags ^= ARCH_MAP_WRITABLE;
    else if (how("elsewhere"))
        *pa += PAGE_SIZE;
    else if (how("open kernel"))
        *flags = ARCH_MAP_PRESENT | ARCH_MAP_USER;
    else
        return ERR_NOT_FOUND;
    return STATUS_OK;
}

WRAP(status_t, frame_alloc, (paddr_t * out))
{
    status_t status;

    if (!lies("frame_alloc"))
        return __real_frame_alloc(out);
    if (!how("dirty"))
        return ERR_IO;
    status = __real_frame_alloc(out);
    ((uint8_t *)arch_phys_ptr(*out))[PAGE_SIZE - 1] = 1;
    return status;
}

WRAP(status_t, task_create_all, (const uint8_t *archive, uint64_t len, uint16_t machine, const char **what))
{
    status_t status = __real_task_create_all(archive, len, machine, what);

    if (!lies("task_create_all"))
        return status;
    if (how("foreign bits"))
        task_get(0)->config.caps |= 1u << 20;
    else if (how("lost page"))
        return __real_arch_unmap_page(&task_get(0)->space, LAYOUT_STACK_BASE);
    else
        return ERR_ELF_BAD_NOTE;
    return status;
}

/* SPDX-License-Identifier: MIT */
/*
 * The platform-level interrupt controller. Lines go to CPU 0's context; a line is masked by priority 0, which is one store
 * and needs no lock. A claimed line is quiet until it is completed.
 */
#include <arch/io.h>
#include <arch/irq.h>
#include <common/cpu.h>
#include <common/kernel_map.h>
#include <riscv/priv.h>
#include <riscv/window.h>

#define PRIORITY(source) (4ull * (source))
#define ENABLE(context, source) (0x2000ull + (context) * 0x80ull + (source) / 32 * 4ull)
#define THRESHOLD(context) (0x200000ull + (context) * 0x1000ull)
#define CLAIM(context) (THRESHOLD(context) + 4)
#define SOURCES_MAX 1024u
#define CONTEXTS_MAX 15872u

#define DEVICE_VECTORS (ARCH_VECTOR_COUNT - ARCH_VECTOR_DEVICE_FIRST)
#define SUPERVISOR_EXTERNAL 9u /* in interrupts-extended */

static KSTATE struct {
    struct hal_range window;         /* [I] size 0: none */
    uint32_t phandle;                /* [I] */
    uint32_t source[DEVICE_VECTORS]; /* [I] of each device vector; 0: none */
} state;

/* -- Discovery -- */

/* Phandle of the hart's own interrupt controller; 0: none. */
static uint32_t hart_controller(const struct fdt *fdt, uint64_t hart)
{
    uint32_t cpu = fdt_node_child(fdt, fdt_find_path(fdt, "/cpus")), phandle;
    uint64_t id, size;

    for (; cpu != FDT_NONE; cpu = fdt_node_sibling(fdt, cpu)) {
        if (!fdt_reg(fdt, cpu, 0, &id, &size) || id != hart)
            continue;
        uint32_t node = fdt_node_child(fdt, cpu);
        for (; node != FDT_NONE; node = fdt_node_sibling(fdt, node)) {
            if (fdt_prop_lists(fdt, node, "compatible", "riscv,cpu-intc") &&
                fdt_prop_u32(fdt, node, "phandle", &phandle))
                return phandle;
        }
    }
    return 0;
}

static uint32_t cell(const struct fdt_prop *prop, uint32_t index)
{
    const uint8_t *p = prop->data + 4 * index;

    return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
}

/* A context is the index of its pair (controller of a hart, cause). */
static int32_t find_context(const struct fdt *fdt, const struct fdt_prop *contexts, uint64_t hart)
{
    uint32_t controller = hart_controller(fdt, hart);

    for (uint32_t i = 0; controller != 0 && i < contexts->len / 8 && i < CONTEXTS_MAX; i++) {
        if (cell(contexts, 2 * i) == controller && cell(contexts, 2 * i + 1) == SUPERVISOR_EXTERNAL)
            return (int32_t)i;
    }
    return -1;
}

void plic_find(const struct fdt *fdt)
{
    uint32_t node = device_find(fdt, "riscv,plic0");
    struct fdt_prop contexts;

    if (node == FDT_NONE)
        node = device_find(fdt, "sifive,plic-1.0.0");
    for (uint32_t i = 0; i < ARCH_MAX_CPUS; i++)
        hal_state.cpu[i].port.plic_context = -1;
    if (!fdt_prop_u32(fdt, node, "phandle", &state.phandle) ||
        !fdt_prop(fdt, node, "interrupts-extended", &contexts) || !window_add(fdt, node, 0, &state.window)) {
        boot_say("no interrupt controller (PLIC) in the device tree: devices cannot interrupt");
        return;
    }
    for (uint32_t i = 0; i < hal_state.cpu_count; i++)
        hal_state.cpu[i].port.plic_context = find_context(fdt, &contexts, hal_state.cpu[i].hardware_id);
    if (hal_state.cpu[0].port.plic_context < 0)
        boot_say("the boot hart has no context at the interrupt controller: devices cannot interrupt");
}

uint32_t plic_source(const struct fdt *fdt, uint32_t node)
{
    struct fdt_prop interrupts;
    uint32_t parent = 0;

    if (!fdt_prop(fdt, node, "interrupts", &interrupts) || interrupts.len < 4 || hal_state.cpu[0].port.plic_context < 0)
        return 0;
    for (uint32_t at = node; at != FDT_NONE && !fdt_prop_u32(fdt, at, "interrupt-parent", &parent);)
        at = fdt_node_parent(fdt, at);
    uint32_t source = cell(&interrupts, 0);
    return parent == state.phandle && source < SOURCES_MAX ? source : 0;
}

void plic_bind(uint32_t vector, uint32_t source)
{
    state.source[vector - ARCH_VECTOR_DEVICE_FIRST] = source;
}

/* -- Lines -- */

static uint32_t source_of(uint32_t vector)
{
    uint32_t line = vector - ARCH_VECTOR_DEVICE_FIRST;

    return line < DEVICE_VECTORS ? state.source[line] : 0;
}

bool arch_irq_exists(uint32_t vector)
{
    return source_of(vector) != 0;
}

/*
 * A controller forwards a level again when it has been completed. QEMU's (7.2) does so only when the device speaks up, so
 * the UART is made to.
 */
void arch_irq_unmask(uint32_t vector)
{
    if (source_of(vector) == 0)
        return;
    if (vector == ARCH_VECTOR_UART0)
        uart_restate_interrupt();
    arch_io_write32(state.window.base + PRIORITY(source_of(vector)), 1);
}

void arch_irq_mask(uint32_t vector)
{
    if (source_of(vector) != 0)
        arch_io_write32(state.window.base + PRIORITY(source_of(vector)), 0);
}

static void enable_lines(uint64_t context)
{
    for (uint32_t line = 0; line < DEVICE_VECTORS; line++) {
        uint32_t source = state.source[line];
        if (source == 0)
            continue;
        uint64_t enable = state.window.base + ENABLE(context, source);
        arch_irq_mask(ARCH_VECTOR_DEVICE_FIRST + line);
        arch_io_write32(enable, arch_io_read32(enable) | 1u << source % 32);
    }
}

/* Whatever firmware has enabled for this context goes. */
void plic_init_cpu(void)
{
    int32_t context = hal_cpu()->port.plic_context;

    if (context < 0)
        return;
    for (uint32_t source = 0; source < SOURCES_MAX; source += 32)
        arch_io_write32(state.window.base + ENABLE((uint64_t)context, source), 0);
    arch_io_write32(state.window.base + THRESHOLD((uint64_t)context), 0);
    if (hal_cpu()->id == 0)
        enable_lines((uint64_t)context);
}

/* -- Taking -- */

static uint32_t line_of(uint32_t source)
{
    uint32_t line = 0;

    while (line < DEVICE_VECTORS && state.source[line] != source)
        line++;
    return line;
}

/* Each line once: one that is still asserted after its handler waits for the next opportunity. */
bool plic_take(void)
{
    int32_t context = hal_cpu()->port.plic_context;
    uint64_t claim = state.window.base + CLAIM((uint64_t)context);
    uint64_t taken = 0;

    while (context >= 0) {
        uint32_t source = arch_io_read32(claim);
        uint32_t line = line_of(source);
        if (source == 0 || line == DEVICE_VECTORS)
            break;
        bool again = (taken >> line & 1) != 0;
        taken |= UINT64_C(1) << line;
        if (!again)
            hal_irq_deliver(ARCH_VECTOR_DEVICE_FIRST + line);
        arch_io_write32(claim, source);
        if (again)
            break;
    }
    return taken != 0;
}

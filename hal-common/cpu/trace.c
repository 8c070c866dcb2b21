/* SPDX-License-Identifier: MIT */
#include <arch/debug.h>

#include <base/cmdline.h>
#include <base/compiler.h>
#include <base/format.h>
#include <base/parse.h>
#include <common/port.h>
#include <common/trace.h>

uint32_t hal_trace_wanted KSTATE;

/* Lines of several CPUs must not mix. No lock of core's: events come from under those, and nothing is called from here. */
static KSTATE struct {
    uint32_t busy;
} state;

static void write_line(const char *line)
{
    while (__atomic_exchange_n(&state.busy, 1, __ATOMIC_ACQUIRE) != 0)
        continue;
    port_debug_write(line);
    __atomic_store_n(&state.busy, 0, __ATOMIC_RELEASE);
}

void hal_trace_init(const char *cmdline)
{
    char word[24];
    const char *p = word;
    uint64_t mask;

    if (cmdline_get(cmdline, "trace", word, sizeof word) && parse_u64(&p, &mask) && *p == '\0')
        hal_trace_wanted = (uint32_t)mask;
}

void arch_trace_event(const struct trace_event *e)
{
    char line[160];

    if (!arch_trace_wanted(e->kind))
        return;
    format(line, sizeof line, "T %x %x %x %x %lx %lx %lx %lx %lx %lx\n", e->kind, e->cpu, e->thread, e->count,
           (unsigned long)e->a, (unsigned long)e->b, (unsigned long)e->c, (unsigned long)e->d, (unsigned long)e->e,
           (unsigned long)e->f);
    write_line(line);
}

void arch_note_user_read(const struct arch_space *space, vaddr_t va, size_t len)
{
    (void)space; /* nobody checks on hardware */
    (void)va;
    (void)len;
}

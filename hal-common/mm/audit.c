/* SPDX-License-Identifier: MIT */
/* Looking at the live tables of the kernel half: proving what they promise, and printing them. */
#include <common/kernel_map.h>

#include <arch/boot.h>
#include <arch/cpu.h>
#include <base/cmdline.h>
#include <base/format.h>

typedef bool visit_fn(const struct hal_page *page, void *ctx);

static vaddr_t canonical(vaddr_t va)
{
    return va > isa_pt_format.user_top ? va | ~(isa_pt_format.user_top * 2 + 1) : va;
}

/* Every leaf below `table`, in order of addresses; false: `visit` has seen enough. Recursion: at most four levels. */
static bool walk(paddr_t table, uint32_t level, vaddr_t base, visit_fn *visit, void *ctx)
{
    const uint64_t *entry = hal_direct(table);

    for (uint32_t i = 0; i < PT_ENTRIES; i++) {
        vaddr_t va = base + i * pt_span(level);
        if (!isa_pt_format.is_present(entry[i]))
            continue;
        if (!isa_pt_format.is_leaf(entry[i], level)) {
            if (!walk(isa_pt_format.address(entry[i]), level - 1, va, visit, ctx))
                return false;
            continue;
        }
        struct hal_page page = {canonical(va), isa_pt_format.address(entry[i]), isa_pt_format.flags(entry[i]), pt_span(level)};
        if (!visit(&page, ctx))
            return false;
    }
    return true;
}

static bool walk_kernel_half(visit_fn *visit, void *ctx)
{
    uint32_t top = isa_pt_format.levels - 1;
    vaddr_t base = pt_index(~isa_pt_format.user_top, top) == 0 ? ~isa_pt_format.user_top : 0;

    return walk(hal_map.root, top, base, visit, ctx);
}

/* -- Audit -- */

struct audit {
    const char *wrong;
    struct hal_page *bad;
};

static bool is_text(const struct hal_page *page)
{
    paddr_t start = hal_image_phys(image_start), end = hal_image_phys(image_rodata_end);

    return page->pa < end && start < page->pa + page->size;
}

static bool check_page(const struct hal_page *page, void *ctx)
{
    struct audit *audit = ctx;

    if (page->flags & ARCH_MAP_USER)
        audit->wrong = "a kernel page is user-accessible";
    else if ((page->flags & ARCH_MAP_WRITABLE) != 0 && (page->flags & ARCH_MAP_NO_EXECUTE) == 0)
        audit->wrong = "a kernel page is writable and executable";
    else if ((page->flags & ARCH_MAP_WRITABLE) != 0 && is_text(page))
        audit->wrong = "text or constants are writable";
    else
        return true;
    *audit->bad = *page;
    return false;
}

const char *hal_map_audit(struct hal_page *bad)
{
    struct audit audit = {.bad = bad};

    (void)walk_kernel_half(check_page, &audit);
    return audit.wrong;
}

/* -- Print -- */

static void print(const char *text)
{
    for (; *text != '\0'; text++)
        arch_serial_putchar(*text);
}

static void print_run(const struct hal_page *run)
{
    char line[112];

    format(line, sizeof line, "[aegis] map %016lx-%016lx -> %012lx %c%c%c%s\n", (unsigned long)run->va,
           (unsigned long)(run->va + run->size - 1), (unsigned long)run->pa, 'r',
           run->flags & ARCH_MAP_WRITABLE ? 'w' : '-', run->flags & ARCH_MAP_NO_EXECUTE ? '-' : 'x',
           run->flags & ARCH_MAP_NOCACHE ? " uncached" : "");
    print(line);
}

static bool add_page(const struct hal_page *page, void *ctx)
{
    struct hal_page *run = ctx;

    if (run->size != 0 && run->va + run->size == page->va && run->pa + run->size == page->pa && run->flags == page->flags) {
        run->size += page->size;
        return true;
    }
    if (run->size != 0)
        print_run(run);
    *run = *page;
    return true;
}

void hal_map_print(void)
{
    struct hal_page run = {.size = 0};

    (void)walk_kernel_half(add_page, &run);
    if (run.size != 0)
        print_run(&run);
}

void hal_map_check(const char *cmdline)
{
    struct hal_page bad;
    char line[112];
    const char *wrong = hal_map_audit(&bad);

    if (cmdline_has(cmdline, "memory-map")) {
        arch_serial_early_init();
        hal_map_print();
        print(wrong == NULL ? "[aegis] map audit: no page is writable and executable, none is the user's, text is read-only\n"
                            : "[aegis] map audit: failed\n");
    }
    if (wrong == NULL)
        return;
    format(line, sizeof line, "boot: %s: %016lx", wrong, (unsigned long)bad.va);
    arch_panic(line);
}

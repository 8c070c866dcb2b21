/* SPDX-License-Identifier: MIT */
/*
 * The ELF validator against a second opinion, written from the rules of <base/elf.h> with other means: the system's ELF
 * structures, sums in 128 bits that cannot wrap, and a list of pages instead of comparisons. A file is accepted exactly if
 * it is sound, and the plan is what the file says. The input is the file itself.
 */
#include <elf.h>
#include <string.h>

#include <abi/layout.h>
#include <abi/status.h>
#include <base/elf.h>

#include "check.h"

typedef unsigned __int128 wide;

#define SLOT_PAGES (LAYOUT_IMAGE_SIZE / PAGE_SIZE)

enum opinion { BROKEN, SOUND, UNDECIDED }; /* UNDECIDED: the rules leave it open */

struct file {
    const uint8_t *data;
    uint64_t size;
};

/* Copy `size` bytes at `off` out of the file; false if it does not have them. */
static bool take(struct file file, wide off, void *out, uint64_t size)
{
    if (off + size > file.size)
        return false;
    memcpy(out, file.data + (uint64_t)off, size);
    return true;
}

/* Every file is tried in the slot that its entry point names and on its own machine, so that real files are accepted. */
static struct elf_limits limits_of(struct file file)
{
    struct elf_limits limits = {.machine = EM_X86_64};
    Elf64_Ehdr header = {.e_entry = 0};
    uint64_t slot;

    (void)take(file, 0, &header, sizeof(header));
    if (header.e_machine == EM_AARCH64 || header.e_machine == EM_RISCV)
        limits.machine = header.e_machine;
    slot = (header.e_entry - LAYOUT_IMAGE_BASE) / LAYOUT_IMAGE_STRIDE % LAYOUT_IMAGE_COUNT;
    limits.lo = LAYOUT_IMAGE_BASE + slot * LAYOUT_IMAGE_STRIDE;
    limits.hi = limits.lo + LAYOUT_IMAGE_SIZE;
    return limits;
}

/* What the file asks for, if it is sound. */
struct wish {
    struct elf_plan plan;
    uint8_t page_users[SLOT_PAGES]; /* segments that touch the page */
    bool entry_executable;
    bool aegis_note;
    bool undecided;
};

static bool want_segment(struct file file, const Elf64_Phdr *ph, struct elf_limits limits, struct wish *wish)
{
    struct elf_segment *s;

    if (ph->p_memsz == 0 && ph->p_filesz == 0)
        return true;
    if (wish->plan.count == ELF_SEGMENTS_MAX || ph->p_filesz > ph->p_memsz || (ph->p_flags & (PF_W | PF_X)) == (PF_W | PF_X))
        return false;
    if ((wide)ph->p_offset + ph->p_filesz > file.size || ph->p_vaddr < limits.lo ||
        (wide)ph->p_vaddr + ph->p_memsz > limits.hi)
        return false;
    for (uint32_t page = 0; page < SLOT_PAGES; page++) {
        uint64_t start = limits.lo + (uint64_t)page * PAGE_SIZE;
        wish->page_users[page] += ph->p_vaddr < start + PAGE_SIZE && ph->p_vaddr + ph->p_memsz > start;
        if (wish->page_users[page] > 1)
            return false;
    }
    wish->entry_executable |= (ph->p_flags & PF_X) != 0 && wish->plan.entry >= ph->p_vaddr &&
                              wish->plan.entry < (wide)ph->p_vaddr + ph->p_memsz;
    s = &wish->plan.seg[wish->plan.count++];
    *s = (struct elf_segment){ph->p_vaddr, ph->p_memsz, ph->p_offset, ph->p_filesz, ph->p_flags & (PF_R | PF_W | PF_X)};
    return true;
}

/* One note at `at` of the file, which must end before `end`. *next: the header behind it. */
static bool want_note(struct file file, wide at, wide end, uint64_t align, wide *next, struct wish *wish)
{
    Elf64_Nhdr note;
    wide name = at + sizeof(note), desc;
    char text[6];
    uint32_t version;

    if (name > end || !take(file, at, &note, sizeof(note)))
        return false;
    for (desc = name + note.n_namesz; (desc - at) % align != 0;)
        desc++;
    *next = desc + note.n_descsz;
    if (*next > end)
        return false;
    while ((*next - at) % align != 0)
        ++*next;
    if (note.n_namesz != sizeof(text) || !take(file, name, text, sizeof(text)) || memcmp(text, "aegis", sizeof(text)) != 0)
        return true;
    wish->aegis_note = true;
    return note.n_type == 1 && note.n_descsz == 4 && take(file, desc, &version, 4) && version == ELF_AEGIS_ABI;
}

static bool want_notes(struct file file, const Elf64_Phdr *ph, struct wish *wish)
{
    wide at = ph->p_offset, end = at + ph->p_filesz, next;

    if (end > file.size)
        return false;
    /* How large notes may get, and what an odd alignment means, is the validator's own business. */
    if (ph->p_filesz > 4096 || (ph->p_align != 0 && ph->p_align != 1 && ph->p_align != 4 && ph->p_align != 8)) {
        wish->undecided = true;
        return true;
    }
    for (; at < end; at = next)
        if (!want_note(file, at, end, ph->p_align == 8 ? 8 : 4, &next, wish))
            return false;
    return true;
}

static bool want_header(struct file file, const Elf64_Phdr *ph, struct elf_limits limits, struct wish *wish)
{
    if (ph->p_type == PT_LOAD)
        return want_segment(file, ph, limits, wish);
    if (ph->p_type == PT_NOTE)
        return want_notes(file, ph, wish);
    return ph->p_type != PT_DYNAMIC && ph->p_type != PT_INTERP;
}

static enum opinion judge(struct file file, struct elf_limits limits, struct wish *wish)
{
    static const uint8_t ident[] = {0x7F, 'E', 'L', 'F', ELFCLASS64, ELFDATA2LSB};
    Elf64_Ehdr header;

    *wish = (struct wish){.undecided = false};
    if (!take(file, 0, &header, sizeof(header)) || memcmp(header.e_ident, ident, sizeof(ident)) != 0 ||
        header.e_type != ET_EXEC || header.e_machine != limits.machine)
        return BROKEN;
    wish->plan.entry = header.e_entry;
    for (uint32_t i = 0; i < header.e_phnum; i++) {
        wide at = (wide)header.e_phoff + (wide)i * header.e_phentsize;
        Elf64_Phdr ph;
        if (header.e_phentsize < sizeof(ph) || at + header.e_phentsize > file.size || !take(file, at, &ph, sizeof(ph)) ||
            !want_header(file, &ph, limits, wish))
            return BROKEN;
    }
    if (wish->plan.count == 0 || !wish->entry_executable)
        return BROKEN;
    if (wish->undecided)
        return UNDECIDED;
    return wish->aegis_note ? SOUND : BROKEN;
}

static void compare(const struct elf_plan *plan, const struct elf_plan *wish)
{
    REQUIRE(plan->count == wish->count && plan->entry == wish->entry, "the plan has the file's segments and entry");
    for (uint32_t i = 0; i < plan->count; i++) {
        const struct elf_segment *a = &plan->seg[i], *b = &wish->seg[i];
        REQUIRE(a->va == b->va && a->memsz == b->memsz && a->off == b->off && a->filesz == b->filesz && a->flags == b->flags,
                "each segment is what its program header says");
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct file file = {data, size};
    struct elf_limits limits = limits_of(file);
    struct elf_plan plan;
    struct wish wish;
    status_t status = elf_plan_load(data, size, limits, &plan);
    enum opinion opinion = judge(file, limits, &wish);

    REQUIRE(status == STATUS_OK || (status <= ERR_ELF_TOO_SMALL && status >= ERR_ELF_BAD_NOTE), "only ELF errors are returned");
    REQUIRE(status != STATUS_OK || opinion != BROKEN, "an accepted file keeps every rule");
    REQUIRE(status == STATUS_OK || opinion != SOUND, "a file that keeps every rule is accepted");
    if (status == STATUS_OK)
        compare(&plan, &wish.plan);
    return 0;
}

/* SPDX-License-Identifier: MIT */
#include <sim/symbols.h>

#include <elfutils/libdw.h>
#include <elfutils/libdwfl.h>
#include <dwarf.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include <arch/isa.h>
#include <sim/host.h>

#include "dwarf_registers.h"

#define THREAD 1 /* any number: one thread is unwound at a time */

struct symbols {
    Dwfl *dwfl;
    /* of the unwinding under way */
    const struct trap_frame *frame;
    symbols_read_fn *read;
    void *arg;
    uint64_t *pcs;
    uint32_t count, room;
    bool attached;
};

/* Debugging information is in the file itself or nowhere: nothing is searched for, least of all on a network. */
static int find_debuginfo(Dwfl_Module *module, void **userdata, const char *name, Dwarf_Addr base, const char *file,
    const char *link, GElf_Word crc, char **found)
{
    (void)module;
    (void)userdata;
    (void)name;
    (void)base;
    (void)file;
    (void)link;
    (void)crc;
    *found = NULL;
    return -1;
}

static const Dwfl_Callbacks callbacks = {.find_elf = dwfl_build_id_find_elf, .find_debuginfo = find_debuginfo,
    .section_address = dwfl_offline_section_address};

static struct symbols *open_file(const char *name, const char *path, int fd, uint64_t bias)
{
    struct symbols *symbols = calloc(1, sizeof *symbols);

    if (symbols == NULL)
        return NULL;
    symbols->dwfl = dwfl_begin(&callbacks);
    if (symbols->dwfl != NULL) {
        dwfl_report_begin(symbols->dwfl);
        Dwfl_Module *module = dwfl_report_elf(symbols->dwfl, name, path, fd, bias, true);
        if (dwfl_report_end(symbols->dwfl, NULL, NULL) == 0 && module != NULL)
            return symbols;
        dwfl_end(symbols->dwfl);
    }
    free(symbols);
    return NULL;
}

struct symbols *symbols_open(const char *name, const void *elf, size_t size)
{
    int fd = memfd_create(name, MFD_CLOEXEC);

    if (fd < 0)
        return NULL;
    struct symbols *symbols = write(fd, elf, size) == (ssize_t)size ? open_file(name, name, fd, 0) : NULL;
    if (symbols == NULL)
        close(fd);
    return symbols;
}

struct symbols *symbols_open_self(void)
{
    uintptr_t here = (uintptr_t)symbols_open_self;

    return open_file("aegis-sim", "/proc/self/exe", -1, here - host_code_address(here));
}

void symbols_close(struct symbols *symbols)
{
    if (symbols == NULL)
        return;
    dwfl_end(symbols->dwfl);
    free(symbols);
}

/* -- Places -- */

/* The unit with the code at `pc`. The index of addresses may be unusable where unused functions were dropped. */
static Dwarf_Die *find_unit(Dwfl_Module *module, Dwarf_Addr pc, Dwarf_Addr *bias)
{
    Dwarf_Die *unit = dwfl_module_addrdie(module, pc, bias);

    if (unit != NULL)
        return unit;
    while ((unit = dwfl_module_nextcu(module, unit, bias)) != NULL) {
        if (dwarf_haspc(unit, pc - *bias) == 1)
            return unit;
    }
    return NULL;
}

static const char *name_of(Dwarf_Die *die)
{
    Dwarf_Attribute attribute;

    return dwarf_formstring(dwarf_attr_integrate(die, DW_AT_name, &attribute));
}

/* "function", or "one in function" if one is inlined there. */
static bool describe_function(Dwarf_Die *unit, Dwarf_Addr pc, char *out, size_t room)
{
    Dwarf_Die *innermost = NULL, *scopes = NULL;
    const char *inlined = NULL, *function = NULL;
    int count = dwarf_getscopes(unit, pc, &innermost);

    if (count > 0) /* as they contain each other in the code, not in the source */
        count = dwarf_getscopes_die(&innermost[0], &scopes);
    for (int i = 0; i < count && function == NULL; i++) {
        if (dwarf_tag(&scopes[i]) == DW_TAG_inlined_subroutine && inlined == NULL)
            inlined = name_of(&scopes[i]);
        if (dwarf_tag(&scopes[i]) == DW_TAG_subprogram)
            function = name_of(&scopes[i]);
    }
    if (function != NULL)
        snprintf(out, room, "%s%s%s", inlined != NULL ? inlined : "", inlined != NULL ? " in " : "", function);
    free(scopes);
    free(innermost);
    return function != NULL;
}

/* "a/b/../c" is a/c, whatever b is: the compiler did not look either. */
static void shorten(char *path)
{
    char *up;

    while ((up = strstr(path, "/../")) != NULL) {
        char *from = up;
        while (from > path && from[-1] != '/')
            from--;
        if (from == up || strncmp(from, "../", 3) == 0)
            return;
        memmove(from, up + 4, strlen(up + 4) + 1);
    }
}

/* Paths are shown from the working folder on, or as the compiler was told. */
static void describe_file(Dwarf_Die *unit, const char *file, struct symbol_place *out)
{
    char here[4096], path[4096];
    Dwarf_Attribute attribute;
    const char *folder = dwarf_formstring(dwarf_attr(unit, DW_AT_comp_dir, &attribute));

    if (file[0] != '/' && folder != NULL && folder[0] == '/')
        snprintf(path, sizeof path, "%s/%s", folder, file);
    else
        snprintf(path, sizeof path, "%s", strncmp(file, "./", 2) == 0 ? file + 2 : file);
    shorten(path);
    size_t n = getcwd(here, sizeof here) != NULL ? strlen(here) : 0;
    bool below = n > 1 && strncmp(path, here, n) == 0 && path[n] == '/';
    snprintf(out->file, sizeof out->file, "%.190s", below ? path + n + 1 : path);
}

static void describe_line(Dwarf_Die *unit, Dwarf_Addr pc, struct symbol_place *out)
{
    Dwarf_Line *line = dwarf_getsrc_die(unit, pc);
    const char *file = line != NULL ? dwarf_linesrc(line, NULL, NULL) : NULL;

    if (file != NULL && dwarf_lineno(line, &out->line) == 0)
        describe_file(unit, file, out);
}

/* The line of `unit` on which the inlined function `die` is called. */
static bool describe_call(Dwarf_Die *unit, Dwarf_Die *die, struct symbol_place *out)
{
    Dwarf_Attribute attribute;
    Dwarf_Files *files;
    Dwarf_Word file, line;

    if (dwarf_formudata(dwarf_attr(die, DW_AT_call_file, &attribute), &file) != 0 ||
        dwarf_formudata(dwarf_attr(die, DW_AT_call_line, &attribute), &line) != 0 || dwarf_getsrcfiles(unit, &files, NULL) != 0)
        return false;
    const char *name = dwarf_filesrc(files, file, NULL, NULL);
    if (name == NULL)
        return false;
    out->line = (int)line;
    describe_file(unit, name, out);
    return true;
}

bool symbols_find(struct symbols *symbols, uint64_t pc, bool returns, struct symbol_place *out)
{
    Dwfl_Module *module = dwfl_addrmodule(symbols->dwfl, pc);
    Dwarf_Addr at = returns ? pc - 1 : pc, bias = 0;

    *out = (struct symbol_place){.line = 0};
    if (module == NULL)
        return false;
    Dwarf_Die *unit = find_unit(module, at, &bias);
    if (unit != NULL)
        describe_line(unit, at - bias, out);
    if (unit != NULL && describe_function(unit, at - bias, out->function, sizeof out->function))
        return true;
    const char *name = dwfl_module_addrname(module, at);
    snprintf(out->function, sizeof out->function, "%s", name != NULL ? name : "?");
    return name != NULL;
}

static bool in_header(const struct symbol_place *place)
{
    size_t length = strlen(place->file);

    return length > 2 && strcmp(place->file + length - 2, ".h") == 0;
}

/* From the innermost function outwards, until one stands in no header. */
static bool describe_source(Dwarf_Die *unit, Dwarf_Addr pc, struct symbol_place *out)
{
    Dwarf_Die *innermost = NULL, *scopes = NULL;
    int count = dwarf_getscopes(unit, pc, &innermost);
    bool found = false;

    if (count > 0)
        count = dwarf_getscopes_die(&innermost[0], &scopes);
    describe_line(unit, pc, out);
    for (int i = 0; i < count && !found; i++) {
        bool inlined = dwarf_tag(&scopes[i]) == DW_TAG_inlined_subroutine;
        if (!inlined && dwarf_tag(&scopes[i]) != DW_TAG_subprogram)
            continue;
        const char *name = name_of(&scopes[i]);
        snprintf(out->function, sizeof out->function, "%s", name != NULL ? name : "?");
        found = !in_header(out) || !inlined || !describe_call(unit, &scopes[i], out);
    }
    free(scopes);
    free(innermost);
    return found;
}

bool symbols_find_source(struct symbols *symbols, uint64_t pc, struct symbol_place *out)
{
    Dwfl_Module *module = dwfl_addrmodule(symbols->dwfl, pc);
    Dwarf_Addr bias = 0;
    Dwarf_Die *unit = module != NULL ? find_unit(module, pc - 1, &bias) : NULL;

    *out = (struct symbol_place){.line = 0};
    if (unit != NULL && describe_source(unit, pc - 1 - bias, out))
        return true;
    return symbols_find(symbols, pc, true, out);
}

/* -- Unwinding -- */

static pid_t next_thread(Dwfl *dwfl, void *arg, void **thread_arg)
{
    (void)dwfl;
    if (*thread_arg != NULL)
        return 0;
    *thread_arg = arg;
    return THREAD;
}

static bool get_thread(Dwfl *dwfl, pid_t tid, void *arg, void **thread_arg)
{
    (void)dwfl;
    *thread_arg = arg;
    return tid == THREAD;
}

static bool read_memory(Dwfl *dwfl, Dwarf_Addr address, Dwarf_Word *word, void *arg)
{
    struct symbols *symbols = arg;
    uint64_t value = 0;

    (void)dwfl;
    bool good = symbols->read(address, &value, symbols->arg);
    *word = value;
    return good;
}

static bool set_registers(Dwfl_Thread *thread, void *arg)
{
    const struct symbols *symbols = arg;
    Dwarf_Word words[DWARF_REGISTERS_MAX];

    for (uint32_t i = 0; i < dwarf_isa.count; i++) {
        uint64_t value = 0;
        if (dwarf_isa.offsets[i] >= 0)
            memcpy(&value, (const uint8_t *)symbols->frame + dwarf_isa.offsets[i], sizeof value);
        words[i] = value;
    }
    if (!dwfl_thread_state_registers(thread, 0, dwarf_isa.count, words))
        return false;
    if (dwarf_isa.separate_pc)
        dwfl_thread_state_register_pc(thread, isa_frame_pc(symbols->frame));
    return true;
}

static const Dwfl_Thread_Callbacks thread_callbacks = {.next_thread = next_thread, .get_thread = get_thread,
    .memory_read = read_memory, .set_initial_registers = set_registers};

static int take_frame(Dwfl_Frame *state, void *arg)
{
    struct symbols *symbols = arg;
    Dwarf_Addr pc;
    bool exact;

    if (symbols->count == symbols->room || !dwfl_frame_pc(state, &pc, &exact) || pc == 0)
        return DWARF_CB_ABORT;
    symbols->pcs[symbols->count++] = pc;
    return DWARF_CB_OK;
}

uint32_t symbols_unwind(struct symbols *symbols, const struct trap_frame *frame, symbols_read_fn *read, void *arg, uint64_t *pcs,
    uint32_t room)
{
    symbols->frame = frame;
    symbols->read = read;
    symbols->arg = arg;
    symbols->pcs = pcs;
    symbols->count = 0;
    symbols->room = room;
    symbols->attached = symbols->attached || dwfl_attach_state(symbols->dwfl, NULL, THREAD, &thread_callbacks, symbols);
    if (symbols->attached)
        (void)dwfl_getthread_frames(symbols->dwfl, THREAD, take_frame, symbols);
    return symbols->count;
}

/* SPDX-License-Identifier: MIT */
/* Functions, files and lines of code addresses, and who called whom: from the debugging information of ELF files. */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct symbols;
struct trap_frame;

struct symbol_place {
    char function[96];
    char file[192]; /* "": not known */
    int line;
};

/** Symbols of an ELF file in memory, which stays there; NULL: it cannot be read. */
struct symbols *symbols_open(const char *name, const void *elf, size_t size);
/** Symbols of this executable, by addresses as they are in this process. */
struct symbols *symbols_open_self(void);
/** Give everything back; NULL is fine. */
void symbols_close(struct symbols *symbols);
/** Where `pc` is; false if nothing is known of it. A return address is that of its call if `returns`. */
bool symbols_find(struct symbols *symbols, uint64_t pc, bool returns, struct symbol_place *out);

/** The same for the return address `pc`, but not in a header: what is inlined from one is called somewhere. */
bool symbols_find_source(struct symbols *symbols, uint64_t pc, struct symbol_place *out);

/** Memory of what is unwound: one 64-bit word at `address`; false if it has none there. */
typedef bool symbols_read_fn(uint64_t address, uint64_t *word, void *arg);
/** Program counters of the calls that led to `frame`, innermost first; how many, at most `room`. */
uint32_t symbols_unwind(struct symbols *symbols, const struct trap_frame *frame, symbols_read_fn *read, void *arg, uint64_t *pcs,
    uint32_t room);

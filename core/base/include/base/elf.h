/* SPDX-License-Identifier: MIT */
/*
 * ELF64 validator for static tasks. It reads an untrusted file and produces a plan: what to map where. A plan keeps
 * these promises: every segment lies in the limits and in the file, none is writable and executable, no two share a
 * page, and the entry point is in an executable one.
 */
#pragma once
#include <abi/types.h>
#include <base/compiler.h>

#define ELF_SEGMENTS_MAX 4u

/** Segment rights, as in p_flags. */
enum elf_flags { ELF_X = 1, ELF_W = 2, ELF_R = 4 };

/** ABI version that the Aegis note of a task names. */
#define ELF_AEGIS_ABI 1u

struct elf_segment {
    uint64_t va, memsz;   /* where it goes, in bytes; memsz > 0, the part behind filesz is zero */
    uint64_t off, filesz; /* where its bytes are in the file */
    uint32_t flags;       /* enum elf_flags, no other bits */
};

struct elf_plan {
    uint32_t count; /* 1..ELF_SEGMENTS_MAX */
    uint64_t entry;
    struct elf_segment seg[ELF_SEGMENTS_MAX]; /* in file order */
};

struct elf_limits {
    uint16_t machine; /* e_machine that fits */
    uint64_t lo, hi;  /* every segment lies in [lo, hi); lo < hi, both page-aligned */
};

/**
 * Check `image` of `len` bytes and fill `out`, whose contents mean nothing after an error. Pure; any context; time is
 * bounded by the number of program headers. Empty segments are left out; notes of other owners are ignored.
 * Errors: the first rule broken, one ERR_ELF_* each: the file header, the program headers that are no segments, the
 * segments in their order, then the plan as a whole. NOT_EXEC also for a file that wants a dynamic linker; BAD_NOTE for a
 * malformed note, an Aegis note of another type or version, and for none. Proved (docs/proofs.md): a plan is safe and is
 * what the file says, and every error has the reason that its name gives.
 */
MUST_CHECK status_t elf_plan_load(const uint8_t *image, uint64_t len, struct elf_limits limits, struct elf_plan *out);

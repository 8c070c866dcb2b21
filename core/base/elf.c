/* SPDX-License-Identifier: MIT */
/*
 * The file is whatever a user found on the internet. Every number is read byte by byte, every range is checked without
 * adding first, and segments travel by value: provers read this file too. Its contracts speak in the terms of elf_priv.h.
 */
#include "elf_priv.h"

#include <abi/status.h>

/*@ requires \valid_read(p + (0 .. 1));
  @ assigns \nothing;
  @ ensures \result == le16(p);
  @*/
static uint32_t load16(const uint8_t *p)
{
    return p[0] + 256u * p[1];
}

/*@ requires \valid_read(p + (0 .. 3));
  @ assigns \nothing;
  @ ensures \result == le32(p);
  @*/
static uint32_t load32(const uint8_t *p)
{
    return load16(p) + 65536u * load16(p + 2);
}

/*@ requires \valid_read(p + (0 .. 7));
  @ assigns \nothing;
  @ ensures \result == le64(p);
  @*/
static uint64_t load64(const uint8_t *p)
{
    return load32(p) + UINT64_C(0x100000000) * load32(p + 4);
}

/*@ requires \valid_read(file.bytes + (0 .. file.len - 1));
  @ assigns \nothing;
  @ ensures \result == ERR_ELF_TOO_SMALL <==> file.len < EHDR_SIZE;
  @ ensures \result == STATUS_OK <==> header_ok(file.bytes, file.len, file.limits.machine);
  @ ensures \result == ERR_ELF_BAD_MAGIC ==> !has_magic(file.bytes);
  @ ensures \result == ERR_ELF_NOT_64BIT ==> file.bytes[4] != CLASS_64;
  @ ensures \result == ERR_ELF_NOT_LE ==> file.bytes[5] != DATA_LE;
  @ ensures \result == ERR_ELF_NOT_EXEC ==> le16(file.bytes + 16) != TYPE_EXEC;
  @ ensures \result == ERR_ELF_WRONG_ARCH ==> le16(file.bytes + 18) != file.limits.machine;
  @ ensures \result \in {STATUS_OK, ERR_ELF_TOO_SMALL, ERR_ELF_BAD_MAGIC, ERR_ELF_NOT_64BIT, ERR_ELF_NOT_LE, ERR_ELF_NOT_EXEC,
  @   ERR_ELF_WRONG_ARCH};
  @*/
static status_t check_header(struct file file)
{
    const uint8_t *image = file.bytes;

    if (file.len < EHDR_SIZE)
        return ERR_ELF_TOO_SMALL;
    if (image[0] != 0x7F || image[1] != 'E' || image[2] != 'L' || image[3] != 'F')
        return ERR_ELF_BAD_MAGIC;
    if (image[4] != CLASS_64)
        return ERR_ELF_NOT_64BIT;
    if (image[5] != DATA_LE)
        return ERR_ELF_NOT_LE;
    if (load16(image + 16) != TYPE_EXEC)
        return ERR_ELF_NOT_EXEC;
    if (load16(image + 18) != file.limits.machine)
        return ERR_ELF_WRONG_ARCH;
    return STATUS_OK;
}

/*@ assigns \nothing;
  @ ensures \result <==> in_file(off, size, len);
  @*/
static bool in_file(uint64_t off, uint64_t size, uint64_t len)
{
    return off <= len && size <= len - off;
}

/*@ requires \valid_read(ph + (0 .. 55));
  @ assigns \nothing;
  @ ensures is_segment(\result, ph);
  @*/
static struct elf_segment read_segment(const uint8_t *ph)
{
    return (struct elf_segment){
        .flags = load32(ph + 4) % 8u,
        .off = load64(ph + 8),
        .va = load64(ph + 16),
        .filesz = load64(ph + 32),
        .memsz = load64(ph + 40),
    };
}

/*@ requires limits.lo <= limits.hi && !(s.memsz == 0 && s.filesz == 0);
  @ assigns \nothing;
  @ ensures \result == STATUS_OK <==> segment_ok(s, len, limits);
  @ ensures \result == ERR_ELF_SEG_BOUNDS <==> s.filesz > s.memsz || !in_file(s.off, s.filesz, len);
  @ ensures \result == ERR_ELF_WX ==> (s.flags & ELF_W) != 0 && (s.flags & ELF_X) != 0;
  @ ensures \result == ERR_ELF_TOO_LARGE ==> s.memsz > limits.hi - limits.lo;
  @ ensures \result == ERR_ELF_VADDR_RANGE ==> s.va < limits.lo || s.va + s.memsz > limits.hi;
  @ ensures \result \in {STATUS_OK, ERR_ELF_SEG_BOUNDS, ERR_ELF_WX, ERR_ELF_TOO_LARGE, ERR_ELF_VADDR_RANGE};
  @*/
static status_t check_segment(struct elf_segment s, uint64_t len, struct elf_limits limits)
{
    if (s.filesz > s.memsz || !in_file(s.off, s.filesz, len))
        return ERR_ELF_SEG_BOUNDS;
    if ((s.flags & ELF_W) != 0 && (s.flags & ELF_X) != 0)
        return ERR_ELF_WX;
    if (s.memsz > limits.hi - limits.lo)
        return ERR_ELF_TOO_LARGE;
    if (s.va < limits.lo || s.va > limits.hi || s.memsz > limits.hi - s.va)
        return ERR_ELF_VADDR_RANGE;
    return STATUS_OK;
}

/*@ assigns \nothing;
  @ ensures \result == va / 4096 * 4096;
  @*/
static uint64_t page_of(uint64_t va)
{
    return va - va % PAGE_SIZE;
}

/* Both lie in limits, so that the last bytes do not overflow; memsz > 0. */
/*@ requires placed(a) && placed(b);
  @ assigns \nothing;
  @ ensures \result <==> on_one_page(a, b);
  @*/
static bool share_page(struct elf_segment a, struct elf_segment b)
{
    return page_of(a.va) <= page_of(b.va + b.memsz - 1) && page_of(b.va) <= page_of(a.va + a.memsz - 1);
}

/*@ requires \valid_read(plan) && count <= ELF_SEGMENTS_MAX;
  @ requires placed(s) && \forall integer i; 0 <= i < count ==> placed(plan->seg[i]);
  @ assigns \nothing;
  @ ensures \result <==> \exists integer i; 0 <= i < count && on_one_page(plan->seg[i], s);
  @*/
static bool shares_page(const struct elf_plan *plan, uint32_t count, struct elf_segment s)
{
    /*@ loop invariant 0 <= i <= count;
      @ loop invariant \forall integer k; 0 <= k < i ==> !on_one_page(plan->seg[k], s);
      @ loop assigns i;
      @ loop variant count - i;
      @*/
    for (uint32_t i = 0; i < count; i++) {
        if (share_page(plan->seg[i], s))
            return true;
    }
    return false;
}

/*@ requires \valid(plan) && i < ELF_SEGMENTS_MAX && apart(plan, i);
  @ requires \forall integer k; 0 <= k < i ==> !on_one_page(plan->seg[k], s);
  @ assigns plan->seg[i];
  @ ensures same: plan->seg[i] == s;
  @ ensures frame: \forall integer k; 0 <= k < i ==> plan->seg[k] == \old(plan->seg[k]);
  @ ensures before: apart(plan, i);
  @ ensures after: apart(plan, i + 1);
  @*/
static void put_segment(struct elf_plan *plan, uint32_t i, struct elf_segment s)
{
    plan->seg[i] = s;
}

/*@ requires \valid(plan) && count <= ELF_SEGMENTS_MAX && plan_ok(plan, count, file.len, file.limits);
  @ requires file.limits.lo <= file.limits.hi && !(s.memsz == 0 && s.filesz == 0);
  @ assigns plan->seg[count .. ELF_SEGMENTS_MAX - 1];
  @ ensures kept: \forall integer i; 0 <= i < count ==> plan->seg[i] == \old(plan->seg[i]);
  @ ensures plan_ok(plan, count, file.len, file.limits);
  @ ensures \result == STATUS_OK ==> count < ELF_SEGMENTS_MAX && plan->seg[count] == s && segment_ok(s, file.len, file.limits);
  @ ensures \result == STATUS_OK ==> plan_ok(plan, count + 1, file.len, file.limits);
  @ ensures \result == ERR_ELF_TOO_MANY ==> count == ELF_SEGMENTS_MAX;
  @ ensures \result == ERR_ELF_OVERLAP ==> \exists integer i; 0 <= i < count && on_one_page(plan->seg[i], s);
  @ ensures \result \in {STATUS_OK, ERR_ELF_TOO_MANY, ERR_ELF_OVERLAP} || !segment_ok(s, file.len, file.limits);
  @ ensures \result \in {STATUS_OK, ERR_ELF_TOO_MANY, ERR_ELF_OVERLAP, ERR_ELF_SEG_BOUNDS, ERR_ELF_WX, ERR_ELF_TOO_LARGE,
  @   ERR_ELF_VADDR_RANGE};
  @*/
static status_t add_segment(struct elf_plan *plan, uint32_t count, struct elf_segment s, struct file file)
{
    status_t status = check_segment(s, file.len, file.limits);

    if (status != STATUS_OK)
        return status;
    if (count >= ELF_SEGMENTS_MAX)
        return ERR_ELF_TOO_MANY;
    if (shares_page(plan, count, s))
        return ERR_ELF_OVERLAP;
    put_segment(plan, count, s);
    /*@ assert segments_ok(plan, count, file.len, file.limits); @*/
    return STATUS_OK;
}

/* Notes start and end at multiples of the segment's alignment: 8, or 4 for anything smaller. */
/*@ requires (align == 4 || align == 8) && n <= UINT64_MAX - 8;
  @ assigns \nothing;
  @ ensures \result == padded_to(n, align);
  @*/
static uint64_t padded(uint64_t n, uint64_t align)
{
    return n % align == 0 ? n : n - n % align + align;
}

/*@ requires \valid_read(name + (0 .. namesz - 1)) && \valid_read(desc + (0 .. descsz - 1));
  @ assigns \nothing;
  @ ensures \result == NOTES_OTHER <==> !ours(name, namesz);
  @ ensures \result == NOTES_AEGIS <==> ours(name, namesz) && good(desc, descsz, type);
  @ ensures \result == NOTES_BAD <==> ours(name, namesz) && !good(desc, descsz, type);
  @*/
static enum notes check_note(const uint8_t *name, uint32_t namesz, const uint8_t *desc, uint32_t descsz, uint32_t type)
{
    if (namesz != NOTE_NAME_SIZE || name[0] != 'a' || name[1] != 'e' || name[2] != 'g' || name[3] != 'i' ||
        name[4] != 's' || name[5] != '\0')
        return NOTES_OTHER;
    if (type != NOTE_TYPE_ABI || descsz != NOTE_DESC_SIZE || load32(desc) != ELF_AEGIS_ABI)
        return NOTES_BAD;
    return NOTES_AEGIS;
}

/* All notes of the `size` bytes at `p`. Each round consumes at least a header. */
/*@ requires size <= NOTES_SIZE_MAX && (align == 4 || align == 8) && \valid_read(p + (0 .. size - 1));
  @ assigns \nothing;
  @ ensures \result == notes_from(p, size, align, 0);
  @*/
static enum notes check_notes(const uint8_t *p, uint64_t size, uint64_t align)
{
    enum notes found = NOTES_OTHER;
    uint64_t at = 0;

    /*@ loop invariant 0 <= at <= size + 8 && (found == NOTES_OTHER || found == NOTES_AEGIS);
      @ loop invariant notes_from(p, size, align, 0) == better(found, notes_from(p, size, align, at));
      @ loop assigns at, found;
      @ loop variant size - at;
      @*/
    while (at < size) {
        uint64_t desc;
        uint32_t namesz, descsz;
        enum notes note;

        if (size - at < NOTE_HEADER)
            return NOTES_BAD;
        namesz = load32(p + at);
        descsz = load32(p + at + 4);
        desc = padded(at + NOTE_HEADER + namesz, align);
        if (desc > size || descsz > size - desc)
            return NOTES_BAD;
        note = check_note(p + at + NOTE_HEADER, namesz, p + desc, descsz, load32(p + at + 8));
        /*@ assert desc == note_desc(p, align, at); @*/
        /*@ assert note_fits(p, size, align, at); @*/
        /*@ assert note == note_at(p, align, at); @*/
        /*@ assert notes_from(p, size, align, at) == better(note, notes_from(p, size, align, note_next(p, align, at))); @*/
        if (note == NOTES_BAD)
            return NOTES_BAD;
        if (note == NOTES_AEGIS)
            found = NOTES_AEGIS;
        at = padded(desc + descsz, align);
    }
    return found;
}

/*@ requires \valid_read(file.bytes + (0 .. file.len - 1)) && \valid_read(ph + (0 .. 55));
  @ assigns \nothing;
  @ ensures \result == notes_of(file.bytes, ph, file.len);
  @*/
static enum notes check_note_segment(struct file file, const uint8_t *ph)
{
    uint64_t off = load64(ph + 8);
    uint64_t size = load64(ph + 32);
    uint64_t align = load64(ph + 48);

    if (!in_file(off, size, file.len) || size > NOTES_SIZE_MAX || (align > 4 && align != 8))
        return NOTES_BAD;
    return check_notes(file.bytes + off, size, align == 8 ? 8 : 4);
}

/*@ requires \valid_read(plan) && plan->count <= ELF_SEGMENTS_MAX;
  @ assigns \nothing;
  @ ensures \result <==> \exists integer i; 0 <= i < plan->count && executable_at(plan->seg[i], plan->entry);
  @*/
static bool entry_is_executable(const struct elf_plan *plan)
{
    /*@ loop invariant 0 <= i <= plan->count;
      @ loop invariant \forall integer k; 0 <= k < i ==> !executable_at(plan->seg[k], plan->entry);
      @ loop assigns i;
      @ loop variant plan->count - i;
      @*/
    for (uint32_t i = 0; i < plan->count; i++) {
        struct elf_segment s = plan->seg[i];

        if ((s.flags & ELF_X) != 0 && plan->entry >= s.va && plan->entry - s.va < s.memsz)
            return true;
    }
    return false;
}

/*@ requires \valid_read(file.bytes + (0 .. file.len - 1)) && file.len >= EHDR_SIZE;
  @ assigns \nothing;
  @ ensures \result <==> table_ok(file.bytes, file.len);
  @*/
static bool has_headers(struct file file)
{
    uint64_t size = load16(file.bytes + 54);
    uint64_t count = load16(file.bytes + 56);

    return count == 0 || (size >= PHDR_SIZE && in_file(load64(file.bytes + 32), size * count, file.len));
}

/*@ requires \valid_read(file.bytes + (0 .. file.len - 1)) && file.len >= EHDR_SIZE;
  @ requires table_ok(file.bytes, file.len) && i < headers(file.bytes);
  @ assigns \result \from file.bytes, i, file.bytes[0 .. EHDR_SIZE - 1];
  @ ensures \result == header(file.bytes, i) && \valid_read(\result + (0 .. PHDR_SIZE - 1));
  @*/
static const uint8_t *header_at(struct file file, uint32_t i)
{
    /*@ assert le16(file.bytes + 54) * (i + 1) <= le16(file.bytes + 54) * headers(file.bytes); @*/
    return file.bytes + (load64(file.bytes + 32) + (uint64_t)load16(file.bytes + 54) * i);
}

/* Linkers leave headers of empty segments behind. */
/*@ requires \valid_read(ph + (0 .. PHDR_SIZE - 1));
  @ assigns \nothing;
  @ ensures \result <==> is_load(ph);
  @*/
static bool is_load(const uint8_t *ph)
{
    return load32(ph) == PT_LOAD && (load64(ph + 32) != 0 || load64(ph + 40) != 0);
}

/*@ requires \valid(plan) && count <= ELF_SEGMENTS_MAX && apart(plan, count);
  @ assigns plan->count;
  @ ensures plan->count == count && apart(plan, count);
  @ ensures kept: \forall integer i; 0 <= i < count ==> plan->seg[i] == \old(plan->seg[i]);
  @*/
static void set_count(struct elf_plan *plan, uint32_t count)
{
    plan->count = count;
}

/* What needs a dynamic linker is refused, and so are notes that are not well-formed. */
/*@ requires \valid_read(file.bytes + (0 .. file.len - 1)) && file.len >= EHDR_SIZE && table_ok(file.bytes, file.len);
  @ assigns \nothing;
  @ ensures \result == STATUS_OK <==> \forall integer k; 0 <= k < headers(file.bytes) ==>
  @   kind_ok(file.bytes, header(file.bytes, k), file.len);
  @ ensures \result == ERR_ELF_NOT_EXEC ==> \exists integer k; 0 <= k < headers(file.bytes) && dynamic(header(file.bytes, k));
  @ ensures \result == ERR_ELF_BAD_NOTE ==> \exists integer k; 0 <= k < headers(file.bytes) &&
  @   has_notes(file.bytes, header(file.bytes, k), file.len, NOTES_BAD);
  @ ensures \result \in {STATUS_OK, ERR_ELF_NOT_EXEC, ERR_ELF_BAD_NOTE};
  @*/
static status_t check_kinds(struct file file)
{
    uint32_t count = load16(file.bytes + 56);

    /*@ loop invariant 0 <= i <= count;
      @ loop invariant \forall integer k; 0 <= k < i ==> kind_ok(file.bytes, header(file.bytes, k), file.len);
      @ loop assigns i;
      @ loop variant count - i;
      @*/
    for (uint32_t i = 0; i < count; i++) {
        const uint8_t *ph = header_at(file, i);
        uint32_t type = load32(ph);

        if (type == PT_DYNAMIC || type == PT_INTERP)
            return ERR_ELF_NOT_EXEC;
        if (type == PT_NOTE && check_note_segment(file, ph) == NOTES_BAD)
            return ERR_ELF_BAD_NOTE;
    }
    return STATUS_OK;
}

/*@ requires \valid_read(file.bytes + (0 .. file.len - 1)) && file.len >= EHDR_SIZE && table_ok(file.bytes, file.len);
  @ requires \valid(plan) && file.limits.lo <= file.limits.hi;
  @ assigns plan->count, plan->seg[0 .. ELF_SEGMENTS_MAX - 1];
  @ ensures \result == STATUS_OK ==> plan->count <= ELF_SEGMENTS_MAX && plan->count == loads(file.bytes, headers(file.bytes));
  @ ensures \result == STATUS_OK ==> plan_ok(plan, plan->count, file.len, file.limits);
  @ ensures \result == STATUS_OK ==> planned(file.bytes, headers(file.bytes), plan, plan->count);
  @ ensures \result == ERR_ELF_TOO_MANY ==> \exists integer k; 0 <= k < headers(file.bytes) &&
  @   is_load(header(file.bytes, k)) && loads(file.bytes, k) == ELF_SEGMENTS_MAX;
  @ ensures \result == ERR_ELF_OVERLAP ==> \exists integer k; 0 <= k < headers(file.bytes) &&
  @   is_load(header(file.bytes, k)) && collides(file.bytes, k, plan);
  @ ensures \result \in {STATUS_OK, ERR_ELF_TOO_MANY, ERR_ELF_OVERLAP} ||
  @   \exists integer k; 0 <= k < headers(file.bytes) && is_load(header(file.bytes, k)) &&
  @   !load_ok(header(file.bytes, k), file.len, file.limits);
  @ ensures \result \in {STATUS_OK, ERR_ELF_TOO_MANY, ERR_ELF_OVERLAP, ERR_ELF_SEG_BOUNDS, ERR_ELF_WX, ERR_ELF_TOO_LARGE,
  @   ERR_ELF_VADDR_RANGE};
  @*/
static status_t plan_segments(struct file file, struct elf_plan *plan)
{
    uint32_t headers = load16(file.bytes + 56);
    uint32_t count = 0;

    /*@ loop invariant range: 0 <= i <= headers && count <= ELF_SEGMENTS_MAX;
      @ loop invariant ok: plan_ok(plan, count, file.len, file.limits);
      @ loop invariant loads: count == loads(file.bytes, i);
      @ loop invariant all: planned(file.bytes, i, plan, count);
      @ loop assigns i, count, plan->seg[0 .. ELF_SEGMENTS_MAX - 1];
      @ loop variant headers - i;
      @*/
    for (uint32_t i = 0; i < headers; i++) {
        const uint8_t *ph = header_at(file, i);
        struct elf_segment s;
        status_t status;

        /*@ assert here: ph == header(file.bytes, i) && loads(file.bytes, i + 1) == count + (is_load(ph) ? 1 : 0); @*/
        if (!is_load(ph)) {
            /*@ assert skipped: planned(file.bytes, i + 1, plan, count); @*/
            continue;
        }
        s = read_segment(ph);
        status = add_segment(plan, count, s, file);
        /*@ assert kept: \forall integer c; 0 <= c < count ==> plan->seg[c] == \at(plan->seg[c], LoopCurrent); @*/
        /*@ assert old: planned(file.bytes, i, plan, count); @*/
        /*@ assert hit: status == ERR_ELF_OVERLAP ==> is_segment(s, ph) &&
          @   \exists integer c; 0 <= c < count && on_one_page(plan->seg[c], s); @*/
        if (status != STATUS_OK)
            return status;
        /*@ assert new: planned(file.bytes, i + 1, plan, count + 1); @*/
        count++;
        /*@ assert taken: planned(file.bytes, i + 1, plan, count); @*/
    }
    set_count(plan, count);
    /*@ assert segments_ok(plan, count, file.len, file.limits); @*/
    return STATUS_OK;
}

/* All notes were found to be well-formed. */
/*@ requires \valid_read(file.bytes + (0 .. file.len - 1)) && file.len >= EHDR_SIZE && table_ok(file.bytes, file.len);
  @ assigns \nothing;
  @ ensures \result <==> aegis_note(file.bytes, file.len);
  @*/
static bool has_aegis_note(struct file file)
{
    uint32_t count = load16(file.bytes + 56);

    /*@ loop invariant 0 <= i <= count;
      @ loop invariant \forall integer k; 0 <= k < i ==>
      @   !has_notes(file.bytes, header(file.bytes, k), file.len, NOTES_AEGIS);
      @ loop assigns i;
      @ loop variant count - i;
      @*/
    for (uint32_t i = 0; i < count; i++) {
        const uint8_t *ph = header_at(file, i);

        if (load32(ph) == PT_NOTE && check_note_segment(file, ph) == NOTES_AEGIS)
            return true;
    }
    return false;
}

/*@ requires \valid_read(image + (0 .. len - 1)) && \valid(out) && limits.lo <= limits.hi;
  @ assigns *out;
  @ // A plan is safe.
  @ ensures \result == STATUS_OK ==> 0 < out->count <= ELF_SEGMENTS_MAX && plan_ok(out, out->count, len, limits);
  @ ensures \result == STATUS_OK ==> \exists integer i; 0 <= i < out->count && executable_at(out->seg[i], out->entry);
  @ // It is what the file says.
  @ ensures \result == STATUS_OK ==> header_ok(image, len, limits.machine) && table_ok(image, len);
  @ ensures \result == STATUS_OK ==> out->entry == le64(image + 24) && out->count == loads(image, headers(image));
  @ ensures \result == STATUS_OK ==> planned(image, headers(image), out, out->count);
  @ ensures \result == STATUS_OK ==> \forall integer k; 0 <= k < headers(image) ==> kind_ok(image, header(image, k), len);
  @ ensures \result == STATUS_OK ==> aegis_note(image, len);
  @ // A refusal has a reason.
  @ ensures \result \in {ERR_ELF_TOO_SMALL, ERR_ELF_BAD_MAGIC, ERR_ELF_NOT_64BIT, ERR_ELF_NOT_LE, ERR_ELF_WRONG_ARCH} ==>
  @   !header_ok(image, len, limits.machine);
  @ ensures \result == ERR_ELF_NOT_EXEC ==> !header_ok(image, len, limits.machine) ||
  @   \exists integer k; 0 <= k < headers(image) && dynamic(header(image, k));
  @ ensures \result == ERR_ELF_PH_BOUNDS ==> !table_ok(image, len);
  @ ensures \result == ERR_ELF_BAD_NOTE ==> !aegis_note(image, len) ||
  @   \exists integer k; 0 <= k < headers(image) && has_notes(image, header(image, k), len, NOTES_BAD);
  @ ensures \result \in {ERR_ELF_SEG_BOUNDS, ERR_ELF_WX, ERR_ELF_TOO_LARGE, ERR_ELF_VADDR_RANGE} ==>
  @   \exists integer k; 0 <= k < headers(image) && is_load(header(image, k)) && !load_ok(header(image, k), len, limits);
  @ ensures \result == ERR_ELF_TOO_MANY ==>
  @   \exists integer k; 0 <= k < headers(image) && is_load(header(image, k)) && loads(image, k) == ELF_SEGMENTS_MAX;
  @ ensures \result == ERR_ELF_OVERLAP ==>
  @   \exists integer k; 0 <= k < headers(image) && is_load(header(image, k)) && collides(image, k, out);
  @ ensures \result == ERR_ELF_NO_SEGMENTS ==> loads(image, headers(image)) == 0;
  @ ensures \result == ERR_ELF_BAD_ENTRY ==> planned(image, headers(image), out, loads(image, headers(image))) &&
  @   \forall integer i; 0 <= i < loads(image, headers(image)) ==> !executable_at(out->seg[i], le64(image + 24));
  @ ensures \result \in {STATUS_OK, ERR_ELF_TOO_SMALL, ERR_ELF_BAD_MAGIC, ERR_ELF_NOT_64BIT, ERR_ELF_NOT_LE, ERR_ELF_NOT_EXEC,
  @   ERR_ELF_WRONG_ARCH, ERR_ELF_PH_BOUNDS, ERR_ELF_BAD_NOTE, ERR_ELF_SEG_BOUNDS, ERR_ELF_WX, ERR_ELF_TOO_LARGE,
  @   ERR_ELF_VADDR_RANGE, ERR_ELF_TOO_MANY, ERR_ELF_OVERLAP, ERR_ELF_NO_SEGMENTS, ERR_ELF_BAD_ENTRY};
  @*/
status_t elf_plan_load(const uint8_t *image, uint64_t len, struct elf_limits limits, struct elf_plan *out)
{
    const struct file file = {image, len, limits};
    status_t status = check_header(file);

    if (status != STATUS_OK)
        return status;
    if (!has_headers(file))
        return ERR_ELF_PH_BOUNDS;
    status = check_kinds(file);
    if (status != STATUS_OK)
        return status;
    out->entry = load64(image + 24);
    status = plan_segments(file, out);
    if (status != STATUS_OK)
        return status;
    if (out->count == 0)
        return ERR_ELF_NO_SEGMENTS;
    if (!entry_is_executable(out))
        return ERR_ELF_BAD_ENTRY;
    if (!has_aegis_note(file))
        return ERR_ELF_BAD_NOTE;
    return STATUS_OK;
}

/* SPDX-License-Identifier: MIT */
/* The numbers of the ELF format, and its rules as logic: what the contracts in elf.c say is said with these words. */
#pragma once
#include <base/elf.h>

#define EHDR_SIZE 64u
#define PHDR_SIZE 56u

#define CLASS_64  2u
#define DATA_LE   1u
#define TYPE_EXEC 2u

#define PT_LOAD    1u
#define PT_DYNAMIC 2u
#define PT_INTERP  3u
#define PT_NOTE    4u

#define NOTES_SIZE_MAX 4096u /* of one segment of notes */
#define NOTE_HEADER    12u
#define NOTE_TYPE_ABI  1u
#define NOTE_NAME_SIZE 6u /* "aegis" with its NUL */
#define NOTE_DESC_SIZE 4u

enum notes { NOTES_OTHER, NOTES_AEGIS, NOTES_BAD };

/* What is checked, and against what. */
struct file {
    const uint8_t *bytes;
    uint64_t len;
    struct elf_limits limits;
};

/* Bytes, segments and plans. */
/*@ logic integer le16{L}(uint8_t *p) = p[0] + 0x100 * p[1];
  @ logic integer le32{L}(uint8_t *p) = le16(p) + 0x10000 * le16(p + 2);
  @ logic integer le64{L}(uint8_t *p) = le32(p) + 0x100000000 * le32(p + 4);
  @
  @ predicate has_magic{L}(uint8_t *image) = image[0] == 0x7F && image[1] == 'E' && image[2] == 'L' && image[3] == 'F';
  @ predicate header_ok{L}(uint8_t *image, integer len, integer machine) =
  @   len >= EHDR_SIZE && has_magic(image) && image[4] == CLASS_64 && image[5] == DATA_LE &&
  @   le16(image + 16) == TYPE_EXEC && le16(image + 18) == machine;
  @
  @ logic boolean in_file(integer off, integer size, integer len) = off + size <= len;
  @ predicate segment_ok(struct elf_segment s, integer len, struct elf_limits limits) =
  @   0 < s.memsz && s.filesz <= s.memsz && in_file(s.off, s.filesz, len) &&
  @   limits.lo <= s.va && s.va + s.memsz <= limits.hi && ((s.flags & ELF_W) == 0 || (s.flags & ELF_X) == 0);
  @ predicate placed(struct elf_segment s) = 0 < s.memsz && s.va + s.memsz <= UINT64_MAX;
  @ predicate on_one_page(struct elf_segment a, struct elf_segment b) =
  @   a.va / 4096 <= (b.va + b.memsz - 1) / 4096 && b.va / 4096 <= (a.va + a.memsz - 1) / 4096;
  @ predicate executable_at(struct elf_segment s, integer va) = (s.flags & ELF_X) != 0 && s.va <= va < s.va + s.memsz;
  @ predicate is_segment{L}(struct elf_segment s, uint8_t *ph) =
  @   s.flags == le32(ph + 4) % 8 && s.off == le64(ph + 8) && s.va == le64(ph + 16) &&
  @   s.filesz == le64(ph + 32) && s.memsz == le64(ph + 40);
  @ predicate apart{L}(struct elf_plan *plan, integer count) =
  @   \forall integer i, j; 0 <= i < j < count ==> !on_one_page(plan->seg[i], plan->seg[j]);
  @ predicate segments_ok{L}(struct elf_plan *plan, integer count, integer len, struct elf_limits limits) =
  @   \forall integer i; 0 <= i < count ==> segment_ok(plan->seg[i], len, limits);
  @ predicate plan_ok{L}(struct elf_plan *plan, integer count, integer len, struct elf_limits limits) =
  @   segments_ok(plan, count, len, limits) && apart(plan, count);
  @*/

/* Notes. The verdict on the notes from `at` on is bad if one of them is, or else the best of all. */
/*@ logic integer padded_to(integer n, integer align) = align == 8 ? (n + 7) / 8 * 8 : (n + 3) / 4 * 4;
  @ logic integer note_desc{L}(uint8_t *p, integer align, integer at) = padded_to(at + NOTE_HEADER + le32(p + at), align);
  @ logic integer note_next{L}(uint8_t *p, integer align, integer at) =
  @   padded_to(note_desc(p, align, at) + le32(p + at + 4), align);
  @ logic boolean note_fits{L}(uint8_t *p, integer size, integer align, integer at) =
  @   at + NOTE_HEADER <= size && note_desc(p, align, at) + le32(p + at + 4) <= size;
  @ logic boolean ours{L}(uint8_t *name, integer size) =
  @   size == NOTE_NAME_SIZE && name[0] == 'a' && name[1] == 'e' && name[2] == 'g' && name[3] == 'i' && name[4] == 's' &&
  @   name[5] == 0;
  @ logic boolean good{L}(uint8_t *desc, integer size, integer type) =
  @   type == NOTE_TYPE_ABI && size == NOTE_DESC_SIZE && le32(desc) == ELF_AEGIS_ABI;
  @ logic integer note_at{L}(uint8_t *p, integer align, integer at) =
  @   !ours(p + at + NOTE_HEADER, le32(p + at)) ? NOTES_OTHER :
  @   good(p + note_desc(p, align, at), le32(p + at + 4), le32(p + at + 8)) ? NOTES_AEGIS : NOTES_BAD;
  @ logic integer better(integer a, integer b) =
  @   a == NOTES_BAD || b == NOTES_BAD ? NOTES_BAD : a == NOTES_AEGIS || b == NOTES_AEGIS ? NOTES_AEGIS : NOTES_OTHER;
  @ logic integer notes_from{L}(uint8_t *p, integer size, integer align, integer at) =
  @   at >= size ? NOTES_OTHER : !note_fits(p, size, align, at) ? NOTES_BAD :
  @   better(note_at(p, align, at), notes_from(p, size, align, note_next(p, align, at)));
  @ logic boolean notes_readable{L}(uint8_t *ph, integer len) =
  @   in_file(le64(ph + 8), le64(ph + 32), len) && le64(ph + 32) <= NOTES_SIZE_MAX && (le64(ph + 48) <= 4 || le64(ph + 48) == 8);
  @ logic integer notes_of{L}(uint8_t *image, uint8_t *ph, integer len) = !notes_readable(ph, len) ? NOTES_BAD :
  @   notes_from(image + le64(ph + 8), le64(ph + 32), le64(ph + 48) == 8 ? 8 : 4, 0);
  @*/

/* Program headers. Their segments are those that are not empty; loads() counts them. */
/*@ logic integer headers{L}(uint8_t *image) = le16(image + 56);
  @ logic uint8_t *header{L}(uint8_t *image, integer i) = image + (le64(image + 32) + le16(image + 54) * i);
  @ predicate table_ok{L}(uint8_t *image, integer len) = headers(image) == 0 ||
  @   (le16(image + 54) >= PHDR_SIZE && in_file(le64(image + 32), le16(image + 54) * headers(image), len));
  @ logic boolean is_load{L}(uint8_t *ph) = le32(ph) == PT_LOAD && (le64(ph + 32) != 0 || le64(ph + 40) != 0);
  @ logic integer loads{L}(uint8_t *image, integer n) =
  @   n <= 0 ? 0 : loads(image, n - 1) + (is_load(header(image, n - 1)) ? 1 : 0);
  @ predicate load_ok{L}(uint8_t *ph, integer len, struct elf_limits limits) =
  @   \forall struct elf_segment s; is_segment(s, ph) ==> segment_ok(s, len, limits);
  @ predicate dynamic{L}(uint8_t *ph) = le32(ph) == PT_DYNAMIC || le32(ph) == PT_INTERP;
  @ predicate has_notes{L}(uint8_t *image, uint8_t *ph, integer len, integer verdict) =
  @   le32(ph) == PT_NOTE && notes_of(image, ph, len) == verdict;
  @ predicate kind_ok{L}(uint8_t *image, uint8_t *ph, integer len) =
  @   !dynamic(ph) && !has_notes(image, ph, len, NOTES_BAD);
  @ predicate planned{L}(uint8_t *image, integer n, struct elf_plan *plan, integer count) =
  @   \forall integer k; 0 <= k < n && is_load(header(image, k)) ==>
  @     0 <= loads(image, k) < count && is_segment(plan->seg[loads(image, k)], header(image, k));
  @ predicate collides{L}(uint8_t *image, integer k, struct elf_plan *plan) = planned(image, k, plan, loads(image, k)) &&
  @   \exists integer i, struct elf_segment s; 0 <= i < loads(image, k) && is_segment(s, header(image, k)) &&
  @     on_one_page(plan->seg[i], s);
  @ predicate aegis_note{L}(uint8_t *image, integer len) =
  @   \exists integer k; 0 <= k < headers(image) && has_notes(image, header(image, k), len, NOTES_AEGIS);
  @*/

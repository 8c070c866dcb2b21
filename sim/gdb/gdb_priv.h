/* SPDX-License-Identifier: MIT */
/* Between the files of the stub. */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <isa/frame.h>
#include <sim/travel.h>

#define PACKET_MAX 16384u /* bytes of a packet's content */

/* -- link.c: packets -- */

/** Listen at `where`; says what is wrong. An exit code, or 0. */
int link_open(const char *where);
/** Wait until gdb has connected. False: the run is to end. */
bool link_accept(void);
bool link_connected(void);
/** The next packet, NUL-terminated; NULL: the connection is gone, or the run is to end. */
char *link_receive(size_t *length);
/** Send a packet. */
void link_send(const void *content, size_t length);
void link_send_text(const char *text);
/** Has gdb asked the running machine to stop? Never waits. */
bool link_interrupted(void);
/** Acknowledge packets no longer; is that so? */
void link_stop_acknowledging(void);
bool link_is_silent(void);
/** Text for the person at gdb. While gdb waits for a stop, or for the answer to `monitor`. */
void link_say(const char *format, ...) __attribute__((format(printf, 1, 2)));
void link_close(void);
/** The socket, for whoever watches it. */
int link_fd(void);

/* -- hex.c -- */

/** The number at *text in hexadecimal; *text moves behind it. */
uint64_t hex_number(const char **text);
/** Bytes to hexadecimal digits, with a NUL; the number of digits. */
size_t hex_encode(char *out, const void *bytes, size_t length);
/** Hexadecimal digits to bytes; how many there were. */
size_t hex_decode(void *out, size_t room, const char *text);
/** gdb's escapes in binary content: in place, the new length; or outwards. */
size_t hex_unescape(char *content, size_t length);
size_t hex_escape(char *out, size_t room, const void *bytes, size_t length, size_t *taken);

/* -- registers.c -- */

/** The description of the registers, for gdb. */
const char *registers_xml(void);
/** All registers in gdb's order as hexadecimal digits; the length. */
size_t registers_read(char *out, const struct trap_frame *frame);
/** The other way round; false if there are too few digits. */
bool registers_write(struct trap_frame *frame, const char *text);
/** One register by gdb's number; false if there is none such. */
bool registers_read_one(char *out, const struct trap_frame *frame, uint64_t number);
bool registers_write_one(struct trap_frame *frame, uint64_t number, const char *text);

/* -- files.c: the programs, which gdb reads through the stub -- */

/** The path of the first program. */
const char *files_executable(void);
/** The list of the others, for gdb. */
const char *files_xml(void);
/** Answer a vFile packet. */
void files_answer(char *packet);

/* -- points.c -- */

/** Set or remove what a Z or z packet says, from its kind on, in the memory of `task`. */
bool points_set(const char *text, bool set, uint32_t task);
/** Where a pending piece is, if that is known by now. */
bool points_find(struct engine_watch *watch);
/** The pieces of [va, va + size), of `task` or whoever has that memory; how many, 0: more than `room`. */
uint32_t points_watches(uint32_t task, uint64_t va, uint64_t size, struct engine_watch *out, uint32_t room);

/* -- reverse.c -- */

/**
 * Go back: TRAVEL_STEP of `task`, which stands at a fault if faulted_pc is not NULL, or TRAVEL_STOP. Ends the process if there is a
 * way; TRAVEL_NOTHING: this is the beginning already.
 */
enum travel_answer reverse_go(enum travel_kind kind, uint32_t task, const uint64_t *faulted_pc);

/* -- monitor.c -- */

/** Answer a qRcmd packet, in the memory of `task`. */
void monitor_answer(const char *hex, uint32_t task);

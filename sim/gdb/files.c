/* SPDX-License-Identifier: MIT */
/*
 * gdb finds the symbols of all tasks by itself: to it the first program is the executable of a bare machine and the others
 * are its libraries, and it reads their files through the stub.
 */
#include "gdb_priv.h"

#include <stdio.h>
#include <string.h>

#include <abi/layout.h>
#include <sim/tasks.h>

#define FOLDER "/tasks/"
#define FIRST_FD 100u
#define GDB_ENOENT 2
#define GDB_EBADF 9

/* The first task, or MANIFEST_TASKS_MAX. */
static uint32_t first_task(void)
{
    uint32_t i = 0;

    while (i < MANIFEST_TASKS_MAX && !tasks_get(i)->used)
        i++;
    return i;
}

const char *files_executable(void)
{
    static char path[sizeof FOLDER + MANIFEST_FILE_SIZE];
    uint32_t first = first_task();

    snprintf(path, sizeof path, FOLDER "%s", first < MANIFEST_TASKS_MAX ? tasks_get(first)->file : "");
    return path;
}

const char *files_xml(void)
{
    static char xml[MANIFEST_TASKS_MAX * 120 + 64];
    size_t used = (size_t)snprintf(xml, sizeof xml, "<library-list>");

    for (uint32_t i = first_task() + 1; i < MANIFEST_TASKS_MAX; i++) {
        if (tasks_get(i)->used)
            used += (size_t)snprintf(xml + used, sizeof xml - used,
                "<library name=\"" FOLDER "%s\"><segment address=\"0x%llx\"/></library>", tasks_get(i)->file,
                LAYOUT_IMAGE_BASE + i * (unsigned long long)LAYOUT_IMAGE_STRIDE);
    }
    snprintf(xml + used, sizeof xml - used, "</library-list>");
    return xml;
}

static void answer(int result, int error)
{
    char text[32];

    snprintf(text, sizeof text, error != 0 ? "F%x,%x" : "F%x", (unsigned)result, (unsigned)error);
    if (result < 0)
        snprintf(text, sizeof text, "F-1,%x", (unsigned)error);
    link_send_text(text);
}

static void open_file(const char *hex_path)
{
    char path[256] = "";

    (void)hex_decode(path, sizeof path - 1, hex_path);
    for (uint32_t i = 0; i < MANIFEST_TASKS_MAX; i++) {
        if (tasks_get(i)->used && strncmp(path, FOLDER, strlen(FOLDER)) == 0 && strcmp(path + strlen(FOLDER), tasks_get(i)->file) == 0) {
            answer((int)(FIRST_FD + i), 0);
            return;
        }
    }
    answer(-1, GDB_ENOENT);
}

static const struct sim_task *opened(uint64_t fd)
{
    bool known = fd >= FIRST_FD && fd < FIRST_FD + MANIFEST_TASKS_MAX && tasks_get((uint32_t)fd - FIRST_FD)->used;

    return known ? tasks_get((uint32_t)fd - FIRST_FD) : NULL;
}

static void send_data(uint64_t shown, const void *bytes, size_t length)
{
    static char out[PACKET_MAX];
    size_t head = (size_t)snprintf(out, sizeof out, "F%llx;", (unsigned long long)shown), taken;

    link_send(out, head + hex_escape(out + head, sizeof out - head, bytes, length, &taken));
}

static void read_file(const char *arguments)
{
    const struct sim_task *task = opened(hex_number(&arguments));
    uint64_t count = *arguments == ',' ? (arguments++, hex_number(&arguments)) : 0;
    uint64_t offset = *arguments == ',' ? (arguments++, hex_number(&arguments)) : 0;

    if (task == NULL) {
        answer(-1, GDB_EBADF);
        return;
    }
    if (offset > task->elf_size)
        offset = task->elf_size;
    if (count > task->elf_size - offset)
        count = task->elf_size - offset;
    if (count > PACKET_MAX / 2 - 32)
        count = PACKET_MAX / 2 - 32; /* each byte may need an escape */
    send_data(count, task->elf + offset, (size_t)count);
}

static void put_be(uint8_t *out, uint64_t value, uint32_t bytes)
{
    while (bytes-- > 0) {
        out[bytes] = (uint8_t)value;
        value >>= 8;
    }
}

/* gdb's struct fio_stat: a regular file and its size. */
static void stat_file(const char *arguments)
{
    enum { AT_MODE = 8, AT_LINKS = 12, AT_SIZE = 28, AT_BLOCK_SIZE = 36, AT_BLOCKS = 44, SIZE = 64 };
    const struct sim_task *task = opened(hex_number(&arguments));
    uint8_t stat[SIZE] = {0};

    if (task == NULL) {
        answer(-1, GDB_EBADF);
        return;
    }
    put_be(stat + AT_MODE, 0100444, 4);
    put_be(stat + AT_LINKS, 1, 4);
    put_be(stat + AT_SIZE, task->elf_size, 8);
    put_be(stat + AT_BLOCK_SIZE, 512, 8);
    put_be(stat + AT_BLOCKS, (task->elf_size + 511) / 512, 8);
    send_data(SIZE, stat, SIZE);
}

void files_answer(char *packet)
{
    static const struct {
        const char *name;
        void (*answer)(const char *arguments);
    } calls[] = {{"vFile:open:", open_file}, {"vFile:pread:", read_file}, {"vFile:fstat:", stat_file}};

    for (size_t i = 0; i < sizeof calls / sizeof *calls; i++) {
        if (strncmp(packet, calls[i].name, strlen(calls[i].name)) == 0) {
            calls[i].answer(packet + strlen(calls[i].name));
            return;
        }
    }
    if (strncmp(packet, "vFile:setfs:", 12) == 0 || strncmp(packet, "vFile:close:", 12) == 0)
        answer(0, 0);
    else
        link_send_text("");
}

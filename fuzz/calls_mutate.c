/* SPDX-License-Identifier: MIT */
/* Mutations of move lists: whole moves are added, dropped, repeated and exchanged, so that what follows keeps its meaning. */
#include <string.h>

#include "calls.h"

size_t LLVMFuzzerMutate(uint8_t *data, size_t size, size_t max_size);
size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t max_size, unsigned seed);
size_t LLVMFuzzerCustomCrossOver(const uint8_t *a, size_t a_size, const uint8_t *b, size_t b_size, uint8_t *out,
                                 size_t max_size, unsigned seed);

static uint32_t next(unsigned *seed)
{
    *seed = *seed * 1664525u + 1013904223u;
    return *seed >> 8;
}

/* Make room for `count` moves in front of move `at`; false if they do not fit. */
static bool open_gap(uint8_t *moves, size_t *size, size_t room, size_t at, size_t count)
{
    uint8_t *gap = moves + at * CALLS_MOVE_SIZE;

    if (count * CALLS_MOVE_SIZE > room - *size)
        return false;
    memmove(gap + count * CALLS_MOVE_SIZE, gap, *size - at * CALLS_MOVE_SIZE);
    *size += count * CALLS_MOVE_SIZE;
    return true;
}

static void add_random(uint8_t *moves, size_t *size, size_t room, size_t at, unsigned *seed)
{
    if (!open_gap(moves, size, room, at, 1))
        return;
    for (size_t i = 0; i < CALLS_MOVE_SIZE; i++)
        moves[at * CALLS_MOVE_SIZE + i] = (uint8_t)next(seed);
}

static void repeat(uint8_t *moves, size_t *size, size_t room, size_t from, size_t at)
{
    uint8_t copy[CALLS_MOVE_SIZE];

    memcpy(copy, moves + from * CALLS_MOVE_SIZE, sizeof(copy));
    if (open_gap(moves, size, room, at, 1))
        memcpy(moves + at * CALLS_MOVE_SIZE, copy, sizeof(copy));
}

static void drop(uint8_t *moves, size_t *size, size_t at, size_t count)
{
    size_t from = (at + count) * CALLS_MOVE_SIZE;

    from = from < *size ? from : *size;
    memmove(moves + at * CALLS_MOVE_SIZE, moves + from, *size - from);
    *size -= from - at * CALLS_MOVE_SIZE;
}

static void exchange(uint8_t *a, uint8_t *b)
{
    uint8_t copy[CALLS_MOVE_SIZE];

    memcpy(copy, a, sizeof(copy));
    memmove(a, b, sizeof(copy));
    memcpy(b, copy, sizeof(copy));
}

/* One change of a list of `count` whole moves. Byte 0 of the input, in front of them, names the machine. */
static void change(uint8_t *moves, size_t *size, size_t room, size_t count, unsigned seed)
{
    size_t at = next(&seed) % count, other = next(&seed) % count;
    uint8_t *move = moves + at * CALLS_MOVE_SIZE;

    switch (next(&seed) % 8) {
    case 0:
        add_random(moves, size, room, at, &seed);
        break;
    case 1:
        repeat(moves, size, room, other, at);
        break;
    case 2:
        drop(moves, size, at, 1 + next(&seed) % 4);
        break;
    case 3:
        exchange(move, moves + other * CALLS_MOVE_SIZE);
        break;
    case 4:
        move[0] = (uint8_t)next(&seed);
        break;
    default:
        move[next(&seed) % CALLS_MOVE_SIZE] = (uint8_t)next(&seed);
        break;
    }
}

size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t max_size, unsigned seed)
{
    size_t count = size > 0 ? (size - 1) / CALLS_MOVE_SIZE : 0, moves = count * CALLS_MOVE_SIZE;

    if (count == 0 || next(&seed) % 8 == 0)
        return LLVMFuzzerMutate(data, size, max_size);
    change(data + 1, &moves, max_size - 1, count, seed);
    return moves + 1;
}

/* The start of one list and the end of another. */
size_t LLVMFuzzerCustomCrossOver(const uint8_t *a, size_t a_size, const uint8_t *b, size_t b_size, uint8_t *out,
                                 size_t max_size, unsigned seed)
{
    size_t a_count = a_size > 0 ? (a_size - 1) / CALLS_MOVE_SIZE : 0, b_count = b_size > 0 ? (b_size - 1) / CALLS_MOVE_SIZE : 0;
    size_t head = 1 + (a_count > 0 ? next(&seed) % a_count : 0) * CALLS_MOVE_SIZE;
    size_t skip = 1 + (b_count > 0 ? next(&seed) % b_count : 0) * CALLS_MOVE_SIZE;

    if (a_size < head || b_size < skip)
        return 0;
    head = head < max_size ? head : max_size;
    b_size = b_size - skip < max_size - head ? b_size : max_size - head + skip;
    memcpy(out, a, head);
    memcpy(out + head, b + skip, b_size - skip);
    return head + b_size - skip;
}

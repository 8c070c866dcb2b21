/* SPDX-License-Identifier: MIT */
#include <abi/caps.h>
#include <abi/status.h>
#include <base/compiler.h>
#include <base/manifest.h>
#include <base/parse.h>
#include <base/string.h>

#define PRIORITY_MAX     7u
#define PRIORITY_DEFAULT 4u
#define NUMBER_SIZE      24u /* text of any 64-bit number, with the NUL */

/* A piece of the text; not terminated. */
struct slice {
    const char *s;
    size_t n;
};

enum key { KEY_NAME, KEY_FILE, KEY_PRIORITY, KEY_BUDGET, KEY_HEARTBEAT, KEY_CAPS, KEY_RESTART, KEY_COUNT };

static const char *const key_names[KEY_COUNT] = {"name", "file", "priority", "budget", "heartbeat", "caps", "restart"};

/* By enum manifest_restart. */
static const char *const restart_names[] = {"never", "fault", "always"};

static bool slice_is(struct slice a, const char *text)
{
    return a.n == str_len(text) && str_eq_n(a.s, text, a.n);
}

/* Cut `rest` at the first `c`: what stands before it is returned, what stands behind it remains. */
static struct slice cut(struct slice *rest, char c)
{
    struct slice head = {rest->s, 0};

    while (head.n < rest->n && head.s[head.n] != c)
        head.n++;
    rest->s += head.n < rest->n ? head.n + 1 : head.n;
    rest->n -= head.n < rest->n ? head.n + 1 : head.n;
    return head;
}

static bool is_space(char c)
{
    return c == ' ' || c == '\t' || c == '\r';
}

/* The next word of a line; empty at its end. */
static struct slice next_word(struct slice *line)
{
    struct slice word;

    while (line->n > 0 && is_space(*line->s)) {
        line->s++;
        line->n--;
    }
    word = (struct slice){line->s, 0};
    while (line->n > 0 && !is_space(*line->s)) {
        line->s++;
        line->n--;
        word.n++;
    }
    return word;
}

static bool read_u32(struct slice text, uint32_t max, uint32_t *out)
{
    char number[NUMBER_SIZE];
    const char *p = number;
    uint64_t value;

    if (text.n >= sizeof(number))
        return false;
    for (size_t i = 0; i < text.n; i++)
        number[i] = text.s[i];
    number[text.n] = '\0';
    if (!parse_u64(&p, &value) || p != number + text.n || value > max)
        return false;
    *out = (uint32_t)value;
    return true;
}

static bool is_name_char(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-' ||
           c == '.';
}

/* `out` is all zeros. */
static bool read_name(struct slice text, char *out, size_t size)
{
    if (text.n == 0 || text.n >= size)
        return false;
    for (size_t i = 0; i < text.n; i++) {
        if (!is_name_char(text.s[i]))
            return false;
        out[i] = text.s[i];
    }
    return true;
}

/* The table has upper-case names, the manifest lower-case ones. */
static bool is_cap_name(struct slice text, const char *name)
{
    for (size_t i = 0; i < text.n; i++) {
        char c = name[i] >= 'A' && name[i] <= 'Z' ? (char)(name[i] - 'A' + 'a') : name[i];

        if (c == '\0' || text.s[i] != c)
            return false;
    }
    return name[text.n] == '\0';
}

static bool add_cap(struct slice text, uint32_t *caps)
{
    for (uint32_t bit = 0; bit < CAP_COUNT; bit++) {
        if (is_cap_name(text, cap_bit_name(bit))) {
            *caps |= 1u << bit;
            return true;
        }
    }
    return false;
}

static bool read_caps(struct slice text, uint32_t *out)
{
    *out = slice_is(text, "all") ? CAP_ALL : 0;
    if (slice_is(text, "all") || slice_is(text, "none") || read_u32(text, CAP_ALL, out))
        return true;
    for (;;) {
        size_t before = text.n;
        struct slice name = cut(&text, '+');

        if (!add_cap(name, out))
            return false;
        if (name.n == before) /* no '+' behind it */
            return true;
    }
}

static bool read_restart(struct slice text, uint32_t *out)
{
    for (uint32_t i = 0; i < ARRAY_LEN(restart_names); i++) {
        if (slice_is(text, restart_names[i])) {
            *out = i;
            return true;
        }
    }
    return false;
}

static bool read_value(struct manifest_task *task, uint32_t key, struct slice text)
{
    switch (key) {
    case KEY_NAME:
        return read_name(text, task->name, sizeof(task->name));
    case KEY_FILE:
        return read_name(text, task->file, sizeof(task->file));
    case KEY_PRIORITY:
        return read_u32(text, PRIORITY_MAX, &task->priority);
    case KEY_BUDGET:
        return read_u32(text, UINT32_MAX, &task->budget);
    case KEY_HEARTBEAT:
        return read_u32(text, UINT32_MAX, &task->heartbeat);
    case KEY_CAPS:
        return read_caps(text, &task->caps);
    default:
        return read_restart(text, &task->restart);
    }
}

/* All key=value words of a line. */
static status_t parse_keys(struct slice line, struct manifest_task *task)
{
    uint32_t seen = 0;

    for (struct slice word = next_word(&line); word.n > 0; word = next_word(&line)) {
        struct slice value = word;
        struct slice name = cut(&value, '=');
        uint32_t key = 0;

        while (key < KEY_COUNT && !slice_is(name, key_names[key]))
            key++;
        if (key == KEY_COUNT || name.n == word.n)
            return ERR_MANIFEST_SYNTAX;
        if ((seen & 1u << key) != 0)
            return ERR_MANIFEST_DUP;
        if (!read_value(task, key, value))
            return ERR_MANIFEST_VALUE;
        seen |= 1u << key;
    }
    return (seen & 1u << KEY_NAME) != 0 && (seen & 1u << KEY_FILE) != 0 ? STATUS_OK : ERR_MANIFEST_SYNTAX;
}

static status_t parse_line(struct slice line, uint32_t max_slots, struct manifest *out)
{
    struct slice word = next_word(&line);
    struct manifest_task *task;
    uint32_t slot;

    if (word.n == 0)
        return STATUS_OK;
    if (!slice_is(word, "task"))
        return ERR_MANIFEST_SYNTAX;
    word = next_word(&line);
    if (word.n == 0)
        return ERR_MANIFEST_SYNTAX;
    if (!read_u32(word, MANIFEST_TASKS_MAX - 1, &slot) || slot >= max_slots)
        return ERR_MANIFEST_VALUE;
    task = &out->task[slot];
    if (task->used)
        return ERR_MANIFEST_DUP;
    *task = (struct manifest_task){.used = true, .priority = PRIORITY_DEFAULT, .restart = MANIFEST_RESTART_FAULT};
    out->count++;
    return parse_keys(line, task);
}

status_t manifest_parse(const char *text, size_t len, uint32_t max_slots, struct manifest *out, uint32_t *error_line)
{
    struct slice rest = {text, len};
    uint32_t line_number = 0;

    for (uint32_t i = 0; i < MANIFEST_TASKS_MAX; i++)
        out->task[i].used = false;
    out->count = 0;
    while (rest.n > 0) {
        struct slice line = cut(&rest, '\n');
        status_t status = parse_line(cut(&line, '#'), max_slots, out);

        line_number++;
        if (status != STATUS_OK) {
            *error_line = line_number;
            return status;
        }
    }
    return STATUS_OK;
}

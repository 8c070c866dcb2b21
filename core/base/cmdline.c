/* SPDX-License-Identifier: MIT */
#include <base/cmdline.h>
#include <base/string.h>

/* Last word whose key is `key`: the text behind the key, at '=', a space or the end. NULL if there is none. */
static const char *find(const char *line, const char *key)
{
    const char *found = NULL;
    size_t n = str_len(key);

    while (*line != '\0') {
        while (*line == ' ')
            line++;
        if (n > 0 && str_starts(line, key) && (line[n] == '=' || line[n] == ' ' || line[n] == '\0'))
            found = line + n;
        while (*line != ' ' && *line != '\0')
            line++;
    }
    return found;
}

bool cmdline_get(const char *line, const char *key, char *out, size_t size)
{
    const char *value = find(line, key);
    size_t n = 0;

    out[0] = '\0';
    if (value == NULL)
        return false;
    value += *value == '=';
    while (value[n] != ' ' && value[n] != '\0')
        n++;
    if (n >= size)
        return false;
    for (size_t i = 0; i < n; i++)
        out[i] = value[i];
    out[n] = '\0';
    return true;
}

bool cmdline_has(const char *line, const char *key)
{
    return find(line, key) != NULL;
}

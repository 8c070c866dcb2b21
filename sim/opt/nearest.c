/* SPDX-License-Identifier: MIT */
/* What was probably meant. */
#include <sim/options.h>

#include <string.h>

/* Levenshtein distance of two short words. */
static size_t distance(const char *a, const char *b)
{
    size_t row[64];
    size_t n = strlen(b);

    if (n >= sizeof row / sizeof *row)
        return SIZE_MAX;
    for (size_t j = 0; j <= n; j++)
        row[j] = j;
    for (size_t i = 1; a[i - 1] != '\0'; i++) {
        size_t diagonal = row[0];
        row[0] = i;
        for (size_t j = 1; j <= n; j++) {
            size_t best = diagonal + (a[i - 1] != b[j - 1]);
            diagonal = row[j];
            if (row[j] + 1 < best)
                best = row[j] + 1;
            if (row[j - 1] + 1 < best)
                best = row[j - 1] + 1;
            row[j] = best;
        }
    }
    return row[n];
}

/* Near enough to be meant: a third of its letters may be wrong, or one more than it has. */
const char *options_nearest(const char *word, const char *const *candidates)
{
    const char *best = NULL;
    size_t least = SIZE_MAX;

    for (const char *const *c = candidates; *c != NULL; c++) {
        size_t d = strlen(word) > 1 && (strncmp(*c, word, strlen(word)) == 0 || strncmp(*c, word, strlen(*c)) == 0)
            ? 1 : distance(word, *c);
        if (d < least) {
            least = d;
            best = *c;
        }
    }
    return least <= strlen(word) / 3 + 1 ? best : NULL;
}

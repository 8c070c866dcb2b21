/* SPDX-License-Identifier: MIT */
#include <aegis/calls.h>
#include <aegis/text.h>

#define WRITE_MAX 256u

status_t text_print(struct text *t)
{
    uint64_t written;
    if (t->len == 0)
        return STATUS_OK;
    status_t status = aegis_write(t->buf, t->len, &written);
    t->len = 0;
    return status;
}

status_t print(const char *s)
{
    while (*s != '\0') {
        uint64_t written, len = 0;
        while (len < WRITE_MAX && s[len] != '\0')
            len++;
        status_t status = aegis_write(s, len, &written);
        if (status != STATUS_OK)
            return status;
        s += len;
    }
    return STATUS_OK;
}

status_t print_hex(uint64_t value)
{
    struct text t = {0};
    text_hex(&t, value);
    return text_print(&t);
}

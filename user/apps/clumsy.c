/* SPDX-License-Identifier: MIT */
/* A program with a common mistake, for the tour: twice it uses a pointer that nobody has set; then it behaves. */
#include <aegis/aegis.h>

#include "guide_proto.h"

#define FAULTS 2u

struct settings {
    uint32_t speed;
    uint32_t mode;
};

static struct settings *volatile settings;
/* A restart must bring this back. */
static volatile uint32_t fresh = 1;

static __attribute__((noinline)) uint32_t settings_mode(const struct settings *s)
{
    return s->mode;
}

int main(void)
{
    uint64_t life;
    if (fresh != 1)
        return 1;
    fresh = 0;
    if (!guide_ask(GUIDE_LIFE, &life))
        return 2;
    if (life < FAULTS)
        return (int)settings_mode(settings);
    return guide_ask(GUIDE_END, &life) ? 0 : 3;
}

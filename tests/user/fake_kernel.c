/* SPDX-License-Identifier: MIT */
#include "fake_kernel.h"

#include <string.h>
#include <sys/mman.h>

#define PORT_BASE    0x3F8u
#define OUTPUT_MAX   4096u
#define INTERRUPTS   1u
#define LINE_STATUS  5u
#define STATUS_IDLE  0x60u

static struct {
    const struct fake_step *step;
    uint32_t next, count;
    char output[OUTPUT_MAX];
    uint32_t len;
    uint8_t line_status, interrupts;
    uint32_t burst, longest;
    uint32_t looks, busy_at;
} fake;

void fake_script(const struct fake_step *steps, uint32_t count)
{
    memset(&fake, 0, sizeof(fake));
    fake.step = steps;
    fake.count = count;
    fake.line_status = STATUS_IDLE;
}

void fake_assert_done(void)
{
    assert_int_equal(fake.next, fake.count);
}

const char *fake_output(void)
{
    return fake.output;
}

void fake_uart_status(uint8_t status)
{
    fake.line_status = status;
}

void fake_uart_busy_at(uint32_t look)
{
    fake.busy_at = look;
}

uint32_t fake_uart_looks(void)
{
    return fake.looks;
}

uint32_t fake_uart_longest_burst(void)
{
    return fake.longest;
}

uint8_t fake_uart_interrupts(void)
{
    return fake.interrupts;
}

char *fake_grant_page(void)
{
    void *where = (void *)(uintptr_t)LAYOUT_GRANT_BASE;
    void *page = mmap(where, PAGE_SIZE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0);
    assert_ptr_equal(page, where);
    return page;
}

static void output_append(const void *bytes, uint64_t len)
{
    assert_true(fake.len + len < OUTPUT_MAX);
    memcpy(fake.output + fake.len, bytes, len);
    fake.len += (uint32_t)len;
}

static void assert_matches(uint64_t got, uint64_t expected)
{
    if (expected != FAKE_ANY)
        assert_int_equal(got, expected);
}

struct aegis_regs fake_call(uint64_t nr, uint64_t target, const uint64_t w[4])
{
    struct aegis_regs regs = {STATUS_OK, {0}};
    if (fake.next == fake.count)
        fail_msg("call %lu after the end of the script", (unsigned long)nr);
    const struct fake_step *step = &fake.step[fake.next++];
    assert_int_equal(nr, step->nr);
    assert_matches(target, step->target);
    assert_matches(w[0], step->w0);
    assert_matches(w[1], step->w1);
    if (nr == AEGIS_NR_WRITE)
        output_append((const void *)(uintptr_t)w[0], w[1]);
    regs.status = step->status;
    memcpy(regs.w, step->out, sizeof(regs.w));
    return regs;
}

uint8_t fake_port_read(uint64_t port)
{
    assert_int_equal(port, PORT_BASE + LINE_STATUS);
    fake.burst = 0;
    return ++fake.looks == fake.busy_at ? 0 : fake.line_status;
}

void fake_port_write(uint64_t port, uint8_t value)
{
    if (port == PORT_BASE + INTERRUPTS) {
        fake.interrupts = value;
        return;
    }
    assert_int_equal(port, PORT_BASE);
    output_append(&value, 1);
    fake.burst++;
    fake.longest = fake.burst > fake.longest ? fake.burst : fake.longest;
}

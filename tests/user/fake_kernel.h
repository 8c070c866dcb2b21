/* SPDX-License-Identifier: MIT */
/*
 * A kernel made of a script: what each call is to be and how it is answered. A program under test runs as a function; a
 * call that the script does not expect fails the test.
 */
#pragma once
#include <support/unit.h>

#include <abi/aegis_nr.h>
#include <abi/layout.h>
#include <aegis/raw.h>

#include "program_names.h"

#define FAKE_ANY UINT64_MAX

/** One expected call. Arguments that are FAKE_ANY may be anything. */
struct fake_step {
    uint64_t nr, target, w0, w1;
    status_t status;
    uint64_t out[4]; /* payload words of the answer */
};

/** Forget everything and expect these calls, in this order. */
void fake_script(const struct fake_step *steps, uint32_t count);
/** Every call of the script was made. */
void fake_assert_done(void);
/** What WRITE and the port UART have been given since fake_script(), NUL-terminated. */
const char *fake_output(void);
/** The line status that the fake port UART shows: 0x60 idle (after fake_script()), 0 busy. */
void fake_uart_status(uint8_t status);
/** Let the line be busy at this look of the program, counted from 1. */
void fake_uart_busy_at(uint32_t look);
/** How often the program has looked. */
uint32_t fake_uart_looks(void);
/** How many bytes went out at most between two looks at the line status. */
uint32_t fake_uart_longest_burst(void);
/** Which interrupts the program has asked the port UART for. */
uint8_t fake_uart_interrupts(void);
/** Memory where grant 0 is on Aegis, zeroed. */
char *fake_grant_page(void);
/** fake_script() for an array, and the program's main function run to its end; its value. */
#define fake_run(program, steps) (fake_script((steps), sizeof(steps) / sizeof((steps)[0])), (program)())

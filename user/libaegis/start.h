/* SPDX-License-Identifier: MIT */
/* Where crt0 enters C. */
#pragma once

/** The program. Its value is the task's exit code. */
int main(void);
/** Runs main() and exits with what it returns. */
_Noreturn void aegis_start(void);

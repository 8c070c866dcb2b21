/* SPDX-License-Identifier: MIT */
/* Exits with CODE, for tests of what a parent or the host gets to see. */

int main(void)
{
    return CODE;
}

# SPDX-License-Identifier: MIT
"""Reading a serial line that two talk on at once: the kernel, and a driver that owns the UART by itself.

On hardware, and with QEMU, nobody keeps them from talking into each other's lines, character by character if need be. Both
say known things, so what was said is found again.
"""
# What the driver of the images `tasks` and `tour` sends.
DRIVER = ("DRV:ready the UART belongs to a user program now\n", "J4:UserDrv printed by the driver, written by the client\n")
# What the kernel may say meanwhile, and tasks through it. #: a digit; @: digits.
LINES = ("[TICK:########] [T#] [INFO] [aegis] task # exited (code=0)\n", "L5:ELF hello from a program loaded by the kernel\n",
         "LOG:@ from the sensor\n", "sensor: counter @\n", "guide: task 5 starts, and is about to do what it may not\n",
         "[TICK:########] [T#] [ERROR] [aegis] FAULT task # (clumsy) at pc 0x@\n")
DIGITS = "0123456789abcdefABCDEF"


def fits(c, wanted):
    return c in DIGITS if wanted in "#@" else c == wanted


def steps(state, c):
    """States after `c`, and whether the driver said it. A state: bytes of the driver, a line of the kernel, bytes of it."""
    sent, line, at = state
    driver = "".join(DRIVER)
    if sent < len(driver) and driver[sent] == c:
        yield (sent + 1, line, at), True
    for begun in range(len(LINES)) if line is None else [line]:
        if fits(c, LINES[begun][at]):
            yield ((sent, None, 0) if at + 1 == len(LINES[begun]) else (sent, begun, at + 1)), False
            if LINES[begun][at] == "@":
                yield (sent, begun, at), False


def separate(text):
    """What the driver said and what the kernel said, or None if nobody can tell yet."""
    start = text.find("boot complete")
    start = text.find("\n", start) + 1 if start >= 0 else 0
    end = (len("".join(DRIVER)), None, 0)
    history = [{(0, None, 0): None}]  # for each byte: state -> (state before, the driver said it)
    for c in text[start:] if start else "":
        now = {}
        for state in history[-1]:
            for following, by_driver in steps(state, c):
                now.setdefault(following, (state, by_driver))
        if not now:
            return None
        history.append(now)
        if end in now:
            break
    else:
        return None
    state, kernel = end, []
    for at in range(len(history) - 1, 0, -1):
        state, by_driver = history[at][state]
        if not by_driver:
            kernel.append(text[start + at - 1])
    return "".join(DRIVER), text[:start] + "".join(reversed(kernel)) + text[start + len(history) - 1:]

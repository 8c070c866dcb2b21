# SPDX-License-Identifier: MIT
"""
Reading a serial line that two send on at once: the kernel, and on another CPU a task that drives the UART by itself. A UART
that sends in no time looks idle to both, so they talk into each other's lines. What the task sends and which lines the
kernel may say is known, so the two are told apart: one is the other's shuffle.
"""

DIGIT = "#"  # stands for any hexadecimal digit of the time in a kernel's line
DIGITS = frozenset("0123456789ABCDEF")


def make_trie(lines):
    """The lines, which end with a newline, as nested dictionaries by character."""
    root = {}
    for line in lines:
        node = root
        for c in line:
            node = node.setdefault(c, {})
    return root


def steps(state, c, driver, root):
    """States after `c`, and whether the driver sent it. A state: how much the driver has sent, a place in a line."""
    sent, node = state
    if sent < len(driver) and driver[sent] == c:
        yield (sent + 1, node), True
    for key in (c, DIGIT) if c in DIGITS else (c,):
        if key in node:
            yield (sent, root if c == "\n" else node[key]), False


def tell_apart(text, driver, lines):
    """`text` with what the driver sent in one piece at its beginning, or None if it is no such shuffle."""
    root = make_trie(lines)
    history = [{(0, id(root)): ((0, root), None, False)}]  # by character: state -> (it, the one before, sent by the driver)
    end = (len(driver), id(root))
    for c in text:
        now = {}
        for key, (state, _, _) in history[-1].items():
            for following, by_driver in steps(state, c, driver, root):
                now.setdefault((following[0], id(following[1])), (following, key, by_driver))
        if not now:
            return None
        history.append(now)
        if end in now:
            break
    else:
        return None
    key, kernel = end, []
    for at in range(len(history) - 1, 0, -1):
        _, before, by_driver = history[at][key]
        if not by_driver:
            kernel.append(text[at - 1])
        key = before
    return driver + "".join(reversed(kernel)) + text[len(history) - 1:]

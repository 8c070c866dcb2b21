# SPDX-License-Identifier: MIT
"""Reading a serial line that two talk on at once: the kernel in bursts, and a driver that owns the UART by itself.

On real hardware, and with QEMU, nobody keeps them from talking into each other's lines. What was said is found again as a
few pieces: few, because a burst is up to 16 bytes.
"""
PIECES_MAX = 5  # of one text
WINDOW = 600    # bytes in which they lie


def fewest_pieces(text, window):
    """The fewest pieces in which `text` stands in `window`, in order: (pieces, positions), or None."""
    # best[j]: (pieces, positions) of the text so far, its last byte at window[j].
    best = {j: (1, (j,)) for j, c in enumerate(window) if c == text[0]}
    for c in text[1:]:
        following, least = {}, None
        for j, found in enumerate(window):
            if least is not None and found == c:
                following[j] = (least[0] + 1, least[1] + (j,))
            if j - 1 in best and found == c and (j not in following or best[j - 1][0] <= following[j][0]):
                following[j] = (best[j - 1][0], best[j - 1][1] + (j,))
            if j in best and (least is None or best[j][0] < least[0]):
                least = best[j]
        best = following
    return min(best.values(), default=None)


def find(text, console):
    """Positions of the bytes of `text` in `console`, in one piece or in a few; None if it was not said."""
    at = console.find(text)
    if at >= 0:
        return tuple(range(at, at + len(text)))
    for start in range(0, max(len(console) - WINDOW, 0) + 1, WINDOW // 2):
        found = fewest_pieces(text, console[start:start + WINDOW])
        if found and found[0] <= min(PIECES_MAX, (len(text) + 3) // 4):
            return tuple(start + j for j in found[1])
    return None


def take(text, console):
    """`console` without `text`, or None if it was not said."""
    positions = find(text, console)
    if positions is None:
        return None
    gone = set(positions)
    return "".join(c for j, c in enumerate(console) if j not in gone)

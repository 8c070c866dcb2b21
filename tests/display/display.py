# SPDX-License-Identifier: MIT
"""Pictures and windows of the simulated machine.

usage: display.py CASE SIMULATOR IMAGES     one case, against one executable
       display.py font                      the committed font is what tools/gen_font.py makes

Status 0 passed, 1 failed, 77 something that the case needs is not there.
"""
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time

import picture
import x11

HERE = os.path.dirname(os.path.abspath(__file__))
SIMULATOR, IMAGES = (sys.argv[2:4] + [None, None])[:2]
folder = tempfile.TemporaryDirectory(prefix="aegis-display-")
REPORT = os.path.join(folder.name, "report")


def check(condition, what):
    if not condition:
        sys.exit(f"FAILED: {what}")


def skip(why):
    print(f"skipped: {why}")
    sys.exit(77)


def path(name):
    return os.path.join(folder.name, name)


def environment(fake, extra):
    env = dict(os.environ, AEGIS_IMAGES=IMAGES, FAKE_REPORT=REPORT)
    env.pop("AEGIS_WINDOW", None)
    if fake:
        env.update(AEGIS_WINDOW=os.path.join(HERE, "fake_window.py"), FAKE_WINDOW=fake)
    return dict(env, **extra)


def start(*options, fake=None, **extra):
    """The simulator, running; its output goes to files."""
    with open(path("out"), "wb") as out, open(path("err"), "wb") as err:
        return subprocess.Popen([SIMULATOR, "--rt=off", *options], stdout=out, stderr=err, stdin=subprocess.DEVNULL,
                                env=environment(fake, extra))


def output(name="out"):
    with open(path(name), encoding="utf-8", errors="replace") as file:
        return file.read()


def run(*options, status=0, fake=None, **extra):
    """Run the simulator to its end; what it printed on stdout."""
    code = start(*options, fake=fake, **extra).wait(timeout=100)
    check(code == status, f"{' '.join(options)} ended with {code}, not {status}:\n{output()}{output('err')}")
    return output()


def content(name):
    with open(path(name), "rb") as file:
        return file.read()


def report():
    return output("report") if os.path.exists(REPORT) else ""


def until(condition, what):
    for _ in range(3000):
        value = condition()
        if value:
            return value
        time.sleep(0.02)
    sys.exit(f"FAILED: waited for {what} in vain:\n{output()}{output('err')}")


def screen_of(transcript, columns, rows):
    """The console's part of a transcript as the screen shows it."""
    lines = []
    for line in transcript.splitlines():
        if not line.startswith("aegis-sim: "):
            lines += [line[i:i + columns] for i in range(0, max(len(line), 1), columns)]
    return ([line.rstrip() for line in lines] + [""])[-rows:]


# -- Pictures ---------------------------------------------------------------------------------------------------------

def font():
    if not os.path.exists("/usr/share/consolefonts/spleen-8x16.psfu.gz"):
        skip("fonts-spleen is not installed")
    subprocess.run([sys.executable, os.path.join(picture.ROOT, "tools/gen_font.py"),
                    "/usr/share/consolefonts/spleen-8x16.psfu.gz", path("font.c")], check=True)
    with open(path("font.c"), encoding="ascii") as made, open(picture.FONT, encoding="ascii") as committed:
        check(made.read() == committed.read(), "core/dev/font_spleen.c differs from what tools/gen_font.py makes now")


def screenshot_text():
    """Read off the picture, the screen says what the transcript says, in the colours of the lines."""
    transcript = run("--image=hostile-null_deref", "--stop-at=500ms", f"--screenshot={path('a.png')}")
    rows = picture.read_png(path("a.png"))
    lines, cursor = picture.read_text(rows)
    expected = screen_of(transcript, 80, 30)
    check(lines == expected, f"the screen shows\n{chr(10).join(lines)}\nand not\n{chr(10).join(expected)}")
    check(cursor == (0, len(expected) - 1), f"the cursor is at {cursor}")
    for y, line in enumerate(lines):
        ink = picture.ERROR if "[ERROR]" in line else picture.WARN if "[WARN]" in line else picture.TEXT
        inks = {picture.cell(rows, x * 8, y * 16)[1] for x in range(len(line)) if line[x] != " "}
        check(inks <= {ink}, f"'{line}' is drawn in {inks}")
    check(any("[ERROR]" in line for line in lines), "no fault is on the screen")


def screenshot_at():
    """A picture in the middle of a run is the one of a run that stops there, and leaves no trace in the run."""
    for cpus in ("1", "4"):
        options = ("--image=tasks", f"--cpus={cpus}", "--stop-at=2s")
        alone = run(*options)
        for at in ("0", "3ms", "9.87654321ms", "1s"):
            check(run(*options, f"--screenshot={path('at.png')},at={at}") == alone, f"a picture at {at} changed the run")
            run(*options[:2], f"--stop-at={at}", f"--screenshot={path('end.png')}")
            check(content("at.png") == content("end.png"), f"the pictures of {at} differ")


def screenshot_repeat():
    for name in ("a.png", "b.png"):
        run("--image=tour", "--seed=7", f"--screenshot={path(name)}")
    check(content("a.png") == content("b.png"), "two pictures of the same run differ")


def screenshot_late():
    run("--image=tasks", "--stop-at=100ms", f"--screenshot={path('a.png')},at=5s")
    check("ended before its time" in output("err"), "nothing is said of a picture that came too early")
    check(picture.read_text(picture.read_png(path("a.png"))), "there is no picture")


def screenshot_refused():
    for target in (path("no/such/folder/a.png"), folder.name):
        check(run("--image=tasks", "--stop-at=10ms", f"--screenshot={target}", status=74) == "", "the machine ran")
        check(re.match(r"aegis-sim: --screenshot=.*: cannot be written: .+\n\Z", output("err")), output("err"))
    for value in ("", ",at=1s", "a.png,at=", "a.png,at=soon"):
        check(run(f"--screenshot={value}", status=64) == "", "the machine ran")
        check(output("err").count("\n") == 1 and "--screenshot" in output("err"), output("err"))
    check(run("--display=tv", status=64) == "" and "expected none or sdl" in output("err"), output("err"))


# -- The window's process, played by fake_window.py -------------------------------------------------------------------

def keys():
    """What is typed in the window arrives at a task through interrupt and registers of the keyboard."""
    for cpus in ("1", "4"):
        transcript = run("--image=keyboard", f"--cpus={cpus}", "--display=sdl", "--timeout=60", fake="type:Helli<o\\n>World!\\e")
        check("\nHelli\b \bo\nWorld!\nKBD:bye\n" in transcript, transcript)


def recorded():
    """A run at the keyboard replays without a window, and with one at whose keyboard somebody plays."""
    for fake, options in (("type:Hi\\n\\e", ()), ("type:x", ("--stop-at=5000s",)), ("close", ())):
        options = ("--image=keyboard", "--cpus=4", "--timeout=60", *options)
        transcript = run(*options, "--display=sdl", f"--record={path('a.rec')}", fake=fake)
        check(run(f"--replay={path('a.rec')}") == transcript, f"the replay of {fake} prints something else")
        check(run(f"--replay={path('a.rec')}", "--display=sdl", fake="type:zzz\\e") == transcript, "a replay listens to live keys")


def closed():
    transcript = run("--image=idle", "--display=sdl", "--timeout=60", fake="close")
    check(re.search(r"^aegis-sim: closed after [0-9.]+ s virtual\n\Z", transcript, re.M), transcript)
    check("the simulator is gone" in report(), "the window did not see the end")


def dies():
    """The machine runs on, and what it prints does not change."""
    transcript = run("--image=tasks", "--stop-at=3s", "--display=sdl", fake="die")
    check("the machine runs on without it" in output("err"), output("err"))
    check(transcript == run("--image=tasks", "--stop-at=3s"), "a window that dies changes the run")


def refused():
    check(run("--image=tasks", "--display=sdl", fake="refuse", status=69) == "", "the machine ran")
    check(output("err") == "aegis-sim: --display=sdl: the window did not open\n", output("err"))


def missing():
    check(run("--image=tasks", "--display=sdl", status=69, AEGIS_WINDOW=path("nothing")) == "", "the machine ran")
    check("libsdl2-dev" in output("err") and output("err").count("\n") == 1, output("err"))


def lingers():
    """A window that does not end when told to is ended, and nothing of it is left."""
    run("--image=tasks", "--stop-at=100ms", "--display=sdl", fake="linger")
    check(not os.path.exists(f"/proc/{report().strip()}"), "the window's process is still there")


def pry():
    run("--image=tasks", "--stop-at=3s", "--display=sdl", fake="pry")
    check(report().count("not ") == 4 and "FAILED" not in report(), report())


def babble():
    run("--image=keyboard", "--display=sdl", "--timeout=60", fake="babble")


def orphan():
    """A simulator that is killed takes its window along."""
    process = start("--image=idle", "--display=sdl", "--timeout=60", fake="type:")
    time.sleep(1)
    process.kill()
    process.wait()
    until(lambda: "the simulator is gone" in report(), "the window to see the end")


# -- The real window --------------------------------------------------------------------------------------------------

def need_window():
    if not os.path.exists(os.path.join(os.path.dirname(SIMULATOR), "aegis-window")):
        skip("aegis-window is not built (no SDL2)")


def dummy():
    """SDL without any screen: the window starts and ends with the machine, and leaves no trace in the run."""
    need_window()
    transcript = run("--image=tour", "--display=sdl", SDL_VIDEODRIVER="dummy")
    check(transcript == run("--image=tour"), "a window changes the run")


def no_display():
    need_window()
    env = {name: "" for name in ("DISPLAY", "WAYLAND_DISPLAY") if name in os.environ}
    check(run("--image=tasks", "--display=sdl", status=69, **env) == "", "the machine ran without a window")
    check("there is no display" in output("err"), output("err"))


def no_sdl():
    """SDL stays out of the simulator."""
    libraries = subprocess.run(["ldd", SIMULATOR], capture_output=True, text=True, check=True).stdout
    check("libunicorn" in libraries and "SDL" not in libraries, libraries)


class Screen:
    """An X server without hardware that keeps its screen in a file."""

    def __init__(self):
        if not shutil.which("Xvfb"):
            skip("no Xvfb")
        read, write = os.pipe()
        self.server = subprocess.Popen(["Xvfb", "-displayfd", str(write), "-screen", "0", "800x600x24", "-fbdir", folder.name,
                                        "-nolisten", "tcp"], pass_fds=[write], stderr=subprocess.DEVNULL)
        os.close(write)
        with os.fdopen(read) as answer:
            self.name = ":" + answer.readline().strip()
        check(self.name != ":", "Xvfb did not start")

    def picture_of(self, window):
        _, x, y, width, height = window
        return [row[x:x + width] for row in picture.read_xwd(path("Xvfb_screen0"))[y:y + height]]

    def end(self):
        self.server.terminate()
        self.server.wait()


def type_on(display, window, keysyms):
    for keysym in keysyms:
        display.key(window, keysym, True)
        display.key(window, keysym, False)
        time.sleep(0.05)


def watch_and_type(screen):
    process = start("--image=keyboard", "--display=sdl", "--timeout=90", f"--screenshot={path('a.png')}", DISPLAY=screen.name)
    until(lambda: "KBD:ready" in output(), "the keyboard driver")
    display = x11.Display(screen.name)
    window = until(lambda: [w for w in display.windows() if w[3:] == (640, 480)], "the window")[0]
    type_on(display, window[0], [*map(ord, "aegis lives"), 0xFF0D])
    until(lambda: "aegis lives\n" in output(), "the typed text")
    seen = until(lambda: "aegis lives" in picture.read_text(screen.picture_of(window))[0] and screen.picture_of(window),
                 "the text in the window")
    display.close(window[0])
    check(process.wait(timeout=30) == 0, output("err"))
    check("aegis-sim: closed after" in output(), output())
    return seen


def xvfb():
    """A window on a screen shows the very pixels of the framebuffer; one types into it, and closes it."""
    need_window()
    screen = Screen()
    try:
        seen = watch_and_type(screen)
    finally:
        screen.end()
    check(seen == picture.read_png(path("a.png")), "the window does not show the framebuffer")


globals()[sys.argv[1].replace("-", "_")]()
print("passed")

# SPDX-License-Identifier: MIT
"""./aegis explore, minimize and bisect: what they find, what they print, what they refuse.

usage: tools_test.py BUILD AEGIS-SIM
"""
import json
import os
import re
import shlex
import shutil
import subprocess
import sys
import tempfile

BUILD, SIM = os.path.abspath(sys.argv[1]), os.path.abspath(sys.argv[2])
ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
ISA = os.path.basename(SIM).removeprefix("aegis-sim-")
failed = []


def check(good, what):
    if not good:
        failed.append(what)
        print("FAILED:", what)


def run(*words):
    return subprocess.run(words, capture_output=True, text=True, errors="replace", cwd=ROOT, check=False, timeout=200)


def refused(code, text, *words):
    done = run(*words)
    check(done.returncode == code and text in done.stderr and done.stdout == "" and done.stderr.count("\n") == 1,
          f"{shlex.join(words)}: {done.returncode} {done.stderr}")


def explore(*words):
    return run(sys.executable, "-B", "tools/explore/main.py", f"--binary={SIM}", f"--build={BUILD}", f"--arch={ISA}", *words)


def refusals():
    for words in (("--seeds=0",), ("--jobs=x",), ("--cpus=9",), ("--cpus=3-",), ("--chaos=often",), ("--chaos=pct:0",), ("--entries=-1",)):
        refused(64, words[0], "./aegis", "explore", *words)
    refused(64, "did you mean --seeds?", "./aegis", "explore", "--seds=1")
    refused(64, "the line of a failing run is missing", "./aegis", "minimize")
    refused(64, "not a positive number", "./aegis", "minimize", "--jobs=0", "x")
    refused(64, "what is to be run?", "./aegis", "minimize", "once upon a time")
    refused(65, "does not fail", "./aegis", "minimize", f"{SIM} --image=idle --stop-at=1ms --chaos=random")
    refused(64, "unknown scenario", sys.executable, "-B", "tools/explore/main.py", f"--binary={SIM}",
            f"--build={BUILD}", f"--arch={ISA}", "fiev")
    refused(64, "no such planted bug", sys.executable, "-B", "tools/explore/main.py", f"--binary={SIM}", f"--build={BUILD}",
            f"--arch={ISA}", "--bug=lost")
    refused(66, "there is no such image", sys.executable, "-B", "tools/explore/main.py", f"--binary={SIM}", f"--build={BUILD}",
            f"--arch={ISA}", "nothing.img")
    for words in (("x",), ("1", "HEAD"), ("1", "HEAD", "nowhere")):
        done = run("./aegis", "bisect", *words)
        check(done.returncode == 64 and "bisect" in done.stderr, f"bisect {words}: {done.returncode} {done.stderr}")


def reports():
    done = explore("five", "--seeds=20", "--cpus=2-3", "--chaos=random", "--jobs=2", "--entries=500", "--json")
    said = json.loads(done.stdout)
    check(done.returncode == 0 and said["runs"] == 20 and said["schedules"] == 20 and said["anomalies"] == [], done.stdout + done.stderr)
    done = explore(os.path.join(BUILD, "images/deadlock.img"), "--seeds=3", "--cpus=1", "--jobs=1")
    line = re.search("reproduce: (.*)", done.stdout)
    check(done.returncode == 90 and "3 anomalies" in done.stdout and line, done.stdout + done.stderr)
    words = shlex.split(line[1]) if line else ["false"]
    again = run(SIM, *[word for word in words[1:] if not word.startswith("--arch")])
    check(again.returncode == 83, f"{words}: {again.returncode} {again.stderr}")
    check("five" in explore("--list").stdout, "--list")


def minimised():
    """Found, minimised, replayed."""
    binary, image = os.path.join(BUILD, "planted/lost_wakeup"), os.path.join(BUILD, "explore/pings.img")
    words = [binary, f"--image={image}", "--cpus=2", "--entries=2000", "--framebuffer=off", "--check=quick", "--clock-rate=4MHz",
             "--stall=3s", "--chaos=random"]
    found = [json.loads(line) for line in run(*words, "--explore=1:40").stdout.split("\n") if line.startswith('{"')]
    bad = [one for one in found if one["code"]]
    check(bad, "the lost wake-up is not found")
    with tempfile.TemporaryDirectory() as folder:
        out = os.path.join(folder, "few")
        line = "reproduce: " + shlex.join([*words, f"--chaos-seed={bad[0]['seed']}"])
        done = run("./aegis", "minimize", "--out=" + out, "--json", line)
        said = json.loads(done.stdout or "{}")
        check(done.returncode == 0 and len(said.get("preemptions", "12345")) <= 4, done.stdout + done.stderr)
        for place in said.get("preemptions", []):
            check(re.search(r"# CPU \d .*\(core/\S+[.]c:\d+\)", place), place)
        replay = run(*shlex.split(said.get("replay", "false")))
        check(replay.returncode == bad[0]["code"] == said["code"], f"{said.get('replay')}: {replay.returncode}")
        with open(out, encoding="utf-8") as file:
            check(file.read().count("\n") >= 3, "the schedule file")
        given = [word for word in shlex.split(said["replay"]) if not word.startswith("--schedule")]
        check(run(*given, "--schedule=" + out).returncode == said["code"], "the schedule file does not replay")


def bisected():
    """In a history in which the machine's exit code changes once and one commit cannot be built."""
    with tempfile.TemporaryDirectory() as tree:
        git = ["git", "-c", "user.name=test", "-c", "user.email=test@example.org", "-C", tree]
        os.makedirs(os.path.join(tree, "tools/cmd"))
        for name in ("aegis", "tools/lib.sh", "tools/cmd/bisect"):
            shutil.copy(os.path.join(ROOT, name), os.path.join(tree, name))
        run(*git, "init", "--quiet")
        for number, code in enumerate((0, 70, 0, 0, 83, 83, 83)):
            with open(os.path.join(tree, "aegis-sim"), "w", encoding="utf-8") as file:
                file.write(f"#!/bin/sh\n# {number}\n[ {code} = 70 ] && exit 70\n[ \"$2\" = --print-binary ] && exit 0\n"
                           f"[ \"$*\" = '--seed=7 --image=x' ] && exit {code}\nexit 99\n")
            os.chmod(os.path.join(tree, "aegis-sim"), 0o755)
            run(*git, "add", "-A")
            run(*git, "commit", "--quiet", "-m", f"commit {number}")
        before = run(*git, "status", "--branch", "--porcelain").stdout
        line = "reproduce: ./aegis-sim --seed=7 --image=x"
        for words in (["7", "HEAD~6", "HEAD", "--", "--image=x"], [line, "HEAD~6", "HEAD", "--code=83"]):
            done = run(os.path.join(tree, "aegis"), "bisect", *words)
            check(done.returncode == 0 and re.search("first bad commit: .* commit 4", done.stdout), f"{words}: {done.stdout}{done.stderr}")
        check(run(*git, "status", "--branch", "--porcelain").stdout == before, "bisect has left something in the tree")
        check(run(*git, "worktree", "list").stdout.count("\n") == 1, "bisect has left a worktree")


refusals()
reports()
minimised()
bisected()
sys.exit(1 if failed else 0)

# SPDX-License-Identifier: MIT
"""What ./aegis prove must not let pass, tried on copies of the tree: a wrong contract, a lost one, one that contradicts itself,
one that nobody proves, another version of Frama-C, a missing tool."""
import os
import shutil
import subprocess
import sys
import tempfile

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
SOURCE, TABLE = "core/base/pagetable.c", "proofs/wp/base.tbl"
INDEX = "  @ ensures \\result < 512;\n"
SPAN = "/*@ assigns \\nothing;\n  @ ensures \\result == pt_bytes(level);\n"
# what | file | old | new | options | status | a word of the output
CASES = (
    ("as it is", SOURCE, "", "", ["--quick"], 0, "wp pagetable ok"),
    ("a wrong contract", SOURCE, INDEX, INDEX.replace("512", "511"), ["--quick"], 1, "pt_index_ensures"),
    ("a contract less", SOURCE, INDEX, "", ["--quick"], 1, "a contract changed"),
    ("a contradiction", SOURCE, SPAN, SPAN.replace("/*@ ", "/*@ requires level < 0;\n  @ "), [], 1, "goals proved"),
    ("another version", TABLE, "=24+0", "-other=24+0", ["--quick"], 1, "was never seen here"),
)
failed = 0


def expect(what, done, status, word):
    global failed
    if done.returncode != status or word not in done.stdout:
        failed += 1
        print(f"{what}: status {done.returncode}, wanted {status} and '{word}':\n{done.stdout}")


def run(tree, words, **env):
    return subprocess.run(words, cwd=tree, env=dict(os.environ, AEGIS_PROVE_SECONDS="6", **env), stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, text=True, check=False)


def edit(tree, name, old, new):
    """Change a file; returns its text as it was."""
    with open(os.path.join(tree, name), encoding="utf-8") as file:
        text = file.read()
    if old and text.count(old) < 1:
        sys.exit(f"{name}: '{old}' is not there any more; this test changes it")
    with open(os.path.join(tree, name), "w", encoding="utf-8") as file:
        file.write(text.replace(old, new, 1) if old else text)
    return text


def restore(tree, name, text):
    with open(os.path.join(tree, name), "w", encoding="utf-8") as file:
        file.write(text)


def main():
    if not all(map(shutil.which, ("frama-c", "why3", "cvc4", "z3"))):
        print("SKIP: tool frama-c, version 25.0 wanted, with why3, cvc4 and z3")
        sys.exit(77)
    with tempfile.TemporaryDirectory(prefix="prove-") as folder:
        tree = os.path.join(folder, "tree")
        shutil.copytree(ROOT, tree, symlinks=True, ignore=lambda path, names: [
            name for name in names if path == ROOT and name in ("build", ".git", "docs")])
        for what, name, old, new, options, status, word in CASES:
            before = edit(tree, name, old, new)
            expect(what, run(tree, ["proofs/wp/run", *options, "pagetable"]), status, word)
            restore(tree, name, before)
        before = edit(tree, "core/base/bitmap.c", "void bitmap_set(", "/*@ assigns \\nothing; @*/\nvoid bitmap_set(")
        expect("a contract nobody proves", run(tree, ["python3", "-B", "proofs/prove.py", "--quick", "--only=pt_span"]), 1,
               "bitmap_set has a contract that no list in proofs/wp proves")
        restore(tree, "core/base/bitmap.c", before)
        bare = os.path.join(folder, "bin")
        os.mkdir(bare)
        for tool in ("env", "python3"):
            os.symlink(shutil.which(tool), os.path.join(bare, tool))
        expect("no tool", run(tree, ["proofs/wp/run", "pagetable"], PATH=bare), 77, "SKIP: frama-c")
    print(f"{len(CASES) + 2 - failed} passed, {failed} failed")
    sys.exit(1 if failed else 0)


main()

# SPDX-License-Identifier: MIT
"""What the checkers share: where the tree is, tables of rows with reasons, findings and their suppressions."""
import os

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))


class Failure(Exception):
    """Something that keeps a checker from giving a verdict: one line."""


def read_table(path):
    """Rows `kind isas word... : reason` as (line number, kind, isas, words, reason)."""
    rows = []
    with open(path, encoding="utf-8") as file:
        for number, text in enumerate(file, 1):
            text = text.strip()
            if not text or text.startswith("#"):
                continue
            words, _, reason = text.partition(" : ")
            kind, isas, *rest = words.split()
            rows.append((number, kind, isas, rest, reason.strip()))
    return rows


class Finding:
    """What a checker says of one line."""

    def __init__(self, file, line, check, text):
        self.file, self.line, self.check, self.text = file, line, check, text

    def __str__(self):
        return f"{self.file}:{self.line}: {self.check}: {self.text}"


class Suppressions:
    """FILE CHECK PART-OF-THE-TEXT : reason, one a line; a row that hides nothing is itself a finding."""

    def __init__(self, path):
        self.path, self.rows = path, []
        if not os.path.exists(path):
            return
        with open(path, encoding="utf-8") as file:
            for number, text in enumerate(file, 1):
                text = text.strip()
                if not text or text.startswith("#"):
                    continue
                words, _, reason = text.partition(" : ")
                parts = words.split(None, 2)
                if len(parts) < 2 or not reason.strip():
                    raise Failure(f"{path}:{number}: FILE CHECK [TEXT] : REASON is wanted")
                self.rows.append([number, parts[0], parts[1], parts[2] if len(parts) > 2 else "", 0])

    def hide(self, finding):
        for row in self.rows:
            if row[1] == finding.file and row[2] == finding.check and row[3] in finding.text:
                row[4] += 1
                return True
        return False

    def unused(self, files):
        """Rows about files that were checked and that hid nothing."""
        return [f"{os.path.relpath(self.path, ROOT)}:{row[0]}: hides nothing any more" for row in self.rows
                if row[4] == 0 and row[1] in files]

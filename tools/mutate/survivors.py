# SPDX-License-Identifier: MIT
"""tools/mutate/survivors.tbl: the mutants that no test can kill, each with its reason."""


class Survivors:
    def __init__(self, path):
        self.entries, self.where = {}, {}
        with open(path, encoding="utf-8") as file:
            for number, line in enumerate(file, 1):
                if not line.strip() or line.startswith("#"):
                    continue
                fields = line.rstrip("\n").split(" | ")
                # A mutation may have ' | ' in it: it is C.
                name = (fields[0].strip(), fields[1].strip() if len(fields) > 1 else "", " | ".join(fields[2:-1]).strip())
                if len(fields) < 4 or not fields[-1].strip():
                    raise SystemExit(f"{path}:{number}: not 'file | function | mutation | reason'")
                if name in self.entries:
                    raise SystemExit(f"{path}:{number}: {name[1]}: {name[2]} stands here twice; remove one")
                self.entries[name] = fields[-1].strip()
                self.where[name] = f"{path}:{number}"

    def reason(self, name):
        return self.entries.get(name)

    def stale(self, files, names, killed):
        """Complaints about entries of these files that name no mutant (any more) or one that a test kills."""
        for name, where in self.where.items():
            if name[0] in files and name not in names:
                yield f"{where}: {name[1]}: {name[2]}: there is no such mutant; remove or correct the line"
            elif name in killed:
                yield f"{where}: {name[1]}: {name[2]}: a test kills it ({killed[name]}); remove the line"

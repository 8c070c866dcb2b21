# SPDX-License-Identifier: MIT
"""The comparison of `./aegis twin` itself, with canned runs: what is equal agrees, and every kind of difference is seen.

usage: compare_test.py [UNITTEST-OPTION...]
"""
import os
import sys
import tempfile
import unittest

sys.dont_write_bytecode = True
ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
sys.path.insert(0, os.path.join(ROOT, "tools"))

from twinlib import report
from twinlib.compare import Comparison, Run
from twinlib.console import Console
from twinlib.events import Reader
from twinlib.names import Names
from twinlib.rules import Rule, Rules, Table, TableError

NAMES = Names(ROOT)
ALL = 10000
BOOT = "SeaBIOS\r\n[aegis] boot 01: hello\r\n[TICK:00000000] [T-] [INFO] [aegis] boot complete: 62 checkpoints\n"
# Task 2 says hello and exits; task 5 faults on address 0 and is restarted.
STEPS = {
    "call": "T 0 0 2 4 4 0 40108000 3 0 0",
    "text": "T a 0 2 3 0 0 a6968 0 0 0",
    "return": "T 1 0 2 1 4 0 3 0 0 0",
    "switch": "T 5 0 5 0 2 0 0 0 0 0",
    "fault": "T 2 0 5 0 2 40114070 0 0 0 0",
    "tick": "T 8 0 ffff 0 1 0 0 0 0 0",
    "restart": "T 4 0 5 0 1 0 0 0 0 0",
    "exit call": "T 0 0 2 4 d 0 0 0 0 0",
    "exit": "T 3 0 2 0 0 0 0 0 0 0",
}
CONSOLE = BOOT + "hi\n[TICK:00000003] [T5] [ERROR] [aegis] FAULT task 5 (bad) at pc 0x40114070\n" \
    "  cause: page fault, read of 0x0: not mapped in this task\n      x0=0000000000000001     x1=0000000000000000\n" \
    "[TICK:00000003] [T2] [INFO] [aegis] task 2 exited (code=0)\n"


def run(steps=None, console=CONSOLE, ended=None, extra=()):
    """A run of the steps above, each possibly changed: {step: other line, or None to leave it out}."""
    lines = [line for line in {**STEPS, **(steps or {})}.values() if line is not None]
    return run_of([*lines, *extra], console, ended)


def run_of(lines, console=CONSOLE, ended=None):
    reader = Reader(NAMES.kinds)
    reader.feed("".join(line + "\n" for line in lines).encode())
    return Run(reader.events, Console(console.encode(), reader.events, NAMES), ended, reader.tick, reader.damaged)


def verdicts(sim, metal, rules=(), limit=ALL, ordered=False):
    return {v.task: v for v in Comparison(NAMES, Rules(list(rules)), limit).all(sim, metal, ordered)}


def differing(*args, **kwargs):
    return {task: v.difference for task, v in verdicts(*args, **kwargs).items() if v.difference}


def rule(name, task=5, argument=""):
    return Rule("canned", task, name, argument, (), "for the test")


class Reading(unittest.TestCase):
    def test_a_growing_file_is_read_piece_by_piece(self):
        whole, pieces = Reader(NAMES.kinds), Reader(NAMES.kinds)
        data = "".join(line + "\n" for line in STEPS.values()).encode()
        whole.feed(data)
        for i in range(len(data)):
            pieces.feed(data[i:i + 1])
        self.assertEqual(whole.events, pieces.events)
        self.assertEqual(len(whole.events), len(STEPS))
        self.assertEqual(whole.tick, 1)
        self.assertEqual(whole.events[-1].tick, 1)

    def test_a_line_that_is_cut_off_is_no_event(self):
        reader = Reader(NAMES.kinds)
        reader.feed(b"T 8 0 ffff 0 1 0 0 0 0 0\nT 8 0 ff")
        self.assertEqual((len(reader.events), reader.damaged), (1, []))

    def test_damaged_lines_are_kept(self):
        reader = Reader(NAMES.kinds)
        reader.feed(b"T 8 0 ffff 0 1 0T 0 0 2 4 4 0 40108000 3 0 0\nT 63 0 0 0 0 0 0 0 0 0\nhello\n")
        self.assertEqual((len(reader.events), len(reader.damaged)), (0, 3))

    def test_text_is_put_together(self):
        reader = Reader(NAMES.kinds)
        reader.feed((STEPS["text"] + "\n").encode())
        self.assertEqual(reader.events[0].text, b"hi\n")

    def test_events_have_names(self):
        described = [NAMES.describe(event) for event in run().events]
        self.assertEqual(described[0], "write(buf=0x40108000, len=0x3)")
        self.assertEqual(described[2], "  write = OK {0x3}")
        self.assertEqual(described[4], "FAULT page, read of 0x0 (not mapped) at pc 0x40114070")
        self.assertEqual(described[8], "exited with 0")
        unknown = run_of(["T 0 0 5 4 63 1 2 3 4 5", "T 2 0 5 0 1 40114022 0 0 2 0", "T 1 0 5 1 5 ffffffffffffffdb ffffdead 0 0 0"])
        self.assertEqual([NAMES.describe(event) for event in unknown.events],
                         ["call #99(target=0x1, 0x2, 0x3, 0x4, 0x5)", "FAULT unknown_call at pc 0x40114022",
                          "  notify = BAD_TARGET {0xffffdead}"])


class Tasks(unittest.TestCase):
    def test_equal_runs_agree(self):
        result = verdicts(run(), run(), ordered=True)
        self.assertEqual({task: v.difference for task, v in result.items()}, dict.fromkeys(["machine", 2, 5, "order"]))
        self.assertEqual((result[2].events, result[5].events, result["order"].events), (5, 2, 7))
        self.assertEqual((result[2].lines, result[5].lines), (2, 3))

    def test_a_differing_argument_is_found(self):
        found = differing(run(), run({"call": "T 0 0 2 4 4 0 40108000 4 0 0"}))
        self.assertEqual((list(found), found[2].what, found[2].index), ([2], "event", 0))
        self.assertIn("len=0x3", found[2].sides[0][0])
        self.assertIn("len=0x4", found[2].sides[1][0])

    def test_a_differing_target_register_is_found(self):
        self.assertIn(2, differing(run(), run({"call": "T 0 0 2 4 4 7 40108000 3 0 0"})))

    def test_a_register_that_the_call_does_not_use_counts(self):
        self.assertIn(2, differing(run(), run({"call": "T 0 0 2 4 4 0 40108000 3 9 0"})))

    def test_a_differing_status_or_result_is_found(self):
        self.assertEqual(differing(run(), run({"return": "T 1 0 2 1 4 0 2 0 0 0"}))[2].index, 2)
        self.assertEqual(differing(run(), run({"return": "T 1 0 2 1 4 ffffffffffffffc2 3 0 0 0"}))[2].index, 2)

    def test_words_beyond_the_result_do_not_count(self):
        self.assertEqual(differing(run(), run({"return": "T 1 0 2 1 4 0 3 1 2 3"})), {})

    def test_a_missing_event_is_found(self):
        found = differing(run(), run({"return": None}))
        self.assertEqual((found[2].what, found[2].index), ("event", 2))
        self.assertEqual(differing(run(), run({"exit": None}))[2].sides[1][-1], "exit(code=0x0)")

    def test_an_event_too_many_is_found_once_the_task_is_over(self):
        late = "T 0 0 2 4 0 0 0 0 0 0"
        self.assertEqual(differing(run(), run(extra=[late]))[2].index, 5)
        self.assertIn(5, differing(run(ended=0), run(extra=["T 2 0 5 0 2 40114070 0 0 0 0"], ended=0)))

    def test_a_task_that_goes_on_may_have_gone_further(self):
        self.assertEqual(differing(run(), run(extra=["T 2 0 5 0 2 40114070 0 0 0 0"])), {})

    def test_a_task_that_is_silent_for_half_of_the_run_is_over(self):
        ticks = [f"T 8 0 ffff 0 {tick:x} 0 0 0 0 0" for tick in range(2, 20)]
        awake = "T 0 0 5 4 0 0 0 0 0 0"
        self.assertIn(5, differing(run(extra=ticks), run(extra=[*ticks[:4], awake])))
        self.assertEqual(differing(run(extra=ticks), run(extra=[*ticks, "T 8 0 ffff 0 99 0 0 0 0 0", awake])), {})

    def test_only_the_first_events_count(self):
        self.assertEqual(differing(run(), run({"exit": "T 3 0 2 0 1 0 0 0 0 0"}), limit=4), {})
        self.assertIn(2, differing(run(), run({"exit": "T 3 0 2 0 1 0 0 0 0 0"}), limit=5))

    def test_faults_differ_by_kind_place_address_and_cause(self):
        for fault in ("T 2 0 5 0 3 40114070 0 0 0 0", "T 2 0 5 0 2 40114074 0 0 0 0", "T 2 0 5 0 2 40114070 8 0 0 0",
                      "T 2 0 5 0 2 40114070 0 100 0 0", "T 2 0 5 0 2 40114070 0 0 1 0", None):
            self.assertEqual(differing(run(), run({"fault": fault}))[5].index, 0, fault)
        # What is left over from an earlier trap says nothing about a call that was denied.
        self.assertEqual(differing(run({"fault": "T 2 0 5 0 2 40114070 0 0 1 0"}),
                                   run({"fault": "T 2 0 5 0 b 40114070 9 9 1 0"})), {})

    def test_the_place_of_a_watchdog_fault_may_be_excused(self):
        here, there = (run({"fault": f"T 2 0 5 0 1 {pc} 0 0 3 0"}, CONSOLE.replace("40114070", pc)) for pc in ("40114070", "40114078"))
        self.assertEqual(differing(here, there)[5].what, "event")
        self.assertEqual(differing(here, there, [rule("place")]), {})
        self.assertIn(5, differing(here, run(), [rule("place")]))

    def test_a_result_may_be_excused(self):
        mapped = ["T 0 0 5 4 b 0 1 0 0 0", "T 1 0 5 4 b 0 0 1 400e0000 1"]
        refused = ["T 0 0 5 4 b 0 1 0 0 0", "T 1 0 5 1 b ffffffffffffffc8 ffff2001 0 0 0"]
        excuse = [rule("result", argument="device_map dev=1")]
        self.assertIn(5, differing(run_of(mapped), run_of(refused)))
        self.assertEqual(differing(run_of(mapped), run_of(refused), excuse), {})
        other = [line.replace(" b 0 1 ", " b 0 0 ") for line in mapped], [line.replace(" b 0 1 ", " b 0 0 ") for line in refused]
        self.assertIn(5, differing(run_of(other[0]), run_of(other[1]), excuse))

    def test_final_states_are_compared_instead_where_the_table_says_so(self):
        twice = run(extra=["T 2 0 5 0 2 40114070 0 0 0 0"])
        self.assertEqual(differing(run(), twice, [rule("final")]), {})
        self.assertEqual(differing(run(), run({"fault": None}), [rule("final")])[5].what, "final")
        self.assertEqual(differing(run(), run({"exit": "T 3 0 2 0 1 0 0 0 0 0"}), [rule("final", 2)])[2].what, "final")


class Order(unittest.TestCase):
    def test_reordered_tasks_differ_in_an_ordered_run_only(self):
        names = list(STEPS)
        other = run_of([STEPS[name] for name in (*names[4:7], *names[:3], *names[7:])])
        self.assertEqual(differing(run(), other), {})
        found = differing(run(), other, ordered=True)
        self.assertEqual((list(found), found["order"].index), (["order"], 0))


class Consoles(unittest.TestCase):
    def test_lines_belong_to_tasks(self):
        console = run().console
        self.assertEqual(console.output, {2: ["hi"]})
        self.assertEqual([len(console.reports[task]) for task in (2, 5)], [1, 3])
        self.assertEqual(console.reports[5][0], "[T5] [ERROR] [aegis] FAULT task 5 (bad) at pc 0x40114070")

    def test_a_report_goes_on_after_a_line_of_another_cpu(self):
        line = "[TICK:00000003] [T2] [INFO] [aegis] task 2 exited (code=0)\n"
        mixed = CONSOLE.replace(line, "").replace("  cause:", line + "  cause:")
        self.assertEqual(differing(run(), run(console=mixed)), {})

    def test_the_time_of_a_report_does_not_count(self):
        self.assertEqual(differing(run(), run(console=CONSOLE.replace("TICK:00000003", "TICK:0000BEEF"))), {})

    def test_a_register_of_a_report_counts(self):
        found = differing(run(), run(console=CONSOLE.replace("x1=0000000000000000", "x1=0000000000000002")))
        self.assertEqual((list(found), found[5].what, found[5].index), ([5], "console", 2))

    def test_a_missing_report_is_found(self):
        cut = CONSOLE.replace("[TICK:00000003] [T2] [INFO] [aegis] task 2 exited (code=0)\n", "")
        self.assertEqual(list(differing(run(), run(console=cut))), [2])

    def test_a_garbled_line_is_found(self):
        found = differing(run(), run(console=CONSOLE.replace("\nhi\n", "\nh\n")))
        self.assertEqual(set(found), {"machine", 2})

    def test_a_lost_line_is_found_in_a_run_that_went_further(self):
        more = ["T 0 0 2 4 4 0 40108000 3 0 0", "T a 0 2 3 0 0 a6f79 0 0 0"]
        shown = "yo\n"
        lines = [line for line in STEPS.values() if " d 0 " not in line and not line.startswith("T 3")]
        both = run_of([*lines, *more], CONSOLE + shown)
        self.assertEqual(differing(both, both), {})
        self.assertEqual(differing(both, run_of([*lines, *more], CONSOLE.replace("\nhi\n", "\n") + shown))["machine"].what, "console")

    def test_lines_that_nobody_wrote_are_the_drivers(self):
        mapped = ["T 0 0 0 4 b 0 0 0 0 0", "T 1 0 0 4 b 0 0 2 400e0000 1"]
        driver = CONSOLE.replace("\nhi\n", "\nhi\nDRV:ready\n")
        self.assertEqual(run(console=driver, extra=mapped).console.output, {0: ["DRV:ready"], 2: ["hi"]})
        self.assertEqual(differing(run(console=driver, extra=mapped), run(extra=mapped))[0].what, "console")
        self.assertEqual(run(console=driver).console.output["nobody"], ["DRV:ready"])
        self.assertIn("machine", differing(run(), run(console=driver)))

    def test_a_driver_and_the_kernel_may_talk_into_each_others_lines(self):
        mapped = ["T 0 0 0 4 b 0 0 0 0 0", "T 1 1 0 4 b 0 0 2 400e0000 1"]
        sim = run(console=CONSOLE.replace("\nhi\n", "\nhi\nDRV:ready\n[TICK:00000001] [T0] [INFO] [aegis] ok\n"), extra=mapped)
        for mixed in ("DhiRV:re\nady\n[TICK:00000009] [T0] [INFO] [aegis] ok\n", "hDi\n[TICKRV:re:00000009]ady\n [T0] [INFO] [aegis] ok\n"):
            metal = run(console=CONSOLE.replace("\nhi\n", "\n" + mixed), extra=mapped)
            self.assertIn(0, differing(sim, metal))
            told = Run(metal.events, Console(CONSOLE.replace("\nhi\n", "\n" + mixed).encode(), metal.events, NAMES, sim.console))
            self.assertEqual(differing(sim, told), {})
        lost = CONSOLE.replace("\nhi\n", "\nDhiRV:re\nad\n[TICK:00000009] [T0] [INFO] [aegis] ok\n").encode()
        self.assertIn(0, differing(sim, Run(sim.events, Console(lost, sim.events, NAMES, sim.console))))

    def test_the_kernels_own_lines_are_compared(self):
        other = CONSOLE + "[TICK:00000009] [T-] [ERROR] [aegis] something\n"
        self.assertEqual(differing(run(), run(console=other))["machine"].what, "console")
        ignored = CONSOLE + "[TICK:00000009] [T2] [INFO] [aegis] summary: 9 switches\n"
        self.assertEqual(differing(run(), run(console=ignored)), {})


class Machines(unittest.TestCase):
    def test_a_boot_that_fails_is_the_one_difference(self):
        found = differing(run(), run_of([], "SeaBIOS\n[aegis] boot 01: hello\n[aegis] PANIC: no", 80))
        self.assertEqual((list(found), found["machine"].what), (["machine"], "boot"))
        self.assertIn("[aegis] PANIC: no", found["machine"].sides[1])

    def test_events_that_cannot_be_read_are_the_one_difference(self):
        self.assertEqual(differing(run(), run(extra=["T 0 0 2T 0"]))["machine"].what, "damaged")

    def test_how_it_ended_counts(self):
        self.assertEqual(differing(run(ended=0), run(ended=80))["machine"].what, "end")
        self.assertEqual(differing(run(ended=0), run())["machine"].what, "end")
        self.assertEqual(differing(run(ended=0), run(ended=0)), {})
        self.assertEqual(differing(run(ended=83), run(), [rule("end", None)]), {})

    def test_reports_show_both_sides(self):
        found = differing(run(), run({"return": None}))[2]
        text = "\n".join(report.explain(found))
        self.assertIn("first difference at event 3", text)
        self.assertRegex(text, r"(?m)^  >   write = OK \{0x3\} +\| exit\(code=0x0\)$")
        shown = report.as_json(verdicts(run(), run({"return": None}))[2], "hello")
        self.assertEqual((shown["verdict"], shown["difference"]["index"]), ("differs", 2))


class Exceptions(unittest.TestCase):
    def table(self, text):
        with tempfile.NamedTemporaryFile("w", suffix=".tbl") as file:
            file.write(text)
            file.flush()
            return Table(file.name)

    def test_rules_hold_where_they_say(self):
        table = self.table("# words\nx | 5 | place | always | why\nx | - | final | cpus>1 | why\nx | 1 | end | riscv64 | why\n"
                           "x | - | seconds 20 | always | why\nx | - | order | always | why\n")
        self.assertEqual([r.name for r in table.for_image("x", "x86_64", 1).rules], ["place"])
        self.assertEqual([r.name for r in table.for_image("x", "riscv64", 4).rules], ["place", "final", "end"])
        self.assertEqual(table.for_image("y", "riscv64", 4).rules, [])
        self.assertEqual((table.seconds_of("x"), table.seconds_of("y")), (20, 4))
        self.assertEqual([table.is_ordered(*of) for of in (("x", 1), ("x", 2), ("y", 1))], [True, False, False])
        self.assertTrue(table.for_image("x", "x86_64", 2).has(3, "final"))
        self.assertFalse(table.for_image("x", "x86_64", 2).has(3, "place"))

    def test_bad_lines_are_refused_by_their_number(self):
        for line in ("x | 5 | place | always", "x | five | place | always | why", "x | 5 | plce | always | why",
                     "x | 5 | place | mips | why", "x | - | seconds soon | always | why"):
            with self.assertRaisesRegex(TableError, ":2: "):
                self.table("# words\n" + line + "\n")

    def test_the_projects_own_table_is_sound(self):
        self.assertTrue(Table(os.path.join(ROOT, "tools/twin.tbl")).ordered)


unittest.main()

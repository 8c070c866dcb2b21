# SPDX-License-Identifier: MIT
"""The generator refuses tables that are not consistent, by file, line and words; and what it reads, it reads rightly."""
import os
import shutil
import subprocess
import sys
import tempfile
import unittest

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
TABLES = os.path.join(ROOT, "core/abi")
GENERATOR = os.path.join(ROOT, "tools/gen_abi.py")
sys.path.insert(0, os.path.join(ROOT, "tools"))

from abi.tables import TableError, read_abi  # noqa: E402 the path comes first


class Refusals(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.mkdtemp()
        self.addCleanup(shutil.rmtree, self.folder)
        for name in ("aegis", "caps", "errors", "layout"):
            shutil.copy(os.path.join(TABLES, f"{name}.tbl"), self.folder)

    def run_generator(self, *args):
        return subprocess.run([sys.executable, GENERATOR, "--tables", self.folder, "--root", self.folder, *args],
                              capture_output=True, text=True, check=False)

    def refused(self, table, old, new, words):
        """With `old` replaced by `new` in the table, the generator fails and says file, line and `words`."""
        path = os.path.join(self.folder, f"{table}.tbl")
        with open(path, encoding="utf-8") as file:
            text = file.read()
        self.assertIn(old, text)
        line = text[:text.index(old)].count("\n") + 1
        with open(path, "w", encoding="utf-8") as file:
            file.write(text.replace(old, new, 1))
        self.assertRefusal(f"{table}.tbl:{line}: ", words)

    def refused_at(self, table, text, line, words):
        """A table of this text fails at `line`."""
        with open(os.path.join(self.folder, f"{table}.tbl"), "w", encoding="utf-8") as file:
            file.write(text)
        self.assertRefusal(f"{table}.tbl:{line}: ", words)

    def assertRefusal(self, where, words):
        with self.assertRaises(TableError) as caught:
            read_abi(self.folder)
        self.assertIn(where, str(caught.exception))
        self.assertIn(words, str(caught.exception))

    # calls
    def test_buffer_without_length_argument(self):
        self.refused("aegis", "4  | write", "4  | write | WRITE | buf:uaddr[n] len:size<=256 | b | - | S. |\n5 | x",
                     "buffer 'buf' has no size argument 'n'")

    def test_buffer_length_that_is_no_size(self):
        self.refused("aegis", "buf:uaddr[len] len:size<=256", "buf:uaddr[len] len:word", "has no size argument 'len'")

    def test_uaddr_without_length(self):
        self.refused("aegis", "buf:uaddr[len] len:size<=256", "buf:uaddr len:size<=256", "names its length")

    def test_length_of_a_word(self):
        self.refused("aegis", "5  | notify       | NOTIFY       | task:task@target bits:bits",
                     "5  | notify       | NOTIFY       | task:task@target bits:bits[task]", "names its length")

    def test_size_without_bound(self):
        self.refused("aegis", "len:size<=256", "len:size", "has a bound")

    def test_bound_of_a_word(self):
        self.refused("aegis", "id:grant peer", "id:grant<=3 peer", "has a bound")

    def test_bound_of_zero(self):
        self.refused("aegis", "len:size<=256", "len:size<=0", "not positive")

    def test_bound_that_is_no_number(self):
        self.refused("aegis", "len:size<=256", "len:size<=many", "is not a number")

    def test_duplicate_number(self):
        self.refused("aegis", "2  | recv", "1  | recv", "call number 1 is used twice")

    def test_missing_number(self):
        self.refused("aegis", "13 | exit", "14 | exit", "13 comes next")

    def test_number_that_is_none(self):
        self.refused("aegis", "13 | exit", "last | exit", "is not a number")

    def test_duplicate_name(self):
        self.refused("aegis", "2  | recv ", "2  | send ", "call name 'send' is taken")

    def test_upper_case_name(self):
        self.refused("aegis", "2  | recv ", "2  | Recv ", "not a lower-case name")

    def test_unknown_capability(self):
        self.refused("aegis", "0  | yield        | YIELD ", "0  | yield        | YELD ", "unknown capability 'YELD'")

    def test_capability_of_no_endpoint(self):
        self.refused("aegis", "| RECV(ep)", "| RECV(port)", "names no endpoint argument")

    def test_capability_of_a_word(self):
        self.refused("aegis", "1  | send         | SEND(ep)     |", "1  | send         | SEND(w0)     |",
                     "names no endpoint argument")

    def test_unknown_type(self):
        self.refused("aegis", "bits:bits", "bits:flags", "unknown type 'flags'")

    def test_argument_without_type(self):
        self.refused("aegis", "id:grant peer:task@target", "id peer:task@target", "is not name:type")

    def test_duplicate_argument(self):
        self.refused("aegis", "w0:word w1:word", "w0:word w0:word", "argument 'w0' appears twice")

    def test_two_targets(self):
        self.refused("aegis", "id:grant peer:task@target", "id:grant@target peer:task@target", "two arguments")

    def test_five_words(self):
        self.refused("aegis", "w2:word w3:word", "w2:word w3:word w4:word", "more than 4 payload words")

    def test_unknown_flag(self):
        self.refused("aegis", "| noreturn", "| forever", "unknown flag 'forever'")

    def test_result_of_a_call_without_return(self):
        self.refused("aegis", "code:code | - | noreturn", "code:code | word | noreturn", "has no result")

    def test_bad_result(self):
        self.refused("aegis", "| bytes |", "| Bytes! |", "is not a name")

    def test_missing_column(self):
        self.refused("aegis", "0  | yield        | YIELD        | - | - | - |", "0  | yield        | YIELD        | - | - |",
                     "expected: nr | name")

    def test_missing_sentence(self):
        self.refused("aegis", "| - | - | - | Let other ready tasks of the same priority run; the caller stays ready.",
                     "| - | - | - |", "expected: nr | name")

    def test_no_calls(self):
        self.refused_at("aegis", "# nothing\n", 1, "no calls")

    # capabilities
    def test_duplicate_bit(self):
        self.refused("caps", "5  YIELD", "4  YIELD", "bit 4 is used twice")

    def test_missing_bit(self):
        self.refused("caps", "18 EXIT", "19 EXIT", "18 comes next")

    def test_duplicate_capability(self):
        self.refused("caps", "7  WAIT_NOTIFY", "7  NOTIFY", "'NOTIFY' appears twice")

    def test_endpoint_that_cannot_receive(self):
        self.refused_at("caps", "0 SEND_EP0 : send\n", 1, "RECV_EP0 is missing")

    def test_more_bits_than_a_mask_has(self):
        self.refused_at("caps", "".join(f"{i} BIT{i} : a bit\n" for i in range(33)), 33, "a mask has 32 bits")

    # statuses
    def test_duplicate_status(self):
        self.refused("errors", "IO                -6", "IO                -5", "status -5 is used twice")

    def test_positive_status(self):
        self.refused("errors", "IO                -6", "IO                 6", "every other status is negative")

    def test_second_zero(self):
        self.refused("errors", "IO                -6", "IO                 0", "OK is 0")

    def test_duplicate_status_name(self):
        self.refused("errors", "TIMED_OUT         -7", "IO                -7", "'IO' appears twice")

    def test_duplicate_code(self):
        self.refused("errors", "-34   0xFFFF4002", "-34   0xFFFF4001", "aegis code 0xFFFF4001 is used twice")

    def test_code_of_unknown_errors(self):
        self.refused("errors", "0xFFFF4002", "0xFFFFFFFF", "32 bits and is not 0xFFFFFFFF")

    def test_status_without_sentence(self):
        self.refused("errors", " : device error", "", "expected 3 columns")

    def test_lower_case_status(self):
        self.refused("errors", "KILLED           -32", "killed           -32", "is not an upper-case name")

    def test_no_ok(self):
        self.refused_at("errors", "IO -6 - : device error\n", 1, "OK is missing")

    # layout
    def test_overlap(self):
        self.refused("layout", "GRANT       0x400D0000", "GRANT       0x400B0000", "area GRANT overlaps STACK")

    def test_outside_user(self):
        self.refused("layout", "IMAGE       0x40100000", "IMAGE       0x47FF0000", "reaches outside USER")

    def test_below_user(self):
        self.refused("layout", "IMAGE       0x40100000", "IMAGE       0x3FF00000", "reaches outside USER")

    def test_window_larger_than_stride(self):
        self.refused("layout", "0x400D0000  0x2000    0x1000", "0x400D0000  0x2000    0x3000", "larger than its stride")

    def test_unaligned(self):
        self.refused("layout", "0x400D0000", "0x400D0800", "multiples of the page")

    def test_no_windows(self):
        self.refused("layout", "0x400E0000  0x2000    0x1000    4", "0x400E0000  0x2000    0x1000    0", "not 0")

    def test_missing_area(self):
        self.refused_at("layout", "USER 0x40000000 0x1000 0x1000 1 : all\n", 1, "area STACK is missing")

    def test_missing_column_of_an_area(self):
        self.refused("layout", "0x400D0000  0x2000    0x1000    4", "0x400D0000  0x2000    0x1000", "expected 5 columns")

    # the command
    def test_a_refusal_is_one_line_and_writes_nothing(self):
        with open(os.path.join(self.folder, "caps.tbl"), "a", encoding="utf-8") as file:
            file.write("7 AGAIN : a bit twice\n")
        done = self.run_generator()
        self.assertEqual(done.returncode, 1)
        self.assertEqual(done.stderr.count("\n"), 1)
        self.assertIn("caps.tbl", done.stderr)
        self.assertFalse(os.path.exists(os.path.join(self.folder, "core")))

    def test_check_names_what_is_not_current(self):
        done = self.run_generator("--check")
        self.assertEqual(done.returncode, 1)
        self.assertIn("core/abi/gen/abi/status.h is not current", done.stderr)
        self.assertEqual(os.path.exists(os.path.join(self.folder, "core")), False)

    def test_check_accepts_what_it_wrote(self):
        self.assertEqual(self.run_generator().returncode, 0)
        self.assertEqual(self.run_generator("--check").returncode, 0)

    def test_missing_table(self):
        os.remove(os.path.join(self.folder, "caps.tbl"))
        done = self.run_generator()
        self.assertEqual(done.returncode, 1)
        self.assertIn("caps.tbl", done.stderr)
        self.assertNotIn("Traceback", done.stderr)


unittest.main()

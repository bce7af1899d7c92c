"""The command line program and the shell around it: what bash and zsh complete, what a terminal is shown, its manual.

usage: test_shells.py PROGRAM [test…]
"""

import os
import pathlib
import pty
import select
import shlex
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import unittest

PROGRAM = ""
BOLD = "\x1b[1m"
RED = "\x1b[31m"


def printed(*words, **environment):
    run = subprocess.run([PROGRAM, *words], capture_output=True, text=True, check=False, env={**os.environ, **environment})
    return run.stdout + run.stderr


def listed():
    """The verbs that help lists, each as its words."""
    lines = [line.split("  ")[1].split() for line in printed("help").splitlines() if line.startswith("  ")]
    return [words for words in lines if words and words[0].islower() and not words[0].startswith(("-", "shopcore"))]


class Folder(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)
        (self.folder / "mugs.jsonl").write_text("")


class TestBash(Folder):
    """bash's function is called as bash calls it; "=" and ":" are words of their own there."""

    def complete(self, *words):
        script = f"""
            eval "$({shlex.quote(PROGRAM)} completion bash)"
            COMP_WORDS=(shopcore {' '.join(map(shlex.quote, words))}) COMP_CWORD={len(words)}
            _shopcore
            printf '%s\\n' "${{COMPREPLY[@]}}"
        """
        run = subprocess.run(["bash", "--norc", "-uc", script], cwd=self.folder, capture_output=True, text=True, check=True)
        self.assertEqual(run.stderr, "")
        return run.stdout.split()

    def test_nouns_and_then_their_verbs(self):
        self.assertEqual(self.complete("ca"), ["cart", "catalog", "category"])
        self.assertEqual(self.complete("help", "checkout", ""), ["pay", "place", "quote"])
        self.assertIn("help", self.complete(""))

    def test_every_verb_is_offered(self):
        nouns = {words[0] for words in listed()}
        self.assertEqual(set(self.complete("")), nouns | {"help"})
        for noun in nouns:
            names = {words[1] for words in listed() if words[0] == noun and len(words) > 1 and words[1].islower()}
            if names:
                self.assertEqual(set(self.complete(noun, "")), names)

    def test_options_of_the_verb_and_of_all_verbs(self):
        self.assertEqual(self.complete("cart", "merge", "visitor", "ada", "--r"), ["--rule"])
        offered = self.complete("checkout", "place", "--")
        self.assertTrue({"--key", "--consent", "--shop", "--json"} <= set(offered))
        self.assertNotIn("--rule", offered)
        self.assertEqual(self.complete("price", "--b"), ["--best"])

    def test_choices_of_an_option(self):
        rules = ["add", "larger", "keep-user", "keep-guest"]
        self.assertEqual(self.complete("cart", "merge", "v", "ada", "--rule", ""), rules)
        self.assertEqual(self.complete("cart", "merge", "v", "ada", "--rule", "=", "keep"), rules[2:])
        self.assertEqual(self.complete("cart", "merge", "v", "ada", "--rule", "="), rules)

    def test_files_where_files_are_meant(self):
        self.assertEqual(self.complete("catalog", "import", "mu"), ["mugs.jsonl"])
        self.assertEqual(self.complete("catalog", "import", "x", "--map", "mu"), ["mugs.jsonl"])
        self.assertEqual(self.complete("--shop", "sqlite", ":", "a.db", "catalog", "import", "mu"), ["mugs.jsonl"])

    def test_nothing_where_only_the_person_knows(self):
        self.assertEqual(self.complete("cart", "add", ""), [])
        self.assertEqual(self.complete("cart", "add", "ada", "sku", "1", ""), [])
        self.assertEqual(self.complete("--shop", "sqlite", ":", ""), [])


@unittest.skipUnless(shutil.which("zsh"), "zsh is not installed")
class TestZsh(Folder):
    """A person at a terminal presses the tab key."""

    def setUp(self):
        super().setUp()
        (self.folder / "_shopcore").write_text(printed("completion", "zsh"))
        process, self.terminal = pty.fork()
        if process == 0:
            os.chdir(self.folder)
            os.environ.update(PS1="ready> ", TERM="dumb")
            os.execvp("zsh", ["zsh", "-f", "-i"])
        self.addCleanup(self.stop, process)
        os.write(self.terminal, b"PS1='ready> ' fpath=($PWD $fpath); autoload -U compinit && compinit -u -D; print $((6 * 7))!\n")
        self.read_until("42!")

    def stop(self, process):
        os.kill(process, signal.SIGKILL)
        os.waitpid(process, 0)
        os.close(self.terminal)

    def read_until(self, text):
        seen, until = "", time.monotonic() + 20
        while text not in seen:
            self.assertTrue(select.select([self.terminal], [], [], max(0, until - time.monotonic()))[0], (text, seen))
            seen += os.read(self.terminal, 4096).decode()
        return seen

    def press_tab(self, line, until):
        os.write(self.terminal, f"{line}\t".encode())
        seen = self.read_until(until)
        os.write(self.terminal, b"\x15")
        return seen

    def test_nouns_verbs_options_choices_and_files(self):
        self.press_tab("shopcore che", "checkout ")
        self.press_tab("shopcore cart aba", "abandoned ")
        self.press_tab("shopcore cart merge visitor ada --ru", "--rule")
        self.press_tab("shopcore cart merge visitor ada --rule la", "larger")
        self.press_tab("shopcore catalog import mu", "mugs.jsonl")
        self.press_tab("shopcore --json inv", "inventory ")

    def test_verbs_are_listed_with_what_they_do(self):
        self.assertIn("price a cart", self.press_tab("shopcore checkout ", "quote"))


class TestColor(Folder):
    def on_terminal(self, *words, **environment):
        process, terminal = pty.fork()
        if process == 0:
            os.environ.pop("NO_COLOR", None)
            os.environ.update(TERM="xterm", **environment)
            os.execv(PROGRAM, [PROGRAM, *words])
        seen = b""
        while True:
            try:
                piece = os.read(terminal, 4096)
            except OSError:  # the end of a pty
                piece = b""
            if not piece:
                break
            seen += piece
        os.close(terminal)
        os.waitpid(process, 0)
        return seen.decode()

    def shop(self):
        url = f"sqlite:{self.folder}/shop.db"
        printed("--shop", url, "init")
        return ["--shop", url]

    def test_a_terminal_gets_colours(self):
        self.assertIn(BOLD + "sku", self.on_terminal(*self.shop(), "catalog", "list"))
        self.assertIn(RED + "shopcore:", self.on_terminal("no-such-verb"))

    def test_no_color_and_dumb_terminals_are_honoured(self):
        for environment in ({"NO_COLOR": "1"}, {"TERM": "dumb"}):
            self.assertNotIn("\x1b", self.on_terminal(*self.shop(), "catalog", "list", **environment))
            self.assertNotIn("\x1b", self.on_terminal("no-such-verb", **environment))
        self.assertIn("\x1b", self.on_terminal(*self.shop(), "catalog", "list", NO_COLOR=""))

    def test_a_file_gets_none(self):
        self.assertNotIn("\x1b", printed(*self.shop(), "catalog", "list"))

    def test_who_asks_for_colours_or_for_none_is_heard(self):
        self.assertIn(BOLD, printed(*self.shop(), "--color=always", "catalog", "list", NO_COLOR="1"))
        self.assertNotIn("\x1b", self.on_terminal(*self.shop(), "--color", "never", "catalog", "list"))
        self.assertIn("auto, always or never", printed("--color", "sometimes", "demo"))

    def test_a_document_never_has_any(self):
        self.assertNotIn("\x1b", printed(*self.shop(), "--json", "--color=always", "catalog", "list"))


class TestManual(Folder):
    def test_the_manual_has_every_verb(self):
        manual = printed("manual").replace("\\", "")
        for words in listed():
            self.assertIn("fB" + "fR fB".join(word for word in words[:2] if word.islower()) + "fR", manual)

    @unittest.skipUnless(shutil.which("groff"), "groff is not installed")
    def test_the_manual_is_set_without_a_warning(self):
        run = subprocess.run(
            ["groff", "-man", "-Kutf8", "-Tutf8", "-ww"], input=printed("manual"), capture_output=True, text=True, check=True
        )
        self.assertEqual(run.stderr, "")


if __name__ == "__main__":
    PROGRAM = str(pathlib.Path(sys.argv.pop(1)).resolve())
    unittest.main()

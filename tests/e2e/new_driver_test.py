#!/usr/bin/python3
"""tools/new_driver makes, for every port, a folder that compiles with this tree's own flags,
passes the tests that come with it, and holds the house rules."""

import concurrent.futures
import json
import os
import pathlib
import re
import shlex
import shutil
import subprocess
import unittest

from street import BIN, ROOT, call, main

BUILD = BIN.parent
PORTS = ["coin", "note", "printer", "door", "board", "scanner", "display", "touch", "counter"]
# One place for all runs, so that the compiler's cache knows the files again.
MADE = BUILD / "new_driver"


def compile_command():
    """As this tree compiles a driver, without its file names."""
    for entry in json.loads((BUILD / "compile_commands.json").read_text()):
        if entry["file"].endswith("drivers/cctalk/driver.cpp"):
            words = shlex.split(entry["command"])
            # Not what the build keeps for itself: the list of headers that a file read.
            return words[:words.index("-MD" if "-MD" in words else "-o")]
    raise AssertionError("no driver is compiled in this tree")


def link_command(program, thing):
    """As this tree links a program that uses yijuan_io, but with `thing` for its own objects."""
    done = subprocess.run(["ninja", "-C", BUILD, "-t", "commands", "bin/sim_coin"], check=True,
                          capture_output=True, text=True)
    line = re.sub(r"^: && | && :$", "", done.stdout.strip().splitlines()[-1])
    words = [word for word in shlex.split(line)
             if not word.endswith(".o") and word not in ("-o", "bin/sim_coin")]
    return [words[0], str(thing), "-o", str(program), *words[1:], "-lgtest_main", "-lgtest"]


class NewDriver(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        shutil.rmtree(MADE, ignore_errors=True)
        for port in PORTS:
            code, said = call(ROOT / "tools/new_driver", "--into", MADE, f"new{port}", port)
            if code != 0:
                raise AssertionError(said)

    def build_and_run(self, port):
        folder = MADE / "drivers" / f"new{port}"
        sources = sorted(folder.glob("*.cpp"))
        whole = MADE / f"{port}.cpp"
        whole.write_text("".join(f'#include "drivers/new{port}/{path.name}"\n' for path in sources))
        thing = MADE / f"{port}.o"
        program = MADE / port
        # One file at a time would read the same headers four times.
        compiled = subprocess.run([*compile_command(), f"-I{MADE}", "-o", thing, "-c", whole],
                                  cwd=BUILD, capture_output=True, text=True, check=False)
        if compiled.returncode != 0:
            return f"{port} does not compile:\n{compiled.stderr}"
        linked = subprocess.run(link_command(program, thing), cwd=BUILD, capture_output=True,
                                text=True, check=False)
        if linked.returncode != 0:
            return f"{port} does not link:\n{linked.stderr}"
        ran = subprocess.run([program], capture_output=True, text=True, check=False, timeout=120)
        if ran.returncode != 0 or not re.search(r"PASSED  \] [1-9]", ran.stdout):
            return f"{port} fails its tests:\n{ran.stdout}"
        return ""

    def test_what_it_makes_compiles_and_passes_its_tests(self):
        with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
            for port, complaint in zip(PORTS, pool.map(self.build_and_run, PORTS)):
                with self.subTest(port=port):
                    self.assertEqual(complaint, "")

    def test_what_it_makes_holds_the_house_rules(self):
        tree = MADE / "rules"
        shutil.copytree(MADE / "drivers", tree / "drivers")
        subprocess.run(["git", "init", "-q", tree], check=True)
        shutil.copy(ROOT / ".clang-format", tree)
        code, said = call(ROOT / "tools/check", "--root", tree)
        self.assertEqual(code, 0, said)
        self.assertIn(f"{6 * len(PORTS)} files", said)

    def test_every_readme_has_its_ten_headings(self):
        for port in PORTS:
            text = (MADE / "drivers" / f"new{port}" / "README.md").read_text()
            self.assertEqual(text.count("\n## "), 10)
            self.assertNotIn("@", text)

    def test_a_folder_that_is_there_or_a_wrong_name_is_refused(self):
        for name in ("newcoin", "New", "9lives", "a-b", ""):
            with self.subTest(name=name):
                code, _ = call(ROOT / "tools/new_driver", "--into", MADE, name, "coin")
                self.assertNotEqual(code, 0)
        code, _ = call(ROOT / "tools/new_driver", "--into", MADE, "fresh", "toaster")
        self.assertNotEqual(code, 0)


if __name__ == "__main__":
    main()

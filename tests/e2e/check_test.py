#!/usr/bin/python3
"""tools/check finds each fault that it is there to find, and passes a tree without one."""

import pathlib
import subprocess
import tempfile
import unittest

TOP = pathlib.Path(__file__).resolve().parents[2]

GOOD = "// A thing, why, its invariant.\n#pragma once\n"
FAULTS = {
    "an arrow upwards": ("src/base/a.hpp", GOOD + '#include "io/b.hpp"\n', "base may not include io"),
    "a sideways arrow": ("src/net/a.hpp", GOOD + '#include "journal/b.hpp"\n', "net may not include"),
    "a driver that knows another": (
        "drivers/one/a.hpp", GOOD + '#include "drivers/two/b.hpp"\n', "another driver"),
    "a driver that knows the kiosk": (
        "drivers/one/a.hpp", GOOD + '#include "kiosk/app.hpp"\n', "a driver may not include kiosk"),
    "a fake that shares the driver's frames": (
        "drivers/one/fake.hpp", GOOD + '#include "drivers/one/frame.hpp"\n', "shares no code"),
    "a clock in the rules": (
        "src/domain/a.cpp", "auto t = std::chrono::system_clock::now();\n", "time as an argument"),
    "a float near money": ("src/ledger/a.cpp", "double sum = 0;\n", "float near money"),
    "a detached task": ("src/kiosk/a.cpp", "co_spawn(e, t(), asio::detached);\n", "TaskGroup"),
    "a lambda coroutine": (
        "src/kiosk/a.cpp", "auto f = [this]() -> Task<void> { co_return; };\n", "named functions"),
    "a wait that a cancellation does not reach": (
        "src/io/a.cpp", "auto r = co_await s.async_wait(asio::as_tuple(asio::use_awaitable));\n",
        "is_cancelled"),
    "a promise": ("src/kiosk/a.cpp", "// TODO: later\n", "a promise"),
    "an empty name": ("src/kiosk/a.hpp", GOOD + "class CoinManager {\n};\n", "say what it is"),
    "a header without its opening": ("src/kiosk/a.hpp", "#pragma once\n", "a header opens"),
    "a long line": ("src/kiosk/a.cpp", "// " + "x" * 110 + "\n", "columns"),
    "a long file": ("src/kiosk/a.cpp", "int a;\n" * 600, "second noun"),
    "bad format": ("src/kiosk/a.cpp", "int   a  ;\n", "not formatted"),
}


class Check(unittest.TestCase):
    def run_on(self, name, text):
        with tempfile.TemporaryDirectory() as folder:
            root = pathlib.Path(folder)
            subprocess.run(["git", "init", "-q", folder], check=True)
            (root / ".clang-format").write_text((TOP / ".clang-format").read_text())
            path = root / name
            path.parent.mkdir(parents=True)
            path.write_text(text)
            return subprocess.run([TOP / "tools/check", "--root", folder],
                                  capture_output=True, text=True)

    def test_passes_a_clean_file(self):
        done = self.run_on("src/base/a.hpp", GOOD)
        self.assertEqual(done.returncode, 0, done.stdout)

    def test_finds_each_fault(self):
        for fault, (name, text, expected) in FAULTS.items():
            with self.subTest(fault):
                done = self.run_on(name, text)
                self.assertEqual(done.returncode, 1, done.stdout)
                self.assertIn(expected, done.stdout)


if __name__ == "__main__":
    import sys
    unittest.main(argv=sys.argv[:1])

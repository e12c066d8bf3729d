#!/usr/bin/python3
"""g++ 12 miscompiles coroutines: the build says so and stops."""

import pathlib
import subprocess
import sys
import tempfile
import unittest

TOP = pathlib.Path(__file__).resolve().parents[2]


class Compiler(unittest.TestCase):
    def test_gcc_is_refused_with_the_reason(self):
        with tempfile.TemporaryDirectory() as build:
            done = subprocess.run(
                ["cmake", "-S", TOP, "-B", build, "-G", "Ninja", "-DCMAKE_C_COMPILER=gcc",
                 "-DCMAKE_CXX_COMPILER=g++"], capture_output=True, text=True)
        self.assertNotEqual(done.returncode, 0)
        said = " ".join(done.stderr.split())
        self.assertIn("Yijuan is built with clang 19", said)
        self.assertIn("miscompiles coroutines", said)
        self.assertIn("tools/setup", said)


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])

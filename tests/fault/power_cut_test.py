#!/usr/bin/python3
"""No power cut takes what was promised (usage: this BIN box|ledger): 1,000 images of the disk of a
run of the shipped daemon, spread over every write, each opened and held against what the world had
been told before the cut. See tools/power_cut."""

import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2]))

from tools.power_cuts import bench  # noqa: E402

sys.exit(bench.main([sys.argv[2], "--bin", sys.argv[1], *sys.argv[3:]]))

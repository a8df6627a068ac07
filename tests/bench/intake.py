#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Intake of one calendar in figures: CPU seconds beside libical's parse and SQLite's insert of the same rows, and peaks of resident
memory for a small and a large file (INTAKE_MIB: size of the large one, 300 unless told). A table; never fails on speed."""
import json
import os
import subprocess
import sys

BENCH = os.path.join(os.environ.get("B", "build/release"), "bench-intake")
BYTES_PER_EVENT = 900


def run(*args):
    done = subprocess.run([BENCH, *args], capture_output=True, text=True, check=False)
    if done.returncode != 0:
        sys.exit("bench-intake %s: %s" % (" ".join(args), done.stderr))
    return json.loads(done.stdout.strip().splitlines()[-1])


def line(what, value, limit):
    print("%-58s %12s   %s" % (what, value, limit))


print("intake of a calendar")
for order in ((), ("random",)):
    r = run("100000", *order)
    name = "UIDs in no order" if order else "UIDs in order"
    line("full intake to SQLite alone, " + name, "%.2f" % r["to_sqlite"], "at most 2")
    line("full intake to libical's parse, " + name, "%.2f" % r["to_libical"], "at most 0.6")
    line("unchanged again, events a CPU second, " + name, "%d" % r["again_per_s"], "at least 250000")
mib = int(os.environ.get("INTAKE_MIB", "300"))
small = run("memory", str((100 << 20) // BYTES_PER_EVENT))
large = run("memory", str((mib << 20) // BYTES_PER_EVENT))
line("peak of resident memory, 100 MiB, in MiB", "%.1f" % (small["peak_kib"] / 1024), "at most 64 above the cache of 32")
line("the same, %d MiB" % mib, "%.1f" % (large["peak_kib"] / 1024), "at most 4 more")

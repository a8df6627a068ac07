#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Each file of the calendar suite in blocks of 1, 2, 3, 7 and 4096 bytes gives the rows of the whole, under AddressSanitizer and
UndefinedBehaviorSanitizer, without a leak: the fuzz target `calendar` compares, its first byte is the size of the blocks. No file takes
more than a second of CPU for all that it is read."""
import glob
import os
import resource
import subprocess
import sys
import tempfile

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))
from daemon_support import B, Tally

ROOT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "../..")
TREE = B.rstrip("/") + "-asan"
SIZES = {1: 0, 2: 1, 3: 2, 7: 6, 4096: 255}


def build():
    program = os.path.join(TREE, "replay-calendar")
    done = subprocess.run(["make", "-j2", "--no-print-directory", "VARIANT=asan", "B=" + TREE, program], cwd=ROOT, stdin=subprocess.DEVNULL,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="replace")
    if done.returncode:
        raise SystemExit("blocks: %s cannot be built\n%s" % (program, done.stdout[-2000:]))
    return program


def replay(program, path):
    """(exit code, what it says, CPU s)"""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    try:
        done = subprocess.run([program, path], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=120,
                              env=dict(os.environ, ASAN_OPTIONS="detect_leaks=1"), text=True, errors="replace")
    except subprocess.TimeoutExpired:
        return -1, "more than 120 s", 120.0
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return done.returncode, done.stdout, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def main():
    suite = os.path.join(os.environ["SHARED"], "suites/ical")
    files = sys.argv[1:] or sorted(f for f in glob.glob(suite + "/corpus/**/*", recursive=True) + glob.glob(suite + "/edge/*") if os.path.isfile(f))
    tally, program, slowest = Tally("blocks"), build(), (0.0, "")
    with tempfile.TemporaryDirectory(prefix="planvax-blocks-") as folder:
        for path in files:
            name = path if sys.argv[1:] else os.path.relpath(path, suite)
            with open(path, "rb") as f:
                data = f.read()
            inputs = os.path.join(folder, "input")
            os.mkdir(inputs)
            for size, first in SIZES.items():
                with open(os.path.join(inputs, "%d" % size), "wb") as f:
                    f.write(bytes([first]) + data)
            code, said, cpu = replay(program, inputs)
            tally.check(code == 0, "%s: exit %d: %s" % (name, code, said[-600:]))
            tally.check(cpu / (2 * len(SIZES)) < 1, "%s: %.1f s of CPU for %d readings" % (name, cpu, 2 * len(SIZES)))
            slowest = max(slowest, (cpu / (2 * len(SIZES)), name))
            subprocess.run(["rm", "-r", inputs], check=True)
    print("%d files in blocks of %s; at most %.2f s of CPU a reading (%s)" % (len(files), ", ".join(map(str, SIZES)), *slowest))
    tally.end()


main()

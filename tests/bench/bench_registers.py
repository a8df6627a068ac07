#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Registers through the drop folder: a history.csv of some sizes into a running daemon. CPU seconds (user and system, from
/proc), rows a second and core, and peak memory; then the same file again, of which nothing is written. Sizes in MB are
arguments (default 10 and 60). The reader alone, in one process: bench-registers read."""
import datetime
import json
import os
import re
import subprocess
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))
from daemon_support import World

TICK = os.sysconf("SC_CLK_TCK")


def cpu_s(pid):
    with open("/proc/%d/stat" % pid) as f:
        fields = f.read().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / TICK


def peak_kib(pid):
    with open("/proc/%d/status" % pid) as f:
        return int(re.search(r"VmHWM:\s+(\d+)", f.read()).group(1))


def write_history(path, people, megabytes):
    """Rows of distinct doses, person after person as exports have them; each person after the last birth of the data."""
    size, rows = (megabytes << 20) // len(people), 0
    with open(path, "w") as f:
        f.write("person_ref;date;code;lot\n")
        for ref in people:
            start, day = f.tell(), datetime.date(2012, 1, 1)
            while f.tell() - start < size:
                lines = []
                for _ in range(50):
                    lines.append("%s;%s;208;L%d\n" % (ref, day.isoformat(), rows))
                    rows, day = rows + 1, day + datetime.timedelta(1) if day.year < 2022 else datetime.date(2012, 1, 1)
                f.write("".join(lines))
    return rows


def take(world, source):
    """Drops the file and waits until it is in done/."""
    done = os.path.join(world.spool, "done", "history.csv")
    for path in (done, done + ".report.txt"):
        if os.path.exists(path):
            os.unlink(path)
    before, start = cpu_s(world.daemon.pid), time.monotonic()
    os.link(source, os.path.join(world.spool, ".incoming"))
    os.rename(os.path.join(world.spool, ".incoming"), os.path.join(world.spool, "history.csv"))
    while not os.path.exists(done + ".report.txt") and world.daemon.poll() is None:
        time.sleep(0.1)
    with open(done + ".report.txt") as f:
        report = f.readline().strip()
    return cpu_s(world.daemon.pid) - before, time.monotonic() - start, report


def run(megabytes):
    world = World(services=1, people=2000)
    try:
        # Nothing is planned meanwhile: the settle time is longer than the run.
        world.configure("[planning]\nsettle = 1 h\n")
        os.unlink(os.path.join(world.data, "history.csv"))
        with open(world.data + "/people.csv") as f:
            people = [x.split(";")[0] for x in f.read().splitlines()[1:]]
        world.drop_all()
        world.start()
        while world.ctl("status", remote=True).returncode != 0 or os.path.exists(world.spool + "/people.csv"):
            time.sleep(0.2)
        time.sleep(2)
        base = peak_kib(world.daemon.pid)
        source = os.path.join(world.dir, "history.csv")
        rows = write_history(source, people, megabytes)
        for kind in ("first", "again"):
            cpu, wall, report = take(world, source)
            print(json.dumps({"bench": "registers", "kind": kind, "mb": megabytes, "rows": rows, "cpu_s": round(cpu, 2), "wall_s": round(wall, 1),
                              "rows_per_cpu_s": int(rows / max(cpu, 0.01)), "peak_kib": peak_kib(world.daemon.pid), "peak_before_kib": base, "report": report}))
            sys.stdout.flush()
    finally:
        world.end()


for size in [int(x) for x in sys.argv[1:]] or [10, 60]:
    run(size)
reader = os.path.join(os.environ.get("B", "build/release"), "bench-registers")
if os.path.exists(reader) and len(sys.argv) == 1:
    subprocess.run([reader, "read"], check=True)

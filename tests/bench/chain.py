#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""The whole chain in figures: data in the drop folder to plans published, invitations delivered and pushes acknowledged, on the
default demo; import, planning and calendar reading by themselves; resident memory of the daemon. A table with ratios to the limits;
never fails on speed (it does when a stage fails)."""
import glob
import json
import os
import re
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))
from daemon_support import World

CHAIN_LIMIT_S = 20
table = []


def add(what, value, unit, limit=None):
    table.append((what, value, unit, "" if limit is None else "%.2f of %g" % (value / limit, limit)))


def memory_of(pid):
    """(resident, peak) in MiB."""
    with open("/proc/%d/status" % pid, encoding="ascii", errors="replace") as f:
        text = f.read()
    return tuple(int(re.search(name + r":\s+(\d+) kB", text).group(1)) / 1024 for name in ("VmRSS", "VmHWM"))


def cpu_of(pid):
    with open("/proc/%d/stat" % pid, encoding="ascii", errors="replace") as f:
        fields = f.read().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def rows(world):
    return sum(sum(1 for line in open(p, "rb") if line.strip()) - 1 for p in glob.glob(world.data + "/*.csv"))


def timed(*command):
    """(wall s, CPU s, peak MiB). The peak is the child's own VmHWM, sampled: what wait4 calls ru_maxrss holds the memory of the
    interpreter that forked, which is more than some of our programs need."""
    start, peak = time.monotonic(), 0
    with open(os.devnull, "wb") as null, tempfile.TemporaryFile() as err:
        child = subprocess.Popen(list(command), stdin=subprocess.DEVNULL, stdout=null, stderr=err)
        while True:
            done, status, used = os.wait4(child.pid, os.WNOHANG)
            if done:
                break
            try:
                with open("/proc/%d/status" % child.pid, encoding="ascii", errors="replace") as f:
                    text = f.read()
                found = re.search(r"VmHWM:\s+(\d+) kB", text)
                if found and "Name:\tplanvaxctl" in text:
                    peak = max(peak, int(found.group(1)))
            except OSError:
                pass
            time.sleep(0.001)
        wall, child.returncode = time.monotonic() - start, os.waitstatus_to_exitcode(status)
        err.seek(0)
        if child.returncode != 0:
            raise SystemExit("%s: exit %d\n%s" % (" ".join(command), child.returncode, err.read().decode()[-500:]))
    return wall, used.ru_utime + used.ru_stime, peak / 1024


def chain():
    """What `make run` does after the build, without its summary."""
    start = time.monotonic()
    world = World(services=5, people=2000)
    made = time.monotonic() - start
    try:
        world.start_receiver()
        world.configure()
        with open(world.conf, encoding="utf-8") as f:
            text = f.read().replace("iterations = 1\n", "").replace("settle = 0\n", "settle = 1 s\n")
        with open(world.conf, "w", encoding="utf-8") as f:
            f.write(text)
        world.drop_all()
        world.start()
        while not os.path.exists(world.socket) and world.daemon.poll() is None:
            time.sleep(0.02)
        if not world.wait_idle(300):
            raise SystemExit("the chain does not end: %s" % world.log()[-800:])
        add("demo data, 5 services of 2,000 people", made, "s")
        add("whole chain, data to receipts", time.monotonic() - start, "s", CHAIN_LIMIT_S)
        add("CPU of the daemon for it", cpu_of(world.daemon.pid), "s")
        resident, peak = memory_of(world.daemon.pid)
        add("resident memory of the daemon after it", resident, "MiB")
        add("its peak", peak, "MiB")
        add("mails", len(glob.glob(world.mail + "/new/*")), "")
        add("pushes acknowledged", len(glob.glob(world.authority + "/S*.json")), "")
        again(world)
        offline(world)
    finally:
        world.end()


def again(world):
    """The same registers once more: nothing changes, nothing is planned or sent."""
    before = len(glob.glob(world.mail + "/new/*"))
    count, start = rows(world), time.monotonic()
    world.ctl("import", world.data, remote=True, check=True)
    took = time.monotonic() - start
    add("import of the whole set again (idempotent)", took, "s")
    add("  registers' rows", count / took, "rows/s")
    world.wait_idle(120)
    if len(glob.glob(world.mail + "/new/*")) != before:
        raise SystemExit("importing the same rows sent mails")


def first_import():
    """Rows a second into an empty store, planning held back."""
    world = World(services=5, people=4000)
    try:
        world.configure()
        with open(world.conf, encoding="utf-8") as f:
            text = f.read().replace("settle = 0\n", "settle = 1 h\n")
        with open(world.conf, "w", encoding="utf-8") as f:
            f.write(text)
        world.start()
        while not os.path.exists(world.socket) and world.daemon.poll() is None:
            time.sleep(0.02)
        count, start = rows(world), time.monotonic()
        world.ctl("import", world.data, remote=True, check=True)
        took = time.monotonic() - start
        add("first import, %d rows and calendars" % count, took, "s")
        add("  registers' rows", count / took, "rows/s")
    finally:
        world.end()


def offline(world):
    """Planning and calendar reading alone, on the same data."""
    last = {"01": "31"}[world.month[5:]]
    words = ["plan", "--input", world.data, "--from", world.month + "-01", "--to", "%s-%s" % (world.month, last), "--out", os.path.join(world.dir, "plan.json")]
    wall, cpu, peak = timed(world.path("planvaxctl"), *words, "--jobs", "1")
    add("planning offline, CPU a service (--jobs 1)", cpu / 5, "s")
    add("  wall for the five", wall, "s")
    wide, cpu, _ = timed(world.path("planvaxctl"), *words, "--jobs", "2")
    add("  wall with --jobs 2", wide, "s")
    add("  CPU with --jobs 2, all five", cpu, "s")
    add("  peak memory", peak, "MiB")
    with open(os.path.join(world.dir, "plan.json"), encoding="utf-8") as f:
        services = json.load(f)["services"]
    for s in services:
        missing = s["score"]["missing_weekly_days"]
        gap = (s["bound"]["total"] - s["score"]["total"]) / max(1, s["score"]["weighted_expected"] + s["score"]["visit_points"])
        add("  gap of %s to its bound%s" % (s["service_id"], ", %d weekly day missing" % missing if missing else ""), 100 * gap, "%")
    size = sum(os.path.getsize(p) for p in glob.glob(world.data + "/calendars/*/*.ics"))
    wall, _, peak = timed(world.path("planvaxctl"), "ingest", "--dry-run", "--summary", world.data + "/calendars")
    add("reading its calendars (dry run)", size / 1e6 / wall, "MB/s")


def generator():
    """`planvaxctl demo` streams: 800 services take no more memory than 5."""
    peaks = {}
    for services in (5, 800):
        world = World(services=0)
        try:
            wall, _, peaks[services] = timed(world.path("planvaxctl"), "demo", "--dir", world.data, "--services", str(services), "--people", "200")
            add("demo of %d services of 200 people" % services, wall, "s")
            add("  peak memory", peaks[services], "MiB")
        finally:
            world.end()
    add("  800 services over 5", peaks[800] / peaks[5], "x")


def main():
    before = os.getloadavg()[0]
    chain()
    first_import()
    generator()
    cores, after = len(os.sched_getaffinity(0)), os.getloadavg()[0]
    print("%d cores, load %.1f before and %.1f after" % (cores, before, after))
    if before > 0.5 * cores:
        print("NOTE: other work ran at the same time: wall times are too long and tell nothing of --jobs; CPU and memory hold")
    print("%-48s %12s %-8s %s" % ("figure", "value", "unit", "of its limit"))
    for what, value, unit, ratio in table:
        print("%-48s %12s %-8s %s" % (what, ("%d" if float(value).is_integer() else "%.2f") % value, unit, ratio))
    print("bench chain: %d figures" % len(table))


main()

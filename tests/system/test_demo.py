#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""The demo data set from outside: exit codes, equal bytes, flat memory, files that
csv and a plain calendar reader accept, and a plan of it in which every status and many reasons occur."""
import csv
import filecmp
import glob
import json
import os
import re
import subprocess
import sys
import tempfile
import time

CTL = os.path.join(os.environ.get("B", "build/release"), "planvaxctl")
STATUSES = "propose verify proposed_elsewhere not_due ineligible complete undetermined no_dose no_time".split()
REASONS = "distance capacity doses staff no_host".split()  # whatever the planner makes of the demo
KNOWN_REASONS = set(REASONS + "hours notice pinned too_small not_worth".split())
passed, failed = 0, 0


def check(label, holds, told=""):
    global passed, failed
    if holds:
        passed += 1
    else:
        failed += 1
        print("FAILED: %s %s" % (label, told))


def run(*words):
    return subprocess.run([CTL] + list(words), stdin=subprocess.DEVNULL, capture_output=True, text=True)


def peak_kib(*words):
    """Peak resident memory of a run, sampled (what wait tells counts the interpreter that forked)."""
    peak = 0
    with subprocess.Popen([CTL] + list(words), stdin=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as child:
        while child.poll() is None:
            try:
                with open("/proc/%d/status" % child.pid, encoding="ascii", errors="replace") as f:
                    text = f.read()
            except OSError:
                break
            if "Name:\tplanvaxctl" in text:
                found = re.search(r"VmHWM:\s+(\d+) kB", text)
                peak = max(peak, int(found.group(1)) if found else 0)
            time.sleep(0.001)
    assert child.returncode == 0
    return peak


def rows(folder, name):
    with open(os.path.join(folder, name), encoding="utf-8", newline="") as f:
        return list(csv.DictReader(f, delimiter=";"))


def usage(folder):
    for label, words, code in [
            ("help", ["--help"], 0), ("no folder", [], 2), ("bad number", ["--dir", folder, "--people", "many"], 2),
            ("bad month", ["--dir", folder, "--month", "2022-1"], 2), ("no reference", ["--dir", folder, "--reference", folder], 1),
            ("no parent", ["--dir", os.path.join(folder, "a", "b")], 1), ("unknown option", ["--dir", folder, "--color"], 2)]:
        done = run("demo", *words)
        check("exit code of " + label, done.returncode == code, done.stderr)
    os.mkdir(os.path.join(folder, "full"))
    open(os.path.join(folder, "full", "mine.txt"), "w").close()
    done = run("demo", "--dir", os.path.join(folder, "full"))
    check("a folder that is not empty", done.returncode == 1 and "--force" in done.stderr, done.stderr)
    check("nothing is written there", os.listdir(os.path.join(folder, "full")) == ["mine.txt"])


def same(a, b):
    names = sorted(os.path.relpath(p, a) for p in glob.glob(a + "/**", recursive=True) if os.path.isfile(p))
    return len(names) > 20 and not any(filecmp.cmpfiles(a, b, names, shallow=False)[1:])


def files_parse(folder):
    registers = {os.path.basename(p)[:-4]: rows(folder, os.path.basename(p)) for p in glob.glob(folder + "/*.csv")}
    check("all registers", sorted(registers) == ["centres", "communes", "companies", "history", "partners", "people", "services",
                                                 "staff", "stock", "vehicles", "visits"], sorted(registers))
    check("no row is ragged", not any(None in row or None in row.values() for table in registers.values() for row in table))
    people = {row["person_ref"] for row in registers["people"]}
    centres = {row["centre_id"] for row in registers["centres"]} | {row["name"] for row in registers["centres"]}
    strangers, unplaced = 0, 0
    for path in glob.glob(folder + "/calendars/*/*.ics"):
        with open(path, "rb") as f:
            raw = f.read()
        text = raw.decode("utf-8").replace("\r\n ", "")
        check("calendar is well formed: " + os.path.basename(path), raw.count(b"\n") == raw.count(b"\r\n") and
              all(len(line) <= 75 for line in raw.split(b"\r\n")) and text.startswith("BEGIN:VCALENDAR\r\n") and
              text.endswith("END:VCALENDAR\r\n") and text.count("BEGIN:VEVENT\r\n") == text.count("UID:") == text.count("END:VEVENT\r\n"))
        strangers += sum(ref not in people for ref in re.findall(r"X-PLANVAX-PERSON:(\S+)", text))
        unplaced += sum(place not in centres for place in re.findall(r"LOCATION:(.+)\r", text))
    check("a few visits name strangers", 0 < strangers < 60, strangers)
    check("a few visits name rooms", 0 < unplaced < 200, unplaced)


def plan_is_rich(folder, out):
    done = run("plan", "--input", folder, "--from", "2022-01-01", "--to", "2022-01-31", "--out", out)
    check("the demo can be planned", done.returncode == 0, done.stderr)
    if done.returncode != 0:
        return
    with open(out, encoding="utf-8") as f:
        services = json.load(f)["services"]
    statuses = {p["status"] for s in services for p in s["proposals"]}
    reasons = {u["reason"] for s in services for u in s["unserved"]}
    sites = {(x["site"]["kind"], x["vehicle"] is not None) for s in services for x in s["sessions"]}
    for status in STATUSES:
        check("status " + status, status in statuses)
    for reason in REASONS:
        check("reason " + reason, reason in reasons)
    check("no reason that has no name", reasons <= KNOWN_REASONS, reasons - KNOWN_REASONS)
    check("weekly days in every service", all(s["days"] for s in services))
    check("sessions by car and by bus", {("company", False), ("company", True)} <= sites, sites)


def main():
    with tempfile.TemporaryDirectory() as folder:
        usage(folder)
        one, two, other = (os.path.join(folder, n) for n in ("one", "two", "other"))
        for path, words in ((one, []), (two, []), (other, ["--seed", "2"])):
            check("demo in " + path, run("demo", "--dir", path, *words).returncode == 0)
        check("equal arguments, equal bytes", same(one, two))
        check("another seed, other bytes", not same(one, other))
        files_parse(one)
        plan_is_rich(one, os.path.join(folder, "plan.json"))
        few = peak_kib("demo", "--dir", os.path.join(folder, "few"), "--services", "10")
        many = peak_kib("demo", "--dir", os.path.join(folder, "many"), "--services", "150")
        check("memory is flat", many <= few * 1.25 + 1024, "%d KiB for 10 services, %d KiB for 150" % (few, many))
    print("%d passed, %d failed" % (passed, failed))
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())

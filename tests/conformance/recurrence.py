#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Recurrence rules of suites/ical/rrule: each is reproduced, or declined with a report; never differs silently.

Each case becomes a calendar of one event, read by `planvaxctl ingest --dry-run` with a window that ends a year after the
last expected instance (rules without COUNT or UNTIL: on its day)."""
import concurrent.futures
import datetime as dt
import json
import os
import subprocess
import sys
import zoneinfo

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))
from daemon_support import B, Tally

CASES = os.path.join(os.environ["SHARED"], "suites/ical/rrule/cases.jsonl")
UTC = dt.timezone.utc


def moment(text):
    """(naive date-time, is it told in UTC, is it a day)"""
    if len(text) == 8:
        return dt.datetime.strptime(text, "%Y%m%d"), False, True
    return dt.datetime.strptime(text[:15], "%Y%m%dT%H%M%S"), text.endswith("Z"), False


def calendar(case):
    start, in_utc, is_day = moment(case["dtstart"])
    parameter = ";VALUE=DATE" if is_day else ";TZID=" + case["tzid"] if case.get("tzid") and not in_utc else ""
    return ("BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//planvax//test//EN\r\nBEGIN:VEVENT\r\nUID:case-%s\r\nDTSTAMP:20200101T000000Z\r\n"
            "DTSTART%s:%s\r\nRRULE:%s\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n" % (case["id"], parameter, case["dtstart"], case["rrule"]))


def read(case):
    expected = [moment(x)[0] for x in case["expected"]]
    start = moment(case["dtstart"])[0]
    bounded = "COUNT=" in case["rrule"] or "UNTIL=" in case["rrule"]
    last = (expected[-1] if expected else start + dt.timedelta(days=366)) + dt.timedelta(days=366 if bounded and expected else 0)
    zone = case.get("tzid") or "UTC"
    done = subprocess.run([os.path.join(B, "planvaxctl"), "ingest", "--dry-run", "--zone", zone, "--from", str(start.date() - dt.timedelta(1)),
                           "--to", str(last.date() + dt.timedelta(1)), "-"],
                          input=calendar(case).encode(), capture_output=True, timeout=30)
    lines = [json.loads(x) for x in done.stdout.decode().splitlines()]
    return case, expected, bounded, last, done, lines


def judge(tally, case, expected, bounded, last, done, lines):
    name = "case %s %s from %s" % (case["id"], case["rrule"], case["dtstart"])
    if not tally.check(done.returncode in (0, 1, 3) and lines and "summary" in lines[-1], name + ": exit %d" % done.returncode):
        return None
    events = lines[:-1]
    rejected = [x for x in events if x["status"] == "rejected"]
    if rejected:
        problem = rejected[0]["problem"] or {}
        tally.check(len(events) == 1 and problem.get("what") and problem.get("line") == 8, name + ": declined at its line with a reason: %s" % problem)
        return "declined"
    zone = zoneinfo.ZoneInfo(case.get("tzid") or "UTC")
    got = [dt.datetime.fromisoformat(x["start"].replace("Z", "+00:00")) for x in events]
    got = sorted(x.astimezone(zone).replace(tzinfo=None) for x in got)
    if not bounded:
        got = [x for x in got if x <= last]
        got = got[:len(expected)] if expected else got
    tally.check(got == expected, "%s: %d instances for %d; missing %s, not expected %s; told: %s" % (
        name, len(got), len(expected), [str(x) for x in expected if x not in got][:3], [str(x) for x in got if x not in expected][:3],
        done.stderr.decode().strip()[-300:]))
    return "reproduced"


def main():
    tally, kinds = Tally("recurrence"), []
    with open(CASES, encoding="utf-8") as f:
        cases = [json.loads(line) for line in f if line.strip()]
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        for result in pool.map(read, cases):
            kinds.append(judge(tally, *result))
    print("%d cases: %d compared, %d declined" % (len(cases), kinds.count("reproduced"), kinds.count("declined")))
    calm = [k for k, c in zip(kinds, cases) if not any("FREQ=" + f in c["rrule"] for f in ("HOURLY", "MINUTELY", "SECONDLY"))]
    tally.check(calm.count("declined") <= len(calm) * 0.2, "of rules by day or longer at most a fifth is declined: %d of %d" % (
        calm.count("declined"), len(calm)))
    tally.end()


main()

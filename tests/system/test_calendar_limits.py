#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Calendars made to hurt, piped through `planvaxctl ingest --dry-run`: a huge line, components without end, dates and rules without
end, lone CRs, nothing but series. Each is refused or read in bounded memory, at its line, and every event is accounted for. The sizes are
reduced ones; tests/bench/calendars.py takes them in full."""
import json
import os
import re
import subprocess
import sys
import threading

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))
from daemon_support import B, Tally

MAX_RESIDENT_KIB = 72 * 1024  # 64 MiB beside the program itself
tally = Tally("calendar_limits")
HEAD, TAIL = b"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//planvax//test//EN\r\n", b"END:VCALENDAR\r\n"


def event(uid, lines, end=b"\r\n"):
    return end.join([b"BEGIN:VEVENT", b"UID:" + uid, b"DTSTART:20220103T080000Z", *lines, b"END:VEVENT", b""])


def ingest(parts, *args):
    """(rows, summary, stderr, peak KiB) of a calendar that comes in parts."""
    child = subprocess.Popen([os.path.join(B, "planvaxctl"), "ingest", "--dry-run", "--zone", "UTC", *args, "-"], stdin=subprocess.PIPE,
                             stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    out, err = [], []
    readers = [threading.Thread(target=lambda f=f, to=to: to.append(f.read())) for f, to in ((child.stdout, out), (child.stderr, err))]
    for r in readers:
        r.start()
    peak = 0
    for part in parts:
        child.stdin.write(part)
        peak = max(peak, resident(child.pid))
    child.stdin.close()
    while child.poll() is None:
        peak = max(peak, resident(child.pid))
        try:
            child.wait(0.02)
        except subprocess.TimeoutExpired:
            pass
    for r in readers:
        r.join()
    rows = [json.loads(x) for x in out[0].decode("utf-8").splitlines()]
    tally.check(child.returncode in (0, 1, 3) and rows and "summary" in rows[-1], "exit %d: %s" % (child.returncode, err[0][-300:]))
    return rows[:-1], rows[-1].get("summary", {}) if rows else {}, err[0].decode("utf-8", "replace"), peak


def resident(pid):
    try:
        with open("/proc/%d/status" % pid, encoding="ascii", errors="replace") as f:
            found = re.search(r"VmHWM:\s+(\d+) kB", f.read())
    except OSError:
        return 0
    return int(found.group(1)) if found else 0


def check(name, parts, want, args=()):
    """want(rows, summary, stderr): what must hold, by name."""
    rows, summary, err, peak = ingest(parts, *args)
    tally.check(peak <= MAX_RESIDENT_KIB, "%s: %d KiB resident" % (name, peak))
    for what, holds in want(rows, summary, err):
        tally.check(holds, "%s: %s: %s %s %s" % (name, what, summary, rows[:2], err[-300:]))


def problems(rows):
    return [(x["problem"]["line"], x["problem"]["what"]) for x in rows if x["status"] == "rejected"]


def long_lines():
    filler = [b"x" * 1000000] * 40
    for name, wanted in ((b"DESCRIPTION", False), (b"EXDATE", True)):
        parts = [HEAD, event(b"a", []), b"BEGIN:VEVENT\r\nUID:b\r\nDTSTART:20220103T080000Z\r\n" + name + b":", *filler,
                 b"\r\nEND:VEVENT\r\n", event(b"c", []), TAIL]
        check("a line of 40 MB in %s" % name.decode(), parts, lambda rows, s, err, wanted=wanted: (
            ("three events", s["components"] == 3),
            ("refused at its line" if wanted else "it does not matter", problems(rows) == ([(11, "EXDATE is longer than 1048576 bytes")] if wanted else [])),
        ))
    check("a line that never ends", [HEAD, b"BEGIN:VEVENT\r\nUID:b\r\nATTENDEE:", *filler], lambda rows, s, err: (
        ("cut, at its line", len(rows) == 1 and problems(rows)[0][0] == 6 and "truncated at line 6" in problems(rows)[0][1]),
        ("and column", rows[0]["problem"]["column"] == 40000000 + len("ATTENDEE:") + 1),
    ))
    folds = [b"BEGIN:VEVENT\r\nUID:b\r\nDTSTART:20220103T080000Z\r\nEXDATE:"] + [b"\r\n 2022"] * 300000 + [b"\r\nEND:VEVENT\r\n"]
    check("300,000 folds", [HEAD, b"".join(folds), TAIL], lambda rows, s, err: (("refused", len(problems(rows)) == 1),))


def components_without_end():
    check("200,000 components in each other", [HEAD, b"BEGIN:X-A\r\n" * 200000, event(b"a", []), b"END:X-A\r\n" * 200000, event(b"b", []), TAIL],
          lambda rows, s, err: (
              ("both counted", s["components"] == 2 and s["busy"] == 1 and s["rejected"] == 1),
              ("the one beyond the depth at its line", problems(rows) == [(200004, "components are nested deeper than 16")])))
    check("100,000 events in each other", [HEAD, b"BEGIN:VEVENT\r\n" * 100000, TAIL],
          lambda rows, s, err: (("each rejected at its line", s["rejected"] == 100000 and len({x["line"] for x in rows}) == 100000),))


def dates_without_end():
    value = b"20220104T080000Z"
    check("100,000 EXDATEs in lines of their own", [HEAD, event(b"a", [b"RRULE:FREQ=DAILY;COUNT=3", *[b"EXDATE:" + value] * 100000]), TAIL],
          lambda rows, s, err: (("refused", len(problems(rows)) == 1 and problems(rows)[0][0] >= 4),))
    check("100,000 EXDATEs in a line", [HEAD, event(b"a", [b"RRULE:FREQ=DAILY;COUNT=3", b"EXDATE:" + b",".join([value] * 100000)]), TAIL],
          lambda rows, s, err: (("refused at its line", problems(rows) == [(8, "EXDATE is longer than 1048576 bytes")]),))
    check("40,000 EXDATEs", [HEAD, event(b"a", [b"RRULE:FREQ=DAILY;COUNT=3", *[b"EXDATE:" + value] * 40000]), TAIL],
          lambda rows, s, err: (("taken", s["busy"] == 2 and s["rejected"] == 0),))
    check("a rule that never ends", [HEAD, event(b"a", [b"RRULE:FREQ=DAILY"]), event(b"b", [b"RRULE:FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30"]), TAIL],
          lambda rows, s, err: (("both refused at their lines", [x[0] for x in problems(rows)] in ([7, 12], [12, 7])),),
          ("--from", "2022-01-01", "--to", "2400-01-01"))


def line_ends():
    body = lambda end: HEAD.replace(b"\r\n", end) + b"".join(event(b"u%d" % i, [b"SUMMARY:" + b"s" * 60], end) for i in range(30000)) + TAIL.replace(b"\r\n", end)
    for name, end in (("lone CR", b"\r"), ("LF", b"\n"), ("CRLF", b"\r\n"), ("LF CR", b"\n\r")):
        check("30,000 events with " + name, [body(end)], lambda rows, s, err: (("all taken", s["busy"] == 30000 and s["rejected"] == 0),))
    check("no end of line at all", [HEAD.replace(b"\r\n", b" "), b"BEGIN:VEVENT " * 500000], lambda rows, s, err: (("nothing is found", s["components"] == 0),))


def series_alone():
    """More than is kept in memory: overrides before and after, versions, moved rests."""
    parts, n = [HEAD], 30000
    for i in range(n):
        parts.append(b"BEGIN:VEVENT\r\nUID:s%d\r\nRECURRENCE-ID:20220104T080000Z\r\nDTSTART:20220104T150000Z\r\nEND:VEVENT\r\n" % i if i % 2 else b"")
        parts.append(event(b"s%d" % i, [b"DURATION:PT1H", b"RRULE:FREQ=DAILY;COUNT=3"]))
    for i in range(0, n, 2):
        parts.append(b"BEGIN:VEVENT\r\nUID:s%d\r\nRECURRENCE-ID;RANGE=THISANDFUTURE:20220104T080000Z\r\nDTSTART:20220104T150000Z\r\nEND:VEVENT\r\n" % i)
    parts.append(TAIL)
    check("nothing but series", [b"".join(parts)], lambda rows, s, err: (
        ("every instance once", s["occurrences"] == 3 * n and len({(x["uid"], x["recurrence_id"]) for x in rows}) == 3 * n),
        ("the rest is moved", sum(x["start"] == "2022-01-05T15:00:00Z" for x in rows) == n // 2),
    ))


def zones():
    zone = (b"BEGIN:VTIMEZONE\r\nTZID:Own\r\nBEGIN:STANDARD\r\nDTSTART:20000101T000000\r\nTZOFFSETFROM:+0100\r\nTZOFFSETTO:+0100\r\n"
            b"END:STANDARD\r\nEND:VTIMEZONE\r\n")
    one = HEAD + zone + event(b"a", []).replace(b"DTSTART:", b"DTSTART;TZID=Own:").replace(b"Z\r\nEND", b"\r\nEND") + TAIL
    check("20,000 calendars in one file", [one * 20000], lambda rows, s, err: (("all taken", s["busy"] == 20000),))
    many = b"".join(zone.replace(b"Own", b"Own%d" % i) for i in range(20000))
    check("20,000 zones", [HEAD, many, event(b"a", []).replace(b"DTSTART:", b"DTSTART;TZID=Own19999:"), TAIL],
          lambda rows, s, err: (("told", s["components"] == 1),))
    unknown = b"".join(event(b"u%d" % i, []).replace(b"DTSTART:20220103T080000Z", b"DTSTART;TZID=Nowhere%d:20220103T080000" % i) for i in range(30000))
    check("30,000 unknown zones", [HEAD, unknown, TAIL], lambda rows, s, err: (("each rejected, none is UTC", s["rejected"] == 30000),))


long_lines()
components_without_end()
dates_without_end()
line_ends()
series_alone()
zones()
tally.end()

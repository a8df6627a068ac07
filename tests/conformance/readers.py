#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Independent readers of the same files: where libical, python3-icalendar or ical.js can read an event, UID, RECURRENCE-ID, instants, STATUS
and SEQUENCE agree with `planvaxctl ingest --dry-run`. An event that ours rejects with its reason is no disagreement; each other exception
stands in EXCEPTIONS with its reason. readers.py FILE... compares these files instead of the suite."""
import collections
import concurrent.futures
import datetime as dt
import glob
import json
import os
import re
import subprocess
import sys
import zoneinfo

SUPPORT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support")
sys.path.insert(0, SUPPORT)
from daemon_support import B, Tally

UTC = dt.timezone.utc
LIMIT_S = 10
# (file below suites/ical, reader, what): reason. A name that ends in / stands for a folder.
EXCEPTIONS = {
    ("corpus/pimutils+khal/tests/ics/tz_windows_format.ics", "libical", "start"):
        "its VTIMEZONE gives +0100 where New Zealand has +1300: the zone of that name counts, with a warning",
    ("corpus/pimutils+khal/tests/ics/tz_windows_format.ics", "libical", "end"): "as its start",
    ("corpus/pimutils+khal/tests/ics/tz_windows_format.ics", "ical.js", "start"): "as libical",
    ("corpus/pimutils+khal/tests/ics/tz_windows_format.ics", "ical.js", "end"): "as libical",
    ("corpus/pimutils+khal/tests/ics/cal_lots_of_timezones.ics", "ical.js", "start"):
        "ical.js finds no offset in this VTIMEZONE and takes UTC; libical agrees with ours",
    ("corpus/pimutils+khal/tests/ics/cal_lots_of_timezones.ics", "ical.js", "end"):
        "ical.js finds no offset in this VTIMEZONE and takes UTC; libical agrees with ours",
    ("corpus/pimutils+khal/tests/ics/part1.ics", "ical.js", "start"):
        "ical.js finds no offset in this VTIMEZONE and takes UTC; libical agrees with ours",
    ("corpus/pimutils+khal/tests/ics/part1.ics", "ical.js", "end"):
        "ical.js finds no offset in this VTIMEZONE and takes UTC; libical agrees with ours",
    ("corpus/pimutils+khal/tests/ics/event_dt_mixed_awareness.ics", "icalendar", "start"): "TZID and Z at once: Z counts, as with libical",
    ("corpus/pimutils+khal/tests/ics/event_dt_mixed_awareness.ics", "icalendar", "end"): "TZID and Z at once: Z counts, as with libical",
}


def data_of(path):
    with open(path, "rb") as f:
        return f.read()


def physical_lines(data):
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        data = data.decode("utf-16", errors="replace").encode()
    return data.replace(b"\r\n", b"\n").replace(b"\r", b"\n").split(b"\n")


def ours(path):
    """Lines of BEGIN:VEVENT in the file, and the rows by such a line."""
    try:
        done = subprocess.run([os.path.join(B, "planvaxctl"), "ingest", "--dry-run", "--zone", "UTC", path], stdin=subprocess.DEVNULL,
                              capture_output=True, timeout=LIMIT_S)
    except subprocess.TimeoutExpired:
        return None, None
    if done.returncode not in (0, 1, 3):
        return None, None
    rows = collections.defaultdict(list)
    for text in done.stdout.decode().splitlines():
        row = json.loads(text)
        if "summary" not in row:
            rows[row["line"]].append(row)
    begins = [n for n, x in enumerate(physical_lines(data_of(path)), 1) if x.lstrip(b"\xef\xbb\xbf").strip().upper() == b"BEGIN:VEVENT"]
    return begins, rows


def by_libical(path):
    """Events as libical reads them, in file order; None: it fails."""
    try:
        done = subprocess.run([sys.executable, os.path.join(SUPPORT, "libical_read.py"), path], stdin=subprocess.DEVNULL, capture_output=True,
                              timeout=LIMIT_S)
    except subprocess.TimeoutExpired:
        return None
    return [json.loads(x) for x in done.stdout.decode("utf-8", "replace").splitlines()] if done.returncode == 0 else None


def icalendar_moment(prop):
    """(text, whether its zone is known)"""
    if prop is None or isinstance(prop, list):
        return None, prop is None
    value, named = getattr(prop, "dt", None), prop.params.get("TZID")
    if not isinstance(value, dt.date):
        return None, False
    if not isinstance(value, dt.datetime):
        return value.strftime("%Y%m%d"), True
    if named and value.utcoffset() != dt.timedelta(0):
        try:
            value = value.replace(tzinfo=zoneinfo.ZoneInfo(str(named)))
        except (zoneinfo.ZoneInfoNotFoundError, ValueError, OSError):
            return None, False
    if value.tzinfo is None:
        return value.strftime("%Y%m%dT%H%M%S"), named is None
    return value.astimezone(UTC).strftime("%Y%m%dT%H%M%SZ"), True


def by_icalendar(path):
    import icalendar
    try:
        calendars = icalendar.Calendar.from_ical(data_of(path), multiple=True)
    except Exception:  # it raises whatever its parts do
        return None
    out = []
    for event in (e for c in calendars for e in c.walk("VEVENT")):
        times = {name: icalendar_moment(event.get(name)) for name in ("DTSTART", "DTEND", "RECURRENCE-ID")}
        broken = bool(event.errors)
        out.append({"uid": None if event.get("UID") is None else str(event.get("UID")), "start": times["DTSTART"][0], "end": times["DTEND"][0],
                    "recurrence_id": times["RECURRENCE-ID"][0], "status": event.get("STATUS") and str(event.get("STATUS")),
                    "sequence": event.get("SEQUENCE") and str(event.get("SEQUENCE")), "recurs": "RRULE" in event or "RDATE" in event,
                    "zoned": all(known for _, known in times.values()) and not broken})
    return out


def icaljs_module():
    """ical.js, fetched by npm into the tree once; None: there is no node, or no npm to reach."""
    folder = os.path.join(B, "npm")
    module = os.path.join(folder, "node_modules/ical.js/dist/ical.js")
    if not os.path.exists(module):
        os.makedirs(folder, exist_ok=True)
        try:
            subprocess.run(["npm", "install", "--prefix", folder, "--no-audit", "--no-fund", "--silent", "ical.js@2"], stdin=subprocess.DEVNULL,
                           stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, timeout=120)
        except (OSError, subprocess.TimeoutExpired):
            pass
    return module if os.path.exists(module) else None


def by_icaljs(files):
    """Events of each file that ical.js reads."""
    module, out = icaljs_module(), {}
    if module is None:
        print("readers: ical.js is left out: npm cannot fetch it")
        return out
    for i in range(0, len(files), 50):
        try:
            done = subprocess.run(["node", os.path.join(SUPPORT, "ical_js_read.mjs"), module, *files[i:i + 50]], stdin=subprocess.DEVNULL,
                                  capture_output=True, timeout=120)
        except (OSError, subprocess.TimeoutExpired):
            continue
        for text in done.stdout.decode("utf-8", "replace").splitlines():
            told = json.loads(text)
            out[told["file"]] = told["events"]
    return out


def instant(text):
    """As our rows write it, times without zone being UTC here; None stays."""
    if text is None:
        return None
    text = text.rstrip("Z") + ("T000000" if len(text) == 8 else "")
    try:
        return dt.datetime.strptime(text, "%Y%m%dT%H%M%S").strftime("%Y-%m-%dT%H:%M:%SZ")
    except ValueError:
        return "?" + text


def differences(event, row):
    """What of one event the other reader sees otherwise."""
    uid = (event["uid"] or "").strip()
    if uid != (row["uid"] or ""):
        yield "uid", row["uid"], event["uid"]
    if instant(event["start"]) != row["start"] and row["start"] is not None:
        yield "start", row["start"], event["start"]
    if event["end"] is not None and instant(event["end"]) != row["end"] and event["end"] != event["start"] and row["end"] is not None:
        yield "end", row["end"], event["end"]
    theirs = instant(event["recurrence_id"])
    mine = row["recurrence_id"]
    if mine is not None and "-" not in mine:
        mine = instant(mine)
    if theirs != mine:
        yield "recurrence_id", row["recurrence_id"], event["recurrence_id"]
    if ((event["status"] or "").upper() == "CANCELLED") and row["status"] != "cancelled":
        yield "status", row["status"], event["status"]
    if "sequence" in row and re.fullmatch(r"-?\d{1,9}", (event["sequence"] or "0").strip()) and int(event["sequence"] or 0) != row["sequence"]:
        yield "sequence", row["sequence"], event["sequence"]


def compare(tally, name, reader, events, begins, rows):
    """Compares what both read. Returns how many events."""
    if events is None or len(events) != len(begins):
        return 0  # it lost some: which is which is not known
    n = 0
    for event, line in zip(events, begins):
        mine = rows.get(line, [])
        if event["recurs"] or not event["zoned"] or event["start"] is None or len(mine) != 1 or mine[0]["status"] == "rejected":
            continue
        n += 1
        for what, a, b in differences(event, mine[0]):
            known = any((name == f or (f.endswith("/") and name.startswith(f))) and reader == r and what == w for f, r, w in EXCEPTIONS)
            tally.check(known, "%s:%d: %s is %s, %s says %s" % (name, line, what, a, reader, b))
        tally.check(True, "")
    return n


def read(path):
    return path, ours(path), {"libical": by_libical(path), "icalendar": by_icalendar(path)}


def main():
    suite = os.path.join(os.environ.get("SHARED", "../shared"), "suites/ical")
    files = sys.argv[1:] or sorted(f for f in glob.glob(suite + "/corpus/**/*", recursive=True) + glob.glob(suite + "/edge/*") if os.path.isfile(f))
    tally, compared = Tally("readers"), collections.Counter()
    icaljs = by_icaljs(files)
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        for path, (begins, rows), others in pool.map(read, files):
            name = os.path.relpath(path, suite) if not sys.argv[1:] else path
            if not tally.check(begins is not None, name + ": ours fails or takes more than %d s" % LIMIT_S):
                continue
            others["ical.js"] = icaljs.get(path)
            for reader, events in others.items():
                compared[reader] += compare(tally, name, reader, events, begins, rows)
    for reader, least in () if sys.argv[1:] else (("libical", 1000), ("icalendar", 300), *([("ical.js", 1000)] if icaljs else [])):
        tally.check(compared[reader] >= least, "%d events compared with %s" % (compared[reader], reader))
    print(", ".join("%d events compared with %s" % (n, r) for r, n in sorted(compared.items())))
    tally.end()


main()

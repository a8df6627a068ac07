#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""The calendar suite through `planvaxctl ingest --dry-run`: every file is read within 10 s without a crash, its events are counted
as a plain search counts them, and the counts add up; python3-icalendar reads the well-formed files independently."""
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

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))
from daemon_support import B, Tally

SUITE = os.path.join(os.environ["SHARED"], "suites/ical")
UTC = dt.timezone.utc
tally = Tally("calendars")


def text_of(path):
    with open(path, "rb") as f:
        data = f.read()
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return data.decode("utf-16", errors="replace")
    return data.decode("utf-8-sig", errors="replace")


def ingest(*args, data=None, limit=10):
    try:
        return subprocess.run([os.path.join(B, "planvaxctl"), "ingest", "--dry-run", *args], input=data, stdin=None if data is not None else subprocess.DEVNULL,
                              capture_output=True, timeout=limit)
    except subprocess.TimeoutExpired:
        return None


def read(path):
    return path, ingest("--zone", "UTC", path)


def counts_add_up(name, text, done):
    """The lines of a file that was read, or None."""
    if not tally.check(done is not None, name + ": takes more than 10 s"):
        return None
    if not tally.check(done.returncode in (0, 1, 3), "%s: exit %d: %s" % (name, done.returncode, done.stderr[-200:])):
        return None
    lines = [json.loads(x) for x in done.stdout.decode("utf-8").splitlines()]
    if not tally.check(lines and list(lines[-1]) == ["summary"], name + ": ends with a summary"):
        return None
    said, events = lines[-1]["summary"], lines[:-1]
    begun = len(re.findall(r"^BEGIN:VEVENT[ \t]*$", text.replace("\r\n", "\n").replace("\r", "\n"), re.M | re.I))
    tally.check(said["components"] == begun, "%s: %d components, a search finds %d" % (name, said["components"], begun))
    kinds = collections.Counter(x["status"] for x in events)
    tally.check(all(kinds[k] == said[k] for k in ("visit", "busy", "free", "cancelled", "rejected")), "%s: lines %s, summary %s" % (name, kinds, said))
    tally.check(said["occurrences"] == said["visit"] + said["busy"] + said["free"] + said["cancelled"], "%s: occurrences add up: %s" % (name, said))
    tally.check(all(x["problem"] and x["problem"]["what"] and x["problem"]["line"] >= 1 and x["problem"]["column"] >= 1
                    for x in events if x["status"] == "rejected"), name + ": what is rejected has line, column and reason")
    tally.check(done.returncode == (0 if said["rejected"] == 0 else 3 if said["occurrences"] else 1) or begun == 0 or b": " in done.stderr,
                "%s: exit %d with %s" % (name, done.returncode, said))
    missing = set(lines_of_events(text)) - {x["line"] for x in events}
    told = done.stderr.decode("utf-8", "replace")
    for line in sorted(missing):
        component = component_at(text, line)
        tally.check(explained(component, text, told), "%s:%d: an event is neither ingested nor rejected" % (name, line))
    return events


def physical(text):
    return text.replace("\r\n", "\n").replace("\r", "\n").split("\n")


def lines_of_events(text):
    return [n for n, x in enumerate(physical(text), 1) if x.rstrip().upper() == "BEGIN:VEVENT"]


def component_at(text, line):
    out = []
    for x in physical(text)[line - 1:]:
        out.append(x)
        if x.strip().upper() == "END:VEVENT":
            break
    return "\n".join(out).replace("\n ", "").replace("\n\t", "")


def explained(component, text, told):
    """Replaced by another component of its UID, a recurrence without an instance in the window, or a problem told on stderr."""
    uid = re.search(r"^UID[^:\n]*:(.*)$", component, re.M | re.I)
    same = len(re.findall(r"^UID[^:\n]*:%s[ \t]*\r?$" % re.escape(uid.group(1).strip()), text, re.M | re.I)) if uid else 0
    return same > 1 or re.search(r"^(RRULE|EXDATE|RDATE)", component, re.M | re.I) or "truncated" in told


def utc(value, zone):
    if not isinstance(value, dt.datetime):
        value = dt.datetime.combine(value, dt.time())
    return (value if value.tzinfo else value.replace(tzinfo=zone)).astimezone(UTC)


def agrees_with_icalendar(name, path, events):
    """UID and start of single events, as python3-icalendar and zoneinfo understand them. Returns how many were compared."""
    import icalendar
    try:
        with open(path, "rb") as f:
            calendars = icalendar.Calendar.from_ical(f.read(), multiple=True)
    except (ValueError, IndexError, KeyError, AttributeError, TypeError):
        return 0
    mine = collections.defaultdict(set)
    for x in events:
        mine[x["uid"]].add(x["start"] if x["status"] != "rejected" else "rejected")
    uids = collections.Counter(str(e.get("UID")) for c in calendars for e in c.walk("VEVENT"))
    compared = 0
    for event in (e for c in calendars for e in c.walk("VEVENT")):
        uid, start = event.get("UID"), event.get("DTSTART")
        if uid is None or start is None or isinstance(start, list) or uids[str(uid)] > 1 or event.get("RRULE") or event.get("RDATE") or event.errors:
            continue
        if not tally.check(str(uid) in mine, "%s: UID %s is not told" % (name, uid)):
            continue
        if "rejected" in mine[str(uid)]:
            continue
        zone, named = UTC, start.params.get("TZID")
        value = getattr(start, "dt", None)
        if value is None or (named and isinstance(value, dt.datetime) and value.tzinfo is None):
            continue
        if named and re.search(r"^DTSTART;[^:\n]*TZID[^:\n]*:\d{8}T\d{6}Z", text_of(path), re.M):
            continue  # a zone and UTC at once: engines differ
        if named and isinstance(value, dt.datetime):
            try:
                zone = zoneinfo.ZoneInfo(str(named))
                value = value.replace(tzinfo=None)
            except (zoneinfo.ZoneInfoNotFoundError, ValueError, OSError):
                continue
        wanted = utc(value, zone).strftime("%Y-%m-%dT%H:%M:%SZ")
        tally.check(mine[str(uid)] == {wanted}, "%s: %s starts at %s, icalendar says %s" % (name, uid, mine[str(uid)], wanted))
        compared += 1
    return compared


def edge_cases(by_name):
    """What is known of single files of edge/."""
    for name, statuses in (("two_cal.ics", {"busy": 2}), ("bom8.ics", None), ("bom16.ics", None), ("latin1.ics", None), ("lower.ics", None), ("cr_2000.ics", None)):
        events = by_name.get(name)
        if not tally.check(events, "edge/%s yields events" % name):
            continue
        kinds = collections.Counter(x["status"] for x in events)
        tally.check(not kinds["rejected"] and (statuses is None or dict(kinds) == statuses), "edge/%s: %s" % (name, dict(kinds)))
    tally.check([x["place"] for x in by_name.get("empty.ics") or []] == [None], "edge/empty.ics: an empty value is no value")


def command_line(files):
    """A folder, standard input, --summary and --jobs tell the same."""
    folder = os.path.join(SUITE, "corpus", "pimutils+khal")
    one = ingest("--zone", "UTC", folder, limit=60)
    two = ingest("--zone", "UTC", "--jobs", "4", folder, limit=60)
    tally.check(one.stdout == two.stdout and one.returncode == two.returncode, "--jobs 4 prints the same")
    short = ingest("--zone", "UTC", "--summary", folder, limit=60)
    tally.check(short.stdout.splitlines() == one.stdout.splitlines()[-1:], "--summary prints the last line alone")
    path = next(f for f in files if f.endswith("edge/ok.ics"))
    with open(path, "rb") as f:
        piped = ingest("--zone", "UTC", "-", data=f.read())
    plain = ingest("--zone", "UTC", path)
    drop = [{k: v for k, v in json.loads(x).items() if k != "file"} for x in piped.stdout.splitlines()]
    tally.check(drop == [{k: v for k, v in json.loads(x).items() if k != "file"} for x in plain.stdout.splitlines()], "- reads standard input")
    tally.check(ingest("/nonexistent.ics").returncode == 1, "a file that is not there: 1")
    tally.check(ingest("--from", "2022-02-30", path).returncode == 2, "a bad date: 2")


def main():
    files = sorted(f for f in glob.glob(SUITE + "/corpus/**/*", recursive=True) + glob.glob(SUITE + "/edge/*") if os.path.isfile(f))
    tally.check(len(files) >= 300, "%d files" % len(files))
    compared, rejected, total, by_name = 0, 0, 0, {}
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        for path, done in pool.map(read, files):
            name = os.path.relpath(path, SUITE)
            events = counts_add_up(name, text_of(path), done)
            if events is not None:
                compared += agrees_with_icalendar(name, path, events)
                rejected += sum(x["status"] == "rejected" for x in events)
                total += len(events)
                if name.startswith("edge/"):
                    by_name[os.path.basename(path)] = events
    edge_cases(by_name)
    command_line(files)
    tally.check(compared > 300, "%d single events compared with python3-icalendar" % compared)
    print("%d files, %d lines, %d rejected, %d single events compared with python3-icalendar" % (len(files), total, rejected, compared))
    tally.end()


main()

#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Time zones by Windows name (suites/ical/windows_zones.tsv) and by IANA name, France overseas with them: an event at noon in winter and in
summer, and on both sides of each change of 2022, starts when zoneinfo says; times that a change skips or repeats are taken as RFC 5545
3.3.5 says."""
import csv
import datetime as dt
import json
import os
import subprocess
import sys
import zoneinfo

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))
from daemon_support import B, Tally

UTC = dt.timezone.utc
OVERSEAS = ("America/Guadeloupe America/Martinique America/Cayenne America/Miquelon America/St_Barthelemy America/Marigot Indian/Reunion "
            "Indian/Mayotte Indian/Kerguelen Pacific/Tahiti Pacific/Marquesas Pacific/Gambier Pacific/Noumea Pacific/Wallis Europe/Paris").split()


def windows_names():
    with open(os.path.join(os.environ["SHARED"], "suites/ical/windows_zones.tsv"), encoding="utf-8") as f:
        rows = [r for r in csv.reader(f, delimiter="\t") if len(r) >= 2 and not r[0].startswith("#")]
    return [(r[0], r[1]) for r in rows if "/" in r[1]]


def moments(zone):
    """Noon in two seasons, and each half hour around the changes of 2022."""
    out = [dt.datetime(2022, 1, 15, 12), dt.datetime(2022, 7, 15, 12)]
    for day in range(365):
        noon = dt.datetime(2022, 1, 1, 12) + dt.timedelta(day)
        if noon.replace(tzinfo=zone).utcoffset() != (noon + dt.timedelta(1)).replace(tzinfo=zone).utcoffset():
            out += [noon + dt.timedelta(minutes=30 * k) for k in range(48)]
    return out


def wanted(local, zone):
    """fold=0 is the first of two; of a gap, PEP 495 gives with fold=0 the offset before it."""
    return local.replace(tzinfo=zone).astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def main():
    tally, expected = Tally("zones"), {}
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//planvax//test//EN"]
    names = windows_names() + [(n, n) for n in OVERSEAS]
    for name, iana in names:
        zone = zoneinfo.ZoneInfo(iana)
        for i, local in enumerate(moments(zone)):
            uid = "%s %d" % (name, i)
            expected[uid] = wanted(local, zone)
            lines += ["BEGIN:VEVENT", "UID:" + uid, "DTSTART;TZID=\"%s\":%s" % (name, local.strftime("%Y%m%dT%H%M%S")), "END:VEVENT"]
    text = "\r\n".join(lines + ["END:VCALENDAR", ""])
    done = subprocess.run([os.path.join(B, "planvaxctl"), "ingest", "--dry-run", "--zone", "UTC", "-"], input=text.encode(), capture_output=True, timeout=60)
    rows = [json.loads(x) for x in done.stdout.decode().splitlines()][:-1]
    tally.check(len(names) > 130, "%d names" % len(names))
    tally.check({x["uid"] for x in rows} == set(expected), "every event is told: %d of %d" % (len(rows), len(expected)))
    for row in rows:
        tally.check(row["start"] == expected.get(row["uid"]), "%s starts at %s, zoneinfo says %s" % (row["uid"], row["start"] or row["problem"], expected.get(row["uid"])))
    print("%d names, %d times compared with zoneinfo" % (len(names), len(rows)))
    tally.end()


main()

#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Writes a data set anew: the same rows in another order, with other columns' order, delimiter, encoding, line ends and names.

    shuffle_set.py FROM TO [SEED]
"""
import csv
import glob
import io
import os
import random
import sys

ALIASES = {"services.csv": {"name": "nom"}, "companies.csv": {"name": "raison_sociale", "headcount": "effectif"}}
DELIMITERS = (",", "\t", ";")
ENCODINGS = ("cp1252", "utf-16", "utf-8-sig", "utf-8")


def read_rows(path):
    with open(path, encoding="utf-8-sig", newline="") as f:
        head = f.readline()
        f.seek(0)
        delimiter = max(DELIMITERS, key=head.count)
        return list(csv.reader(f, delimiter=delimiter))


def shuffle_register(path, target, moment, way):
    """way: a number that chooses delimiter, encoding, line end and quoting."""
    table = read_rows(path)
    names = ALIASES.get(os.path.basename(path), {})
    head, body = [names.get(x, x) for x in table[0]], table[1:]
    order = list(range(len(head)))
    moment.shuffle(order)
    moment.shuffle(body)
    out = io.StringIO()
    writer = csv.writer(out, delimiter=DELIMITERS[way % 3], quoting=csv.QUOTE_ALL if way % 5 == 0 else csv.QUOTE_MINIMAL,
                        lineterminator="\r\n" if way % 2 else "\n")
    for row in [head] + body:
        writer.writerow([row[i] for i in order])
    text, encoding = out.getvalue(), ENCODINGS[way % 4]
    try:
        data = text.encode(encoding)
    except UnicodeEncodeError:
        data = text.encode("utf-16")
    with open(target, "wb") as f:
        f.write(data)


def shuffle_calendar(path, target, moment):
    """The events of a calendar in another order; the rest of the file stays."""
    with open(path, encoding="utf-8", newline="") as f:
        lines = f.read().replace("\r\n", "\n").split("\n")
    events, others, event = [], [], None
    for line in lines:
        if line == "BEGIN:VEVENT":
            event = []
        (others if event is None else event).append(line)
        if line == "END:VEVENT":
            events.append(event)
            event = None
    moment.shuffle(events)
    at = others.index("END:VCALENDAR")
    lines = others[:at] + [x for e in events for x in e] + others[at:]
    with open(target, "w", encoding="utf-8", newline="") as f:
        f.write("\r\n".join(lines))


def shuffle_set(source, target, seed=1):
    moment = random.Random(seed)
    os.makedirs(target)
    for way, path in enumerate(sorted(glob.glob(source + "/*.csv"))):
        shuffle_register(path, os.path.join(target, os.path.basename(path)), moment, way + seed)
    for path in sorted(glob.glob(source + "/calendars/*/*.ics")):
        to = os.path.join(target, os.path.relpath(path, source))
        os.makedirs(os.path.dirname(to), exist_ok=True)
        shuffle_calendar(path, to, moment)


if __name__ == "__main__":
    shuffle_set(sys.argv[1], sys.argv[2], int(sys.argv[3]) if len(sys.argv) > 3 else 1)

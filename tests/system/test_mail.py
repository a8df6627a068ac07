#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Invitations of a run, read by Python's email package and python3-icalendar: who is invited, what changes when a member declines,
when an agenda fills up and when a day is forbidden; UIDs stay, SEQUENCE rises, a cancel is a CANCEL."""
import collections
import email
import email.policy
import glob
import json
import os
import shutil
import subprocess
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))
from daemon_support import Tally, World
from http_client import wait_for_socket

import icalendar

CHECKER = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support", "check_eml.py")
Mail = collections.namedtuple("Mail", "file to ident method uid sequence stamp start end status place answers")
tally = Tally("mail")


def read_mails(world):
    out = []
    for path in sorted(glob.glob(world.mail + "/new/*")):
        with open(path, "rb") as f:
            mail = email.message_from_binary_file(f, policy=email.policy.default)
        part = next(p for p in mail.walk() if p.get_content_type() == "text/calendar")
        calendar = icalendar.Calendar.from_ical(part.get_payload(decode=True).decode("utf-8"))
        event = calendar.walk("VEVENT")[0]
        out.append(Mail(os.path.basename(path), mail["To"].addresses[0].addr_spec, mail["Message-ID"].strip(), str(calendar["METHOD"]), str(event["UID"]),
                        int(event["SEQUENCE"]), event["DTSTAMP"].dt, event["DTSTART"].dt, event["DTEND"].dt, str(event["STATUS"]), str(event["LOCATION"]),
                        (mail["In-Reply-To"] or "").strip()))
    return out


def each_is_whole(world):
    """Structure of each mail: the checker that the unit tests of deliver use."""
    folder = os.path.join(world.dir, "eml")
    shutil.rmtree(folder, ignore_errors=True)
    os.mkdir(folder)
    for path in glob.glob(world.mail + "/new/*"):
        shutil.copyfile(path, os.path.join(folder, os.path.basename(path)[:60] + ".eml"))
    done = subprocess.run([sys.executable, CHECKER, folder], capture_output=True, text=True, timeout=60)
    tally.check(done.returncode == 0, "mails are whole: %s" % "\n".join(x for x in done.stdout.splitlines() if x.startswith("PROBLEM"))[:800])
    tally.check(not glob.glob(world.mail + "/tmp/*"), "nothing is left in tmp/")


def published(world):
    return json.loads(world.ctl("plan", "show", "S001", "2022-01", "--json", remote=True, check=True).stdout)["services"][0]


def invited(plan, emails, injectors):
    """What the plan asks for: (e-mail, start, end) of each physician and nurse of each offer."""
    return {(emails[s], x["start"], x["end"]) for x in plan["days"] + plan["sessions"] for s in x["staff"] if s in injectors}


def standing(mails):
    """What a calendar program shows after all mails: per UID and attendee the highest SEQUENCE, CANCEL removes."""
    last = {}
    for m in sorted(mails, key=lambda m: (m.sequence, m.stamp)):
        last[m.uid, m.to] = m
    return [m for m in last.values() if m.method == "REQUEST"]


def calendar_agrees(world, mails, what):
    import csv
    with open(world.data + "/staff.csv", encoding="utf-8") as f:
        staff = list(csv.DictReader(f, delimiter=";"))
    emails = {r["staff_id"]: r["email"] for r in staff}
    injectors = {r["staff_id"] for r in staff if r["role"] in ("physician", "nurse")}
    wanted = sorted((to, str(start)) for to, start, _ in ((t, parse_instant(s), e) for t, s, e in invited(published(world), emails, injectors)))
    shown = sorted((m.to, str(m.start)) for m in standing(mails))
    tally.check(wanted == shown, "%s: agendas show the plan: missing %s, too many %s" % (
        what, [x for x in wanted if x not in shown][:4], [x for x in shown if x not in wanted][:4]))


def parse_instant(text):
    import datetime
    return datetime.datetime.fromisoformat(text).astimezone(datetime.timezone.utc)


def series_are_sound(mails, what):
    tally.check(len({m.ident for m in mails}) == len(mails), what + ": Message-IDs are unique")
    series = collections.defaultdict(list)
    for m in mails:
        series[m.uid, m.to].append(m)
    for (uid, to), row in series.items():
        row.sort(key=lambda m: (m.sequence, m.stamp))
        for a, b in zip(row, row[1:]):
            tally.check(b.sequence > a.sequence, "%s: %s of %s: SEQUENCE rises: %s, %s" % (what, to, uid, a[3:7], b[3:7]))
            tally.check(b.stamp >= a.stamp, "%s: %s of %s: DTSTAMP rises" % (what, to, uid))
            tally.check(b.answers == a.ident, "%s: %s of %s: In-Reply-To names the mail before" % (what, to, uid))
            if b.method == "REQUEST":
                tally.check((a.start, a.end, a.place) != (b.start, b.end, b.place) or a.method == "CANCEL", "%s: %s: a new REQUEST changes time or place" % (what, to))
        tally.check(row[0].method == "REQUEST", "%s: %s of %s begins with a REQUEST" % (what, to, uid))
    for m in mails:
        if m.method == "CANCEL":
            tally.check(m.sequence > 0 and m.status == "CANCELLED", "%s: a CANCEL has a higher SEQUENCE and its status" % what)


def settle(world, version):
    """Waits until the plan has that version and the letters are out."""
    end = time.monotonic() + 30
    while time.monotonic() < end:
        if world.wait_idle(30) and published(world)["version"] >= version:
            return True
        time.sleep(0.1)
    return tally.check(False, "version %d is published: %s" % (version, world.log()[-600:]))


def decline(world, before):
    plan = published(world)
    offer = max(plan["days"] + plan["sessions"], key=lambda x: x["date"])
    member = next(s for s in offer["staff"] if "-P" in s or "-N" in s)
    done = world.ctl("plan", "decline", offer["id"], member, remote=True)
    tally.check(done.returncode == 0, "decline: %s" % done.stderr)
    settle(world, plan["version"] + 1)
    mails = read_mails(world)
    new = [m for m in mails if m.file not in {x.file for x in before}]
    to_member = [m for m in new if m.to.startswith(member.lower())]
    tally.check([m.method for m in to_member] == ["CANCEL"], "who declined gets a CANCEL: %s" % [m[1:6] for m in new])
    tally.check({m.start.date().isoformat() for m in new} <= {offer["date"]}, "nobody hears of other dates: %s" % [m[1:6] for m in new])
    after = published(world)
    tally.check(not any(x["id"] == offer["id"] and member in x["staff"] for x in after["days"] + after["sessions"]), "who declined is not in the team")
    same = [x["id"] for x in plan["days"] + plan["sessions"] if x["id"] != offer["id"]]
    tally.check(set(same) <= {x["id"] for x in after["days"] + after["sessions"]}, "the other offers stay")
    return mails


def fill_agenda(world, before):
    """A busy block over the whole team of the last day: it moves or changes, by update or by CANCEL and REQUEST."""
    plan = published(world)
    offer = max(plan["days"], key=lambda x: x["date"])
    start = parse_instant(offer["start"])
    text = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//planvax//test//EN"]
    for n, member in enumerate(offer["staff"]):
        text += ["BEGIN:VEVENT", "UID:late-block-%d" % n, "DTSTAMP:20211231T100000Z", "DTSTART:" + start.strftime("%Y%m%dT%H%M%SZ"),
                 "DTEND:" + parse_instant(offer["end"]).strftime("%Y%m%dT%H%M%SZ"), "ATTENDEE:mailto:%s@s001.example" % member.lower(), "SUMMARY:Réunion", "END:VEVENT"]
    path = os.path.join(world.dir, "block.ics")
    with open(path, "w", encoding="utf-8") as f:
        f.write("\r\n".join(text + ["END:VCALENDAR", ""]))
    world.drop(path, "S001/block.ics")
    settle(world, plan["version"] + 1)
    mails = read_mails(world)
    new = [m for m in mails if m.file not in {x.file for x in before}]
    tally.check(any(m.start.date().isoformat() == offer["date"] for m in new), "the team of the busy day hears of it: %s" % [m[1:6] for m in new])
    return mails


def forbid(world, before):
    plan = published(world)
    offer = max(plan["days"], key=lambda x: x["date"])
    world.ctl("plan", "forbid", "S001", "--date", offer["date"], "--centre", offer["centre_id"], "--reason", "travaux", remote=True, check=True)
    settle(world, plan["version"] + 1)
    mails = read_mails(world)
    new = [m for m in mails if m.file not in {x.file for x in before}]
    tally.check(any(m.method == "CANCEL" or m.sequence > 0 for m in new), "a forbidden day is cancelled or moved: %s" % [m[1:6] for m in new])
    after = published(world)
    tally.check(not any(x["date"] == offer["date"] and x["centre_id"] == offer["centre_id"] for x in after["days"]), "nothing is left at the forbidden place")
    return mails


def numbers_only(world, before):
    """More stock changes at most numbers: nobody is written to."""
    path = os.path.join(world.dir, "stock.csv")
    with open(world.data + "/partners.csv", encoding="utf-8") as f:
        text = f.read()
    with open(path, "w", encoding="utf-8") as f:
        f.write(text)
    world.drop(path, "partners.csv")
    world.wait_idle(30)
    tally.check(len(read_mails(world)) == len(before), "the same rows again send no mail")


def main():
    world = World(services=1, people=400)
    try:
        world.start_receiver()
        world.configure()
        world.drop_all()
        world.start()
        wait_for_socket(world)
        settle(world, 1)
        mails = read_mails(world)
        tally.check(len(mails) >= 4 and all(m.method == "REQUEST" and m.sequence == 0 and not m.answers for m in mails), "first invitations are REQUESTs: %d" % len(mails))
        calendar_agrees(world, mails, "first plan")
        for step in (numbers_only, decline, fill_agenda, forbid):
            mails = step(world, mails) or mails
            series_are_sound(mails, step.__name__)
            calendar_agrees(world, mails, step.__name__)
        each_is_whole(world)
        dead = [x for x in json.loads(world.ctl("outbox", "list", "--json", remote=True).stdout)["items"] if x["state"] != "done"]
        tally.check(not dead, "all letters are out: %s" % dead[:2])
    finally:
        world.end()
        tally.end()


main()

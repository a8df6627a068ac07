#!/usr/bin/python3
"""Visits that a plan moves, on their way back to the agenda: list, CSV, calendar; done after the next export, of a file and of a
CalDAV server."""
import csv
import datetime as dt
import io
import json
import os
import re
import subprocess
import sys

import icalendar

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))
from daemon_support import Tally, World
from feed_servers import Radicale

SERIES = "serie-1@agenda.example"
SIRET = "90000037300010"


def stamp(day, hour, minute):
    return "%sT%02d%02d00" % (day.strftime("%Y%m%d"), hour, minute)


class Agenda:
    """The physician's calendar as a vendor's software keeps it: single visits, and one series with overrides."""

    def __init__(self):
        self.events, self.order = {}, []
        days = [dt.date(2022, 1, k) for k in range(3, 32) if dt.date(2022, 1, k).weekday() < 5]
        n = 0
        for day in days:
            for hour, minute in ((9, 30), (14, 0), (15, 30)):
                n += 1
                self.put("v%03d@agenda.example" % n, "", [
                    "DTSTART;TZID=Europe/Paris:" + stamp(day, hour, minute), "DTEND;TZID=Europe/Paris:" + stamp(day, hour, minute + 30) if minute < 30
                    else "DTEND;TZID=Europe/Paris:" + stamp(day, hour + 1, 0),
                    "X-PLANVAX-PERSON:R%03d" % (n % 40), "CATEGORIES:VIP_PERIODIQUE", "X-PLANVAX-DUE:20220331", "LOCATION:C1"])
        self.put(SERIES, "", ["DTSTART;TZID=Europe/Paris:20220103T110000", "DTEND;TZID=Europe/Paris:20220103T113000",
                              "RRULE:FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR;COUNT=21", "X-PLANVAX-PERSON:R041", "CATEGORIES:VIP_PERIODIQUE",
                              "X-PLANVAX-DUE:20220331", "LOCATION:C1"])

    def put(self, uid, recurrence, lines, sequence="SEQUENCE:2"):
        key = (uid, recurrence)
        if key not in self.events:
            self.order.append(key)
        self.events[key] = ["UID:" + uid, sequence, "DTSTAMP:20211201T080000Z", "SUMMARY:Visite", "ATTENDEE:mailto:p1@service.example"] + lines

    def read(self, text):
        """Imports a calendar as calendar software does: an event of known UID (and RECURRENCE-ID) is replaced."""
        unfolded = text.replace("\r\n ", "").split("\r\n")
        event, n = None, 0
        for line in unfolded:
            if line == "BEGIN:VEVENT":
                event = []
            elif line == "END:VEVENT":
                fields = dict(x.split(":", 1) for x in event)
                key = (fields["UID"], fields.get("RECURRENCE-ID", ""))
                if key[1] == "" and key not in self.events or key[1] and (key[0], "") not in self.events:
                    raise SystemExit("the import has an event that the agenda does not know: %s" % (key,))
                if key not in self.events:
                    self.order.append(key)
                self.events[key] = event
                event, n = None, n + 1
            elif event is not None:
                event.append(line)
        return n

    def resources(self):
        """As a CalDAV server keeps it: a calendar a UID, a series with its overrides."""
        found = {}
        for uid, recurrence in self.order:
            found.setdefault(uid, []).extend(["BEGIN:VEVENT"] + self.events[uid, recurrence] + ["END:VEVENT"])
        frame = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//agenda//test//FR"]
        return {uid: "\r\n".join(frame + lines + ["END:VCALENDAR", ""]) for uid, lines in found.items()}

    def text(self):
        out = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//agenda//test//FR"]
        for key in self.order:
            out += ["BEGIN:VEVENT"] + self.events[key] + ["END:VEVENT"]
        return "\r\n".join(out + ["END:VCALENDAR", ""])


def write(path, text):
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "w", newline="") as f:
        f.write(text)


def make_data(world):
    d = world.data
    write(d + "/communes.csv", "insee;name;departement;region;lat;lon;dens7\n35238;Rennes;35;53;48.11;-1.68;1\n")
    write(d + "/services.csv", "service_id;name;kind;region;contact_email\nS001;Service de test;SPSTI;53;contact@service.example\n"
          "S002;Autre;SPSTI;53;\n")
    write(d + "/centres.csv", "centre_id;service_id;name;kind;insee;posts\nC1;S001;Centre;service;35238;2\n")
    write(d + "/staff.csv", "staff_id;service_id;role;name;email;centre_id\nP1;S001;physician;P1;p1@service.example;C1\n"
          "N1;S001;nurse;N1;n1@service.example;C1\n")
    write(d + "/companies.csv", "siret;service_id;name;insee;headcount;expected_takers\n%s;S001;Ateliers;35238;200;60\n" % SIRET)
    write(d + "/people.csv", "person_ref;service_id;siret;birth_date;kind;history_as_of\n" +
          "".join("R%03d;S001;%s;1980-02-0%d;employee;2021-12-20\n" % (i, SIRET, 1 + i % 9) for i in range(42)))
    write(d + "/stock.csv", "centre_id;product;delivered_on;expires_on;vials\nC1;COMIRNATY;2021-12-20;2022-03-31;200\n")


def ctl(world, *args):
    done = world.ctl(*args, remote=True)
    return done.returncode, done.stdout, done.stderr


def plan(world):
    code, out, err = ctl(world, "plan", "show", "S001", "--json")
    if code:
        raise SystemExit(err)
    return json.loads(out)["services"][0]


def moves(world, *more):
    code, out, err = ctl(world, "moves", "list", "--json", *more)
    if code:
        raise SystemExit(err)
    return json.loads(out)["items"]


def deliver(world, agenda):
    path = os.path.join(world.dir, "P1.ics")
    write(path, agenda.text())
    world.drop(path, "S001/P1.ics")
    return world.wait_idle()


def check_list(world, tally, first):
    wanted = {m["visit"]: m for m in first["moved_visits"]}
    rows = moves(world)
    tally.check(len(wanted) > 0 and {r["visit"] for r in rows} == set(wanted), "each moved visit is an open move: %d" % len(wanted))
    tally.check(any(r["recurrence"] for r in rows) and any(not r["recurrence"] for r in rows), "single visits and instances of a series are among them")
    for r in rows:
        at = dt.datetime.fromisoformat(r["to"].replace("Z", "+00:00"))
        tally.check(at == dt.datetime.fromisoformat(wanted[r["visit"]]["to"]) and r["state"] == "open" and not r["overdue"] and
                    r["source"] == "P1.ics" and r["version"] == first["version"] and r["person"].startswith("R") and r["offer"] in
                    [o["id"] for o in first["days"] + first["sessions"]], "the move tells where it goes and why: %s" % r)
    code, out, _ = ctl(world, "status", "--json")
    tally.check(json.loads(out)["moves"] == {"open": len(rows), "overdue": 0, "conflict": 0}, "status counts them")
    code, out, _ = ctl(world, "moves", "list", "--service", "S001", "--staff", "N1")
    tally.check(code == 0 and len(out.splitlines()) == 1, "a filter by staff that has none")
    return rows


def check_csv(world, tally, rows):
    path = os.path.join(world.dir, "moves.csv")
    code, _, err = ctl(world, "moves", "export", "--service", "S001", "--out", path)
    with open(path, "rb") as f:
        raw = f.read()
    tally.check(code == 0 and raw.startswith(b"\xef\xbb\xbfvisite;") and raw.endswith(b"\r\n"), "the table opens in a spreadsheet: %s" % err)
    table = list(csv.DictReader(io.StringIO(raw.decode("utf-8-sig"), newline=""), delimiter=";"))
    tally.check([t["visite"] for t in table] == [r["visit"] for r in rows] and all(None not in t and None not in t.values() for t in table), "a line a move")
    first = min(rows, key=lambda r: r["to"])
    line = [t for t in table if t["visite"] == first["visit"]][0]
    local = dt.datetime.fromisoformat(first["to"].replace("Z", "+00:00")) + dt.timedelta(hours=1)
    tally.check((line["nouvelle date"], line["nouvelle heure"]) == (local.strftime("%d/%m/%Y"), local.strftime("%H:%M")), "times are local: %s" % line)
    tally.check(line["personne"] == first["person"] and line["lieu"] == "C1" and line["état"] == "à faire" and first["offer"] in line["motif"] and
                line["durée (min)"] == "30", "it says who, where and why: %s" % line)


def check_readers(world, tally, path, rows):
    """What readers make of the calendar: our own, and icalendar."""
    done = world.ctl("ingest", "--dry-run", "--from", "2022-01-01", "--to", "2022-01-31", path)
    lines = [json.loads(x) for x in done.stdout.splitlines()]
    events = {x["uid"] + ("/" + x["recurrence_id"] if x.get("recurrence_id") else ""): x for x in lines if "summary" not in x}
    tally.check(set(events) == {r["visit"] for r in rows}, "our reader sees the same visits: %s" % done.stderr)
    for r in rows:
        e = events.get(r["visit"], {})
        tally.check(e.get("status") == "visit" and e.get("start") == r["to"] and e.get("person") == r["person"] and e.get("staff") == "p1@service.example" and
                    e.get("type") == "VIP_PERIODIQUE" and e.get("place") == "C1", "our reader: %s" % e)
    with open(path, "rb") as f:
        calendars = icalendar.Calendar.from_ical(f.read(), multiple=True)
    seen = {}
    for calendar in calendars:
        for e in calendar.walk("VEVENT"):
            at = e.get("RECURRENCE-ID")
            seen[str(e["UID"]) + ("/" + at.dt.strftime("%Y%m%dT%H%M%SZ") if at else "")] = (e.decoded("DTSTART"), int(e["SEQUENCE"]), str(e["SUMMARY"]))
    for r in rows:
        at = dt.datetime.fromisoformat(r["to"].replace("Z", "+00:00"))
        tally.check(seen.get(r["visit"]) == (at, 3, "Visite médicale"), "icalendar reads %s: %s" % (r["visit"], seen.get(r["visit"])))


def check_methods(world, tally, rows):
    code, publish, _ = ctl(world, "moves", "export", "--service", "S001", "--format", "ics")
    tally.check(code == 0 and publish.count("BEGIN:VCALENDAR") == 1 and "METHOD:PUBLISH" in publish and "ATTENDEE" not in publish, "PUBLISH is one calendar")
    code, request, _ = ctl(world, "moves", "export", "--service", "S001", "--format", "ics", "--method", "REQUEST")
    tally.check(code == 0 and request.count("METHOD:REQUEST") == len(rows) and request.count("ATTENDEE") == len(rows), "REQUEST is one a visit")
    for text in (publish, request):
        tally.check(text.count("\nUID:") == len(rows) and "P1@" not in text and text.count("\nSEQUENCE:3") == len(rows), "same UIDs, higher SEQUENCE")
    for args in (("--format", "ics"), ("--service", "S001", "--format", "xls"), ("--service", "S001", "--format", "ics", "--method", "CANCEL")):
        tally.check(ctl(world, "moves", "export", *args)[0] == 2, "wrong usage: %s" % (args,))
    tally.check(ctl(world, "moves", "export", "--service", "S009")[0] == 1, "an unknown service")


def check_roles(world, tally):
    code, out, _ = ctl(world, "status", "--json")
    base = [x for x in json.loads(out)["listen"] if ":" in x][0]
    for role, more, wanted in (("service", ["--service", "S001"], 200), ("service", ["--service", "S002"], 404), ("region", ["--region", "53"], 403),
                               ("national", [], 403)):
        token = ctl(world, "token", "add", "--role", role, *more)[1].strip()
        for path in ("/v1/moves?service=S001", "/v1/moves/S001.csv", "/v1/moves/S001.ics"):
            done = subprocess.run(["curl", "-s", "-o", "/dev/null", "-w", "%{http_code}", "-H", "Authorization: Bearer " + token, "http://" + base + path],
                                  capture_output=True, text=True, timeout=60)
            tally.check(done.stdout == str(wanted), "%s of %s: %s, wanted %d" % (path, role, done.stdout, wanted))


def fetch(world):
    """Looks at the source now, and waits."""
    code, _, err = ctl(world, "sources", "fetch", "agenda")
    if code:
        raise SystemExit(err)
    return world.wait_idle() and json.loads(ctl(world, "sources", "show", "agenda", "--json")[1])["state"] == "ok"


def by_caldav(tally):
    """The same way with a CalDAV server: what it holds is what counts."""
    radicale, agenda, world = Radicale(), Agenda(), None
    try:
        world = World(services=0, more="[moves]\nremind_after = 0\n[source.agenda]\nkind = caldav\nservice = S001\nurl = %s\nallow_private = 1\n" % radicale.url)
        make_data(world)
        world.configure()
        world.drop_all()
        world.start()
        tally.check(world.wait_idle(), "the registers are there")
        radicale.put_files({uid + ".ics": text for uid, text in agenda.resources().items()})
        tally.check(fetch(world), "a CalDAV agenda is planned")
        rows = moves(world)
        tally.check(len(rows) > 1 and all(r["source"] == "agenda" for r in rows), "its moves name the source: %s" % {r["source"] for r in rows})
        tally.check(fetch(world) and all(r["overdue"] for r in moves(world)), "a calendar that did not change shows the old times")

        code, sheet, _ = ctl(world, "moves", "export", "--service", "S001", "--format", "ics")
        single = re.sub(r"BEGIN:VEVENT\n(?:(?!END:VEVENT).*\n)*?RECURRENCE-ID(?:(?!END:VEVENT).*\n)*END:VEVENT\n", "", sheet)
        status, _ = radicale.ask("PUT", "/test/import/", single, **{"Content-Type": "text/calendar"})
        n = sum(not r["recurrence"] for r in rows)
        tally.check(code == 0 and status == 201 and single.count("BEGIN:VEVENT") == n > 0, "Radicale takes the single visits as they are (an override it wants "
                    "beside its series): %d" % status)
        kept = radicale.ask("GET", "/test/import/")[1].decode()
        tally.check(kept.count("X-PLANVAX-PERSON:") == n and kept.count("SEQUENCE:3") == n, "and gives them back whole")
        before = agenda.resources()
        agenda.read(sheet.replace("\n", "\r\n") if "\r\n" not in sheet else sheet)
        after = agenda.resources()
        for uid in after:
            if after[uid] != before[uid]:
                radicale.put(uid + ".ics", after[uid])
        tally.check(fetch(world) and moves(world) == [], "what the server has now closes the moves")
        closed = moves(world, "--state", "all")
        tally.check([(r["visit"], r["reason"]) for r in closed] == [(r["visit"], "done") for r in rows], "all of them: %s" % closed)
        last = plan(world)
        tally.check(last["moved_visits"] == [] and last["score"]["changes"] == 0, "and nothing is moved again")
    finally:
        radicale.end()
        if world:
            world.end()


def main():
    tally = Tally("test_moves")
    world, agenda = World(services=0, more="[moves]\nremind_after = 0\n"), Agenda()
    try:
        make_data(world)
        world.configure()
        world.drop_all()
        world.start()
        tally.check(world.wait_idle() and deliver(world, agenda), "the chain comes to rest")
        first = plan(world)
        rows = check_list(world, tally, first)
        check_csv(world, tally, rows)
        folder = os.path.join(world.dir, "out") + "/"
        code, _, err = ctl(world, "moves", "export", "--service", "S001", "--format", "ics", "--out", folder)
        tally.check(code == 0 and os.listdir(folder) == ["P1.ics"], "a file an agenda: %s" % err)
        check_readers(world, tally, folder + "P1.ics", rows)
        check_methods(world, tally, rows)
        check_roles(world, tally)

        tally.check(deliver(world, agenda), "the same export again")
        again = moves(world)
        tally.check([r["visit"] for r in again] == [r["visit"] for r in rows] and all(r["overdue"] for r in again), "what still stands at the old time is overdue")
        same = plan(world)
        tally.check(same["version"] == first["version"] and same["moved_visits"] == first["moved_visits"], "the published move stands, nothing is planned anew")

        with open(folder + "P1.ics", newline="") as f:
            tally.check(agenda.read(f.read()) == len(rows), "the agenda takes each event")
        tally.check(deliver(world, agenda), "the export after the import")
        tally.check(moves(world) == [], "nothing is left to do")
        closed = moves(world, "--state", "all")
        tally.check([(r["state"], r["reason"]) for r in closed] == [("closed", "done")] * len(rows), "all are done: %s" % [(r["state"], r["reason"]) for r in closed])
        last = plan(world)
        tally.check(last["moved_visits"] == [] and last["score"]["changes"] == 0 and last["score"]["displaced"] == 0 and
                    all(f["constraint"] == "H7" for f in last["forced"]), "no visit is moved a second time")
        tally.check([(d["id"], d["date"], d["start"], d["staff"]) for d in last["days"]] == [(d["id"], d["date"], d["start"], d["staff"]) for d in first["days"]],
                    "the days stay")
        tally.check({p["visit"]: p["date"] for p in last["proposals"]} == {p["visit"]: p["date"] for p in first["proposals"]}, "each visit is where the plan put it")
        with open(world.dir + "/planvaxd.log") as f:
            tally.check("R001" not in f.read(), "no person in the log")
    finally:
        if "--keep" in sys.argv:
            print(world.dir)
            world.kill()
        else:
            world.end()
    by_caldav(tally)
    tally.end()


main()

# SPDX-License-Identifier: Apache-2.0
"""One service fed at once by the drop folder, a feed, a CalDAV calendar and visits.csv, with changes in each and kill -9 in
between: in the end the daemon plans from the same input as a fresh one, and as planvaxctl from a folder of files."""
import json
import os
import random
import sqlite3
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))
from daemon_support import Tally  # noqa: E402
from feed_servers import Radicale, Scripted  # noqa: E402
from feed_world import FeedWorld, calendar, event  # noqa: E402
from http_client import wait_for_socket  # noqa: E402

tally = Tally("intake-chain")
check = tally.check
SECTIONS = ("[source.feed]\nkind = http\nservice = S001\nurl = %s\nallow_private = 1\n"
            "[source.agenda]\nkind = caldav\nservice = S001\nurl = %s\nallow_private = 1\n")
REGISTERS = {
    "communes.csv": "insee;name;departement;region;lat;lon;dens7\n35238;Rennes;35;53;48.11;-1.68;1\n",
    "services.csv": "service_id;name;kind;region\nS001;Service de test;SPSTI;53\n",
    "centres.csv": "centre_id;service_id;name;insee\nC1;S001;Centre;35238\n",
    "staff.csv": "staff_id;service_id;role;name;email;centre_id\nP1;S001;physician;P1;p1@service.example;C1\n"
                 "P2;S001;physician;P2;p2@service.example;C1\n",
    "people.csv": "person_ref;service_id;birth_date;kind\n" + "".join("W%d;S001;19%02d-05-17;employee\n" % (i, 50 + i) for i in range(40)),
    "history.csv": "person_ref;date;code\n" + "".join("W%d;2021-06-%02d;208\n" % (i, 1 + i % 28) for i in range(0, 40, 2)),
    "stock.csv": "centre_id;product;delivered_on;vials\nC1;COMIRNATY;2022-01-03;9\n",
}


def weekly(uid, hour):
    """Busy time each Monday, before and after the month too."""
    return ("BEGIN:VEVENT\r\nUID:%s\r\nDTSTAMP:20211201T080000Z\r\nDTSTART;TZID=Europe/Paris:20211129T%02d0000\r\nDURATION:PT1H\r\n"
            "ATTENDEE:mailto:p2@service.example\r\nRRULE:FREQ=WEEKLY\r\nEND:VEVENT\r\n" % (uid, hour))


def single(uid, date, hour, person, more=""):
    return ("BEGIN:VEVENT\r\nUID:%s\r\nDTSTAMP:20211201T080000Z\r\nDTSTART:%sT%02d0000Z\r\nDURATION:PT30M\r\n"
            "ATTENDEE:mailto:p2@service.example\r\nX-PLANVAX-PERSON:%s\r\nCATEGORIES:VIP_INITIALE\r\n%sEND:VEVENT\r\n"
            % (uid, date, hour, person, more))


class State:
    """What the four ways hold; it changes at random, a seed gives the same changes."""

    def __init__(self, seed):
        self.random, self.n = random.Random(seed), 0
        self.drop, self.feed, self.dav, self.table = {}, {}, {}, {}
        for way in (self.drop, self.feed, self.dav):
            for i in range(8):
                self.add(way)
        for i in range(6):
            self.add_row("T%d" % i)
        self.drop["weekly"] = weekly("weekly", 13)
        # Outside the month, at its edges, and in the table as well as in a calendar.
        self.feed["before"] = single("before", "20211231", 9, "W30")
        self.feed["edge"] = single("edge", "20211231", 23, "W31")
        self.dav["after"] = single("after", "20220131", 23, "W32")
        self.dav["same-id"] = single("same-id", "20220118", 9, "W33")
        self.table["same-id"] = "same-id;S001;P2;2022-01-18T15:00;30;W33;VIP_INITIALE;\n"
        self.feed["twin"] = single("twin", "20220119", 9, "W34")
        self.table["T-twin"] = "T-twin;S001;P2;2022-01-19T10:00;30;W34;VIP_INITIALE;\n"

    def add(self, way):
        self.n += 1
        uid, day = "e%d" % self.n, self.random.randrange(4, 29)
        way[uid] = event(uid, day, self.random.randrange(7, 17), person="W%d" % (self.n % 40), stamp=self.random.randrange(60))

    def add_row(self, key):
        self.table[key] = "%s;S001;P1;2022-01-%02dT%02d:30;30;W%d;VIP_INITIALE;%s\n" % (
            key, self.random.randrange(4, 29), self.random.randrange(8, 18), self.random.randrange(40),
            self.random.choice(("", "", "", "cancelled")))

    def change(self):
        for way in (self.drop, self.feed, self.dav):
            gone = self.random.choice([k for k in sorted(way) if k.startswith("e")])
            moved = self.random.choice([k for k in sorted(way) if k.startswith("e") and k != gone])
            del way[gone]
            way[moved] = event(moved, self.random.randrange(4, 29), self.random.randrange(7, 17), more="SEQUENCE:%d\r\n" % self.n)
            self.add(way)
        self.add_row(self.random.choice(sorted(k for k in self.table if k[1:].isdigit())))
        self.add_row("T%d" % self.n)

    def visits(self):
        return "visit_id;service_id;staff_id;start;minutes;person_ref;type;status\n" + "".join(self.table[k] for k in sorted(self.table))


class Chain(FeedWorld):
    def __init__(self):
        super().__init__(services=0)
        self.radicale, self.feed_text, self.shown = Radicale(), "", {}
        self.feed = Scripted(lambda request: (200, {"Content-Type": "text/calendar"}, self.feed_text.encode()))

    def put(self, name, text):
        path = os.path.join(self.dir, "incoming")
        with open(path, "w", newline="") as f:
            f.write(text)
        self.drop(path, name)

    def show(self, state, registers=False):
        """Puts the state where the daemon finds it."""
        for name, text in REGISTERS.items() if registers else ():
            if name != "staff.csv" or registers != "but staff":
                self.put(name, text)
        self.put("S001/agenda.ics", calendar(*(state.drop[k] for k in sorted(state.drop))))
        self.put("visits.csv", state.visits())
        self.feed_text = calendar(*(state.feed[k] for k in sorted(state.feed)))
        for uid in sorted(set(self.shown) | set(state.dav)):
            if uid not in state.dav:
                self.radicale.delete(uid + ".ics")
            elif self.shown.get(uid) != state.dav[uid]:
                self.radicale.put(uid + ".ics", calendar(state.dav[uid]))
        self.shown = dict(state.dav)

    def run(self):
        self.configure(SECTIONS % (self.feed.url(), self.radicale.url))
        self.start()
        wait_for_socket(self)

    def settle(self):
        """Everything is taken and planned."""
        for name in ("feed", "agenda"):
            for _ in range(20):
                self.wait_idle(60)
                if self.ctl("sources", "fetch", name, remote=True).returncode == 0:
                    break
        return self.wait_idle(120)

    def plan(self):
        done = self.ctl("plan", "show", "S001", "--json", remote=True)
        return json.loads(done.stdout) if done.returncode == 0 else {}

    def live(self):
        """(visit id, start) of the visits that the store holds as planned, by source."""
        db = sqlite3.connect("file:%s/planvax.db?mode=ro" % self.dir, uri=True, timeout=10)
        try:
            return sorted(db.execute("SELECT source, uid, start_utc FROM agenda WHERE status IN ('visit', 'busy') AND recurrence = ''"))
        finally:
            db.close()

    def members(self, source):
        db = sqlite3.connect("file:%s/planvax.db?mode=ro" % self.dir, uri=True, timeout=10)
        try:
            return {r[0] for r in db.execute("SELECT staff FROM agenda WHERE source = ? AND status = 'visit'", (source,))}
        finally:
            db.close()

    def end(self):
        super().end()
        self.feed.end()
        self.radicale.end()


def offline(world, state):
    """The plan of the same data, from a folder of files."""
    folder = os.path.join(world.dir, "folder")
    os.makedirs(os.path.join(folder, "calendars", "S001"))
    files = dict(REGISTERS, **{"visits.csv": state.visits()})
    for name in ("drop", "feed", "dav"):
        held = getattr(state, name)
        files["calendars/S001/%s.ics" % name] = calendar(*(held[k] for k in sorted(held)))
    for name, text in files.items():
        with open(os.path.join(folder, name), "w", newline="") as f:
            f.write(text)
    done = world.ctl("plan", "--input", folder, "--from", "2022-01-01", "--to", "2022-01-31", "--iterations", "1")
    return (json.loads(done.stdout) if done.stdout else {}), done.stderr


def kept_ids(state):
    """The visits that must be planned: each once, whatever has it."""
    inside = set(state.drop) | set(state.feed) | set(state.dav)
    inside -= {"weekly", "before", "after"}
    return sorted(inside | {k for k, row in state.table.items() if "cancelled" not in row})


def main():
    old, new, state, moments = Chain(), Chain(), State(2022), random.Random(7)
    try:
        old.show(state, registers="but staff")
        old.run()
        check(old.settle(), "the daemon comes to rest: %s" % old.log()[-600:])
        check(old.members("agenda") == {""}, "whose staff is not known yet")
        old.put("staff.csv", REGISTERS["staff.csv"])
        check(old.settle() and old.members("agenda") == {"P1", "P2"} and old.members("feed") == {"P1", "P2"},
              "sources are read again as a whole when staff came: %r %r" % (old.members("agenda"), old.members("feed")))
        for _ in range(4):
            state.change()
            old.show(state)
            old.ctl("sources", "fetch", "feed", "agenda", remote=True)
            time.sleep(moments.uniform(0.0, 0.4))
            old.kill()
            old.run()
        check(old.settle(), "and after four kills")
        left = [f for f in os.listdir(old.spool) if f.endswith(".csv")] + [f for f in os.listdir(old.spool + "/S001") if f.endswith(".ics")]
        check(not left, "nothing is left in the spool: %s" % left)
        new.show(state, registers=True)
        new.run()
        check(new.settle(), "a fresh daemon takes the end of it: %s" % new.log()[-600:])
        first, second = old.plan(), new.plan()
        check(bool(first.get("input_digest")), "there is a plan: %s" % old.log()[-600:])
        check(first.get("input_digest") == second.get("input_digest"), "both plan from the same input")
        check(old.live() == new.live(), "and hold the same: %r" % (set(old.live()) ^ set(new.live())))
        planned = [p["visit"] for p in first["services"][0]["proposals"]] if first.get("services") else []
        check(sorted(planned) == kept_ids(state), "each visit once, none lost: %r" % (set(planned) ^ set(kept_ids(state))))
        plan, told = offline(new, state)
        check(plan.get("input_digest") == first.get("input_digest"), "and so does planvaxctl from files: %s" % told)
        check("1 visits of service S001 are in a calendar too" in told, "which tells the double: %s" % told)
        reports = "".join(open(os.path.join(r, f)).read() for r, _, fs in os.walk(old.spool) for f in fs if "visits.csv" in f and "report" in f)
        check("1 visits" in reports and "in a calendar too" in reports, "as the daemon's report does: %s" % reports[:300])
    finally:
        old.end()
        new.end()
    tally.end()


main()

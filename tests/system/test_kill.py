#!/usr/bin/python3
"""kill -9 at any moment leaves nothing half done: the daemon is killed again and again during intake, planning and
delivery; then it is let finish, and everything must be there once."""
import collections
import email
import email.policy
import glob
import json
import os
import random
import re
import sqlite3
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))
from daemon_support import Tally, World

KILLS = 36


def rows(path):
    with open(path, "rb") as f:
        return sum(1 for line in f if line.strip()) - 1


def mails(folder):
    for path in glob.glob(folder + "/new/*") + glob.glob(folder + "/cur/*"):
        with open(path, "rb") as f:
            yield email.message_from_binary_file(f, policy=email.policy.default)


def main():
    tally = Tally("kill")
    world = World(services=2, people=220)
    moments = random.Random(20220110)
    try:
        world.start_receiver()
        world.configure()
        world.drop_all()
        slow = 0
        for n in range(KILLS):
            world.start()
            # Early kills hit intake, later ones planning and delivery.
            time.sleep(moments.uniform(0.02, 0.25 + 0.05 * n))
            if world.daemon.poll() is not None:
                tally.check(False, "the daemon ended by itself: %s" % world.log()[-400:])
                break
            world.kill()
            slow += 1
        tally.check(slow == KILLS, "%d kills" % slow)
        before = time.monotonic()
        world.start()
        while world.ctl("status", "--json", remote=True).returncode != 0 and time.monotonic() < before + 30:
            time.sleep(0.05)
        tally.check(time.monotonic() < before + 30, "answers after the last kill")
        tally.check(world.wait_idle(), "becomes idle: %s" % world.log()[-800:])
        tally.check(world.kill(15) == 0, "ends cleanly on SIGTERM")

        db = sqlite3.connect(os.path.join(world.dir, "planvax.db"))
        tally.check(db.execute("PRAGMA integrity_check").fetchone()[0] == "ok", "the store is whole")
        tables = {r[0] for r in db.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
        for register in ("people", "companies", "centres", "staff"):
            table = next((t for t in tables if t in (register, register.rstrip("s"), {"people": "person", "companies": "company",
                         "centres": "centre", "staff": "staff"}[register])), None)
            if tally.check(table is not None, "a table of %s" % register):
                held = db.execute("SELECT count(*) FROM %s" % table).fetchone()[0]
                wanted = rows(os.path.join(world.data, register + ".csv"))
                tally.check(held == wanted, "%s: %d rows for %d" % (register, held, wanted))
        left = [f for f in glob.glob(world.spool + "/**", recursive=True)
                if os.path.isfile(f) and "/done/" not in f and "/failed/" not in f]
        tally.check(not left, "nothing is left in the spool: %s" % left[:3])

        ids, keys = collections.Counter(), collections.defaultdict(set)
        for mail in mails(world.mail):
            calendar = mail.get_body(("calendar",)) or next(p for p in mail.walk() if p.get_content_type() == "text/calendar")
            text = re.sub(r"\r?\n[ \t]", "", calendar.get_content())
            found = {k: re.search(r"^%s[^:\r\n]*:([^\r\n]*)" % k, text, re.M).group(1) for k in ("UID", "SEQUENCE", "METHOD")}
            ids[mail["Message-ID"]] += 1
            keys[found["UID"], found["SEQUENCE"], found["METHOD"], mail["To"]].add(mail["Message-ID"])
        tally.check(len(ids) > 0, "mails were delivered")
        tally.check(all(n == 1 for n in ids.values()), "each Message-ID lies in the Maildir once")
        tally.check(all(len(v) == 1 for v in keys.values()), "no invitation went out under a second Message-ID")

        received = glob.glob(world.authority + "/*.json")
        versions = collections.defaultdict(int)
        for path in received:
            document = json.load(open(path))
            if document.get("format") == "planvax-authority/1":
                versions[document["service_id"]] = max(versions[document["service_id"]], document["version"])
        tally.check(len(versions) == 2, "both services' plans arrived: %s" % dict(versions))
        states = collections.Counter(re.findall(r"outbox: dead", world.log()))
        tally.check(not states, "no letter is dead")
    finally:
        world.end()
    tally.end()


main()

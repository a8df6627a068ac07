#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""What leaves a service: authority documents name no person, no member of staff, no visit and no SIRET; masked counts cannot be derived from
totals; mails and logs carry neither persons nor birth dates. The data are full of canaries; an attacker tries sums and differences."""
import collections
import csv
import fractions
import glob
import json
import os
import re
import sqlite3
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))
from daemon_support import Tally, World
from http_client import Client, wait_for_socket

MIN = 11
tally = Tally("privacy")


def rows(world, name):
    with open(os.path.join(world.data, name), encoding="utf-8") as f:
        return list(csv.DictReader(f, delimiter=";"))


def canaries(world):
    """What may not be told, by kind."""
    people, staff, companies = rows(world, "people.csv"), rows(world, "staff.csv"), rows(world, "companies.csv")
    visits = set()
    for path in glob.glob(world.data + "/calendars/*/*.ics"):
        with open(path, encoding="utf-8") as f:
            visits.update(re.findall(r"^UID:(.+)$", f.read(), re.M))
    births = {r["birth_date"] for r in people}
    return {"person": {r["person_ref"] for r in people}, "birth date": births | {d.replace("-", "") for d in births} | {"/".join(reversed(d.split("-"))) for d in births},
            "staff id": {r["staff_id"] for r in staff}, "staff name": {r["name"] for r in staff}, "staff mail": {r["email"] for r in staff if r["email"]},
            "RPPS": {r["rpps"] for r in staff if r["rpps"]}, "SIRET": {r["siret"] for r in companies}, "visit": {v.strip() for v in visits}}


def silent(where, text, canaries, kinds):
    # A day that is also an offer's date tells nothing: dates of the planned month and after are no birth dates of adults.
    words = set(re.findall(r"[\w@./+-]+", text))
    for kind in kinds:
        found = {c for c in canaries[kind] if c in words} if kind in ("birth date", "SIRET", "RPPS", "person", "staff id") else {c for c in canaries[kind] if c in text}
        tally.check(not found, "%s tells a %s: %s" % (where, kind, sorted(found)[:3]))


class Attacker:
    """Masked counts of one document as unknowns of at least 1 (0 is shown) and the equations that its totals give. A count is
    derived where the equations alone determine it, or where its bounds meet."""

    def __init__(self, name):
        self.name, self.low, self.high, self.sums = name, {}, {}, []

    def cell(self, key, value):
        """A known value, or the key of an unknown one."""
        if value is None:
            self.low.setdefault(key, 1)
            self.high.setdefault(key, 1000000)
            return key
        return value

    def equal(self, whole, parts):
        """whole = sum of the parts."""
        self.sums.append((whole, list(parts)))

    def bounds(self, x):
        return (self.low[x], self.high[x]) if isinstance(x, str) else (x, x)

    def narrow(self, key, low, high):
        if not isinstance(key, str):
            return False
        old = (self.low[key], self.high[key])
        self.low[key], self.high[key] = max(old[0], low), min(old[1], high)
        return old != (self.low[key], self.high[key])

    def by_bounds(self):
        for _ in range(100):
            moved = False
            for whole, parts in self.sums:
                for n, p in enumerate(parts):
                    low, high = (sum(self.bounds(q)[i] for q in parts) for i in (0, 1))
                    moved |= self.narrow(whole, low, high)
                    (a, b), (wl, wh) = self.bounds(p), self.bounds(whole)
                    moved |= self.narrow(parts[n], wl - (high - b), wh - (low - a))
            if not moved:
                break
        return [(k, self.low[k]) for k in self.low if self.low[k] == self.high[k]]

    def by_equations(self):
        """Gauss-Jordan: a row with one unknown left determines it."""
        pivots = {}
        for whole, parts in self.sums:
            row = collections.Counter()
            for x, sign in [(whole, 1)] + [(p, -1) for p in parts]:
                row[x if isinstance(x, str) else "="] += fractions.Fraction(sign if isinstance(x, str) else -sign * x)
            for key, other in pivots.items():
                if row[key]:
                    row = subtract(row, other, row[key])
            unknown = [k for k, v in row.items() if v and k != "="]
            if not unknown:
                tally.check(not row["="], "%s: its totals do not add up" % self.name)
                continue
            row = collections.Counter({k: v / row[unknown[0]] for k, v in row.items() if v})
            for key in pivots:
                if pivots[key][unknown[0]]:
                    pivots[key] = subtract(pivots[key], row, pivots[key][unknown[0]])
            pivots[unknown[0]] = row
        return [(k, int(row["="])) for k, row in pivots.items() if [x for x, v in row.items() if v and x != "="] == [k]]

    def run(self):
        known = self.by_equations() + self.by_bounds()
        if self.name:
            tally.check(not known, "%s: derived from totals: %s" % (self.name, known[:4]))
        return known


def subtract(row, other, factor):
    out = collections.Counter(row)
    for k, v in other.items():
        out[k] -= v * factor
    return out


def attack(name, document):
    """Every equation that a reader of the document can write down."""
    a = Attacker(name)
    expected, kinds = {}, {}
    for n, offer in enumerate(document["offers"]):
        key = "offer %d %s" % (n, offer["id"])
        expected[n] = a.cell(key, offer["expected"])
        parts = [a.cell("%s doses %s" % (key, p), v) for p, v in offer["doses"].items()]
        a.equal(expected[n], parts)
        parts = {k: a.cell("%s kind %s" % (key, k), v) for k, v in offer["kinds"].items()}
        a.equal(expected[n], parts.values())
        for kind, part in parts.items():
            kinds.setdefault(kind, []).append(part)
    told = document["indicators"]
    cells = {k: a.cell(k, v) for k, v in told.items()}
    groups = collections.defaultdict(list)
    for n, offer in enumerate(document["offers"]):
        groups["day" if offer["type"] == "day" else offer["kind"]].append(expected[n])
    for key, kind in (("action_2_expected", "day"), ("action_3_expected", "company"), ("action_4_expected", "msa")):
        a.equal(cells[key], groups[kind])
    for key, kind in (("action_5_temporary", "temporary"), ("action_5_contractor", "contractor"), ("action_5_head", "head"), ("action_5_relative", "relative")):
        a.equal(cells[key], kinds.get(kind, []))
    return a.run()


def attacker_works():
    """The attack finds what a careless mask leaves."""
    document = {"offers": [{"id": "A", "type": "day", "kind": "service", "expected": None, "doses": {"X": None}, "kinds": {"employee": None}},
                           {"id": "B", "type": "day", "kind": "service", "expected": 30, "doses": {"X": 30}, "kinds": {"employee": 30}}],
                "indicators": {"action_2_expected": 36, "action_3_expected": 0, "action_4_expected": 0, "action_5_temporary": 0, "action_5_contractor": 0,
                               "action_5_head": 0, "action_5_relative": 0}}
    found = dict(attack(None, document))
    tally.check(found.get("offer 0 A") == 6, "the attack works: %s" % found)


def masked_well(name, document):
    """No count of persons from 1 to 10 and none of companies from 1 to 2 is shown."""
    shown = {k: v for k, v in document["indicators"].items() if k.endswith(("_visits", "_proposed", "_at_visit", "_expected", "_temporary", "_contractor", "_head", "_relative"))}
    small = [(k, v) for k, v in shown.items() if v is not None and 0 < v < MIN]
    for offer in document.get("offers", []):
        counts = [("expected", offer["expected"]), *offer["doses"].items(), *offer["kinds"].items()]
        small += [(offer["id"], k, v) for k, v in counts if v is not None and 0 < v < MIN]
        small += [(offer["id"], "companies", offer["companies"])] if offer["companies"] in (1, 2) else []
        if offer["kind"] == "company" and offer["place"].get("name") is not None:
            tally.check(offer["place"]["insee"], "%s: a place has its commune" % name)
    small += [("unserved", u["insee"], u["expected"]) for u in document.get("unserved", []) if u["expected"] is not None and 0 < u["expected"] < MIN]
    tally.check(not small, "%s shows small counts: %s" % (name, small[:4]))


def names_of_places(world, name, document):
    """A company's name stands only from a headcount of 11 on."""
    small = {r["name"] for r in rows(world, "companies.csv") if int(r["headcount"]) < MIN}
    told = {o["place"].get("name") for o in document["offers"] if o["kind"] == "company"} & small
    tally.check(not told, "%s names small companies: %s" % (name, told))


def authority_documents(world, client, secret):
    pushed = []
    for path in sorted(glob.glob(world.authority + "/S*.json")):
        with open(path, encoding="utf-8") as f:
            pushed.append((os.path.basename(path), f.read()))
    tally.check(len(pushed) >= 2, "pushed documents: %d" % len(pushed))
    pulled = []
    for service in ("S001", "S002", "S003"):
        answer = client.curl("/v1/plans/%s/2022-01" % service, token="national")
        if tally.check(answer.status == 200, "pulled %s" % service):
            pulled.append(("GET " + service, answer.body.decode("utf-8")))
    for name, text in pushed + pulled:
        silent(name, text, secret, secret.keys())
        document = json.loads(text)
        tally.check(set(document) == {"format", "plan_digest", "service_id", "name", "region", "month", "version", "now", "indicators", "offers", "missing_weeks", "unserved"},
                    "%s: its members: %s" % (name, list(document)))
        masked_well(name, document)
        names_of_places(world, name, document)
        attack(name, document)
    listing = client.curl("/v1/plans?month=2022-01", token="national").body.decode("utf-8")
    silent("the list of plans", listing, secret, secret.keys())
    for item in json.loads(listing)["items"]:
        masked_well("status of " + item["service_id"], item)
        document = json.loads(dict(pulled).get("GET " + item["service_id"], '{"indicators":null}'))
        tally.check(item["indicators"] == document["indicators"], "status and document mask alike: %s" % item["service_id"])
    for path in ("/v1/outbox", "/v1/status", "/v1/explain/visit/x", "/v1/explain/person/" + sorted(secret["person"])[0], "/v1/tokens", "/v1/plans/S001/2022-01/changes"):
        answer = client.curl(path, token="national")
        tally.check(answer.status in (403, 404), "an authority may not read %s: %d" % (path, answer.status))


def mails_and_logs(world, client, secret):
    import email
    import email.policy
    count = 0
    for path in glob.glob(world.mail + "/new/*"):
        with open(path, "rb") as f:
            mail = email.message_from_binary_file(f, policy=email.policy.default)
        text = "\n".join([str(v) for v in mail.values()] + [p.get_payload(decode=True).decode("utf-8") for p in mail.walk() if not p.is_multipart()])
        text = text.replace("\r\n ", "").replace("\r\n\t", "")
        silent("a mail", text, secret, ("person", "birth date", "visit", "SIRET", "RPPS", "staff name"))
        others = secret["staff mail"] - {mail["To"].addresses[0].addr_spec}
        tally.check(not any(o in text for o in others), "a mail tells another member's address")
        count += 1
    tally.check(count > 5, "%d mails" % count)
    log = world.log()
    silent("the log", log, secret, ("person", "birth date", "visit", "staff name", "staff mail", "RPPS", "SIRET"))
    metrics = client.curl("/metrics", token="operator").body.decode()
    silent("metrics", metrics, secret, secret.keys())


def audit_trail(world, secret):
    """Reading a person is told in the audit trail; a changed offer too."""
    plan = json.loads(world.ctl("plan", "show", "S001", "2022-01", "--json", remote=True, check=True).stdout)
    person = plan["services"][0]["proposals"][0]["person"]
    tally.check(person in secret["person"], "a person of the register")
    world.ctl("explain", "person", person, "--service", "S001", remote=True, check=True)
    db = sqlite3.connect("file:%s/planvax.db?mode=ro" % world.dir, uri=True)
    tables = [r[0] for r in db.execute("SELECT name FROM sqlite_master WHERE type='table' AND name LIKE '%audit%'")]
    found = any(person in str(row) for t in tables for row in db.execute("SELECT * FROM %s" % t))
    tally.check(tables and found, "reading a person is in the audit trail: %s" % tables)


def broken_rows(world, secret):
    """Reports of rejected rows may name the row to its service, the log may not tell the cells."""
    path = os.path.join(world.dir, "people.csv")
    with open(path, "w", encoding="utf-8") as f:
        f.write("person_ref;service_id;siret;birth_date;kind\nCANARY-REF;S001;;31/31/1961;employee\nCANARY-TWO;S001;;1961-07-31;nobody\n")
    world.drop(path, "people.csv")
    world.wait_idle(20)
    log = world.log()
    tally.check(not any(c in log for c in ("CANARY-REF", "CANARY-TWO", "31/31/1961", "1961-07-31")), "the log tells no cell of a rejected row: %s" % re.findall(r".*CANARY.*|.*1961.*", log)[:2])


def main():
    world = World(services=3, people=700)
    try:
        world.start_receiver()
        world.configure()
        world.drop_all()
        world.start()
        wait_for_socket(world)
        if not tally.check(world.wait_idle(60), "becomes idle: %s" % world.log()[-500:]):
            return
        client = Client(world)
        client.token("national", "--role", "national")
        client.token("operator", "--role", "operator")
        secret = canaries(world)
        tally.check(all(secret.values()), "canaries of every kind")
        attacker_works()
        authority_documents(world, client, secret)
        mails_and_logs(world, client, secret)
        audit_trail(world, secret)
        broken_rows(world, secret)
    finally:
        world.end()
        tally.end()


main()

#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""The demo data seen by an independent reader: identifiers by the public rules, references that hold, sizes as asked, other
months and seeds; and every kind of offer in a plan of the default set."""
import collections
import csv
import glob
import json
import os
import re
import sys
import tempfile

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))
from daemon_support import Tally, World

tally = Tally("demo-data")


def luhn(digits):
    total = 0
    for n, c in enumerate(reversed(digits)):
        x = int(c) * (1 + n % 2)
        total += x - 9 if x > 9 else x
    return total % 10 == 0


def valid_siret(text):
    if not re.fullmatch(r"\d{14}", text):
        return False
    return (luhn(text) or (text.startswith("356000000") and sum(map(int, text)) % 5 == 0)) and luhn(text[:9])


def rules_of_digits():
    """The rules themselves, on published numbers."""
    tally.check(valid_siret("73282932000074") and valid_siret("20003452800014") and not valid_siret("20003452800041"), "SIRET")
    tally.check(valid_siret("35600000009075") and not valid_siret("35600000009073"), "La Poste's SIRET")
    tally.check(luhn("10002909371") and not luhn("10100050075"), "RPPS")


def rows(folder, name):
    if name == "visits.csv" and not os.path.exists(os.path.join(folder, name)):
        return []  # only some services export tables
    with open(os.path.join(folder, name), encoding="utf-8", newline="") as f:
        return list(csv.DictReader(f, delimiter=";"))


def identifiers(folder, name):
    companies, staff, services = rows(folder, "companies.csv"), rows(folder, "staff.csv"), rows(folder, "services.csv")
    bad = [r["siret"] for r in companies + services if not valid_siret(r["siret"])]
    tally.check(not bad, "%s: SIRETs are valid: %s" % (name, bad[:3]))
    rpps = [r["rpps"] for r in staff if r["rpps"]]
    tally.check(rpps and all(re.fullmatch(r"\d{11}", x) and luhn(x) for x in rpps) and len(set(rpps)) == len(rpps), "%s: RPPS are valid and differ" % name)
    tally.check(all(r["rpps"] for r in staff if r["role"] == "physician"), "%s: physicians have an RPPS" % name)
    tally.check(all(re.fullmatch(r"[^@\s]+@[^@\s]+\.example", r["email"]) for r in staff if r["email"]), "%s: e-mails lie in .example" % name)
    codes = {r["insee"] for r in rows(folder, "communes.csv")}
    used = {r["insee"] for r in companies + rows(folder, "centres.csv") if r["insee"]}
    tally.check(used <= codes and all(re.fullmatch(r"(\d{2}|2A|2B)\d{3}", c) for c in codes), "%s: communes are known: %s" % (name, sorted(used - codes)[:3]))


def references(folder, name):
    services = {r["service_id"] for r in rows(folder, "services.csv")}
    centres = {r["centre_id"]: r["service_id"] for r in rows(folder, "centres.csv")}
    companies, people = rows(folder, "companies.csv"), rows(folder, "people.csv")
    sirets, refs = {r["siret"]: r["service_id"] for r in companies}, {r["person_ref"]: r for r in people}
    for table in ("centres", "staff", "vehicles", "companies", "people", "visits"):
        tally.check(all(r["service_id"] in services for r in rows(folder, table + ".csv")), "%s: %s name a service" % (name, table))
    for table in ("staff", "vehicles"):
        tally.check(all(centres.get(r["centre_id"], r["service_id"]) == r["service_id"] for r in rows(folder, table + ".csv")), "%s: %s stand at centres of theirs" % (name, table))
    tally.check(all(not r["siret"] or sirets.get(r["siret"]) == r["service_id"] for r in people), "%s: people work in companies of their service" % name)
    tally.check(all(not r["relative_of"] or r["relative_of"] in refs for r in people), "%s: relatives have someone" % name)
    tally.check(all(r["person_ref"] in refs for r in rows(folder, "history.csv")), "%s: histories are of people" % name)
    tally.check(all(not r["works_at"] or r["works_at"] in sirets for r in companies), "%s: contractors work somewhere" % name)
    for key, table in (("person_ref", people), ("siret", companies), ("centre_id", rows(folder, "centres.csv")), ("staff_id", rows(folder, "staff.csv"))):
        tally.check(len({r[key] for r in table}) == len(table), "%s: %s is unique" % (name, key))
    tally.check(not any(re.search(r"name|nom", c) for c in people[0]), "%s: people have no names" % name)


def richness(folder):
    """What the default set must hold so that a plan meets everything."""
    people, companies = rows(folder, "people.csv"), rows(folder, "companies.csv")
    kinds = collections.Counter(r["kind"] for r in people)
    tally.check(all(kinds[k] for k in ("employee", "temporary", "contractor", "head", "relative", "self_employed")), "people of every kind: %s" % kinds)
    tally.check({r["kind"] for r in rows(folder, "services.csv")} == {"SPSTI", "SPSTA", "MSA"}, "services of the three kinds")
    tally.check({r["kind"] for r in companies} == {"company", "temp_agency"} and {r["regime"] for r in companies} == {"general", "agricultural"}, "companies of every kind")
    tally.check(any(r["works_at"] for r in companies) and any(r["can_host"] == "1" for r in companies), "contractors and hosts")
    roles = {r["role"] for r in rows(folder, "staff.csv")}
    tally.check(roles >= {"physician", "nurse", "assistant", "driver"}, "roles: %s" % roles)
    size = collections.Counter(r["service_id"] for r in people)
    tally.check(len(size) == 5 and 1700 <= sum(size.values()) / 5 <= 2300, "5 services of about 2,000 people: %s" % size)
    calendars = "".join(open(p, encoding="utf-8").read() for p in glob.glob(folder + "/calendars/*/*.ics"))
    for word in ("RRULE:", "EXDATE", "RECURRENCE-ID", "STATUS:CANCELLED", "TRANSP:TRANSPARENT", "VALUE=DATE", "X-PLANVAX-DUE"):
        tally.check(word in calendars, "calendars hold " + word)


def every_offer(world, folder):
    out = os.path.join(folder, "plan.json")
    done = world.ctl("plan", "--input", os.path.join(folder, "default"), "--from", "2022-01-01", "--to", "2022-01-31", "--out", out)
    if not tally.check(done.returncode == 0, "the default set is planned: %s" % done.stderr[-300:]):
        return
    with open(out, encoding="utf-8") as f:
        document = json.load(f)
    told = document["indicators"]
    for key in ("action_1_proposed", "action_1_at_visit", "action_2_days", "action_3_rural_sessions", "action_4_sessions", "action_5_temporary", "action_5_contractor",
                "action_5_head", "action_5_relative", "action_6_tours", "action_6_stops"):
        tally.check(told[key] > 0, "the plan of the default set has %s: %s" % (key, told))
    visits = sum(len(s["proposals"]) for s in document["services"])
    tally.check(visits == told["action_1_visits"] > 500, "every visit has a proposal: %d, %d" % (visits, told["action_1_visits"]))


def visits_in_month(folder, name, month):
    days = [m for p in glob.glob(folder + "/calendars/*/*.ics") for m in re.findall(r"^DTSTART[^:]*:(\d{8})", open(p, encoding="utf-8").read(), re.M)]
    inside = [d for d in days if d.startswith(month.replace("-", ""))]
    tally.check(len(inside) > len(days) / 3, "%s: calendars lie in the month: %d of %d" % (name, len(inside), len(days)))


def main():
    rules_of_digits()
    world = World(services=0)
    with tempfile.TemporaryDirectory(prefix="planvax-demo-") as folder:
        try:
            for name, args in (("default", []), ("seed", ["--seed", "77", "--people", "300", "--services", "9"]), ("month", ["--month", "2024-02", "--people", "120"]),
                               ("tiny", ["--people", "20", "--services", "1"])):
                data = os.path.join(folder, name)
                done = world.ctl("demo", "--dir", data, *args)
                if tally.check(done.returncode == 0, "demo %s: %s" % (args, done.stderr)):
                    identifiers(data, name)
                    references(data, name)
            visits_in_month(os.path.join(folder, "month"), "2024-02", "2024-02")
            tally.check(len(rows(os.path.join(folder, "seed"), "services.csv")) == 9, "as many services as asked")
            richness(os.path.join(folder, "default"))
            every_offer(world, folder)
        finally:
            world.end()
    tally.end()


main()

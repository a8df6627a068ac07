#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Reasons why companies are left out, put to the test: the constraint that a reason names is lifted in the data set, the plan is published and
planned again by insertion alone, and the company must have a place.

    reasons.py [--reasons N] [--seeds A-B] [--least PERCENT]

The last line tells the counts by reason."""
import argparse
import collections
import csv
import json
import os
import random
import shutil
import subprocess
import sys
import tempfile

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))
from daemon_support import B, Tally

SHARED = os.environ["SHARED"]
OPEN = "mon-sun 06:00-22:00"
FREE = {k: 0 for k in ("moved", "postponed", "session", "staff_hour", "stop", "tour", "travel_km", "wasted_dose", "change")}
OPTIONS = {
    "too_small": {"session_min_expected": 1, "small_min_expected": 1, "day_min_expected": 1},
    "notice": {"notice_days": 0, "centre_notice_days": 0},
    "distance": {"distance_limit_m": 200000},
    "hours": {"weekdays": "mon-sun"},
    "capacity": {"rate_per_hour": 120},
    "not_worth": {"weights": FREE},
}
tally = Tally("reasons")


def ctl(*args):
    return subprocess.run([os.path.join(B, "planvaxctl"), *args], stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=600)


def plan(data, out, case, *more):
    done = ctl("plan", "--input", data, "--from", case["from"], "--to", case["to"], "--out", out, *more)
    if done.returncode != 0:
        tally.check(False, "%s: exit %d: %s" % (data, done.returncode, done.stderr[-300:]))
        return None
    with open(out, encoding="utf-8") as f:
        return json.load(f)


class Table:
    """One register of a data set, changed in place."""

    def __init__(self, folder, name):
        self.path = os.path.join(folder, name + ".csv")
        with open(self.path, encoding="utf-8-sig", newline="") as f:
            text = f.read()
        self.delimiter = max(";,\t", key=text.split("\n", 1)[0].count)
        rows = csv.DictReader(text.splitlines(), delimiter=self.delimiter)
        self.columns, self.rows = rows.fieldnames, list(rows)

    def add(self, **values):
        self.rows.append({c: values.get(c, "") for c in self.columns})

    def write(self):
        with open(self.path, "w", encoding="utf-8", newline="") as f:
            writer = csv.DictWriter(f, self.columns, delimiter=self.delimiter)
            writer.writeheader()
            writer.writerows(self.rows)


def add_doses(folder, case, service, _):
    stock = Table(folder, "stock")
    product = next((p for p in ("COMIRNATY", "SPIKEVAX", "JANSSEN", "NUVAXOVID", "VAXZEVRIA", "IMVANEX", "JYNNEOS") if p in case["detail"]), "COMIRNATY")
    stock.add(service_id=service, product=product, delivered_on="2021-12-01", vials="500", expires_on="2023-12-31")
    stock.write()


def add_staff(folder, case, service, _):
    staff, centres = Table(folder, "staff"), Table(folder, "centres")
    for n, centre in enumerate(c for c in centres.rows if c["service_id"] == service):
        for k, role in enumerate(("physician", "nurse", "nurse", "assistant", "driver", "driver")):
            staff.add(staff_id="%s-X%d%d" % (service, n, k), service_id=service, role=role, name="Renfort %d%d" % (n, k), centre_id=centre["centre_id"],
                      hours="mon-sun 07:00-20:00", max_days_per_week="7", vaccinates="1")
    staff.write()
    add_vehicle(folder, service)


def add_vehicle(folder, service):
    vehicles = Table(folder, "vehicles")
    for row in [v for v in vehicles.rows if v["service_id"] == service]:
        vehicles.add(vehicle_id=row["vehicle_id"] + "X", service_id=service, centre_id=row["centre_id"], posts="2", days="mon-sun", max_minutes="700")
    vehicles.write()


def open_longer(folder, case, service, _):
    centres = Table(folder, "centres")
    for row in centres.rows:
        row.update(hours=OPEN, opens_on="", closes_on="")
    centres.write()


def give_room(folder, case, service, siret):
    companies = Table(folder, "companies")
    for row in companies.rows:
        if row["siret"] == siret:
            row.update(can_host="1", headcount=str(max(10, int(row["headcount"] or 0))))
    companies.write()


def ask_first(folder, service, siret):
    people = Table(folder, "people")
    for row in people.rows:
        if row["siret"] == siret:
            row["priority"] = "9"
    people.write()


FIRST = -1
LIFTS = {"doses": add_doses, "staff": add_staff, "hours": open_longer, "no_host": give_room}


def others_content(folder, left_out, siret, share):
    """So many of the others who are left out ask for nothing: what is lifted goes to one company and those who fill its offer."""
    companies = Table(folder, "companies")
    for row in companies.rows:
        if row["siret"] in left_out and row["siret"] != siret and random.Random(row["siret"] + siret).random() < share:
            row["expected_takers"] = "0"
    companies.write()


def serves(folder, case, service, item):
    """How it was served: insertion takes what brings most first; where others got in the way, fewer of them ask, or the company is asked first."""
    for way, share in (("plainly", 0), ("beside fewer", 0.5), ("beside fewer", 0.8), ("asked first", FIRST)):
        if serves_beside(folder, case, service, item, share):
            return way
    return None


def serves_beside(folder, case, service, item, share):
    lifted, out, options = (os.path.join(folder, n) for n in ("lifted", "lifted.json", "lifted-options.json"))
    shutil.rmtree(lifted, ignore_errors=True)
    shutil.copytree(case["data"], lifted)
    case["detail"] = item["detail"]
    if share == FIRST:
        ask_first(lifted, service, item["siret"])
    if share > 0:
        others_content(lifted, case["left_out"], item["siret"], share)
    if item["reason"] in LIFTS:
        LIFTS[item["reason"]](lifted, case, service, item["siret"])
    given = dict(case.get("options", {}))
    if item["reason"] == "pinned":
        given.pop("forbid", None)
    for key, value in OPTIONS.get(item["reason"], {}).items():
        given[key] = dict(given.get(key, {}), **value) if isinstance(value, dict) else value
    with open(options, "w", encoding="utf-8") as f:
        json.dump(given, f)
    after = plan(lifted, out, case, "--service", service, "--published", case["base"], "--options", options, "--iterations", "1")
    if after is None:
        return False
    left = {u["siret"]: u for u in after["services"][0]["unserved"]}.get(item["siret"])
    # One that may be split and lacks a part is served when the part grows smaller.
    return left is None or left["expected"] < item["expected"]


def cases(folder, first, last):
    for name in ("small", "busy"):
        yield {"data": os.path.join(SHARED, "suites/plans", name), "from": "2022-01-03", "to": "2022-01-30"}
    for seed in range(first, last + 1):
        data = os.path.join(folder, "demo%d" % seed)
        done = ctl("demo", "--dir", data, "--services", "1", "--people", str(200 + 150 * (seed % 7)), "--month", "2022-01", "--seed", str(seed))
        tally.check(done.returncode == 0, done.stderr)
        yield {"data": data, "from": "2022-01-01", "to": "2022-01-31"}


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--reasons", type=int, default=40)
    parser.add_argument("--seeds", default="1-6")
    parser.add_argument("--least", type=int, default=80, help="per cent that must be true")
    args = parser.parse_args()
    first, last = (int(x) for x in args.seeds.split("-"))
    seen, true, ways = collections.Counter(), collections.Counter(), collections.Counter()
    with tempfile.TemporaryDirectory(prefix="planvax-reasons-") as folder:
        listed = []
        for n, case in enumerate(cases(folder, first, last)):
            case["base"] = os.path.join(folder, "base%d.json" % n)
            base = plan(case["data"], case["base"], case, "--iterations", "60")
            for service in base["services"] if base else []:
                case["left_out"] = {u["siret"] for u in service["unserved"]}
                listed += [(case, service["service_id"], item) for item in service["unserved"]]
        random.Random(1).shuffle(listed)
        for case, service, item in listed[:args.reasons]:
            way = serves(folder, case, service, item)
            seen[item["reason"]] += 1
            true[item["reason"]] += way is not None
            ways[way or "not"] += 1
            if way is None:
                print("not served: %s: %s %s: %s" % (case["data"], item["siret"], item["reason"], item["detail"]))
    print("reasons: " + ", ".join("%s %d of %d" % (r, true[r], seen[r]) for r in sorted(seen)))
    print("served " + ", ".join("%s %d" % (w, ways[w]) for w in sorted(ways)))
    tally.check(seen.total() > 0 and 100 * true.total() >= args.least * seen.total(), "%d of %d reasons are true" % (true.total(), seen.total()))
    tally.end()


main()

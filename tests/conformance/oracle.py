#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""The engine against a second one (tests/support/rules_oracle.py) on random histories around the bounds of the rules: the project's rules,
CDC's where they are at hand, and random changes of both. usage: oracle.py [--seed N] [--cases N] [--rules DIR]... [--changes N]"""
import argparse
import datetime as dt
import json
import os
import random
import shutil
import subprocess
import sys
import tempfile

ROOT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..")
sys.path.insert(0, os.path.join(ROOT, "tests", "support"))
import rules_oracle
from daemon_support import B, Tally

KEYS = ("group", "type", "status", "earliest", "recommended", "past_due", "dose", "open_from", "limit", "needs")


def texts(value, key, out):
    """Every value of a key anywhere in a JSON value."""
    if isinstance(value, dict):
        for k, v in value.items():
            if k in key and isinstance(v, str):
                out.add(v)
            texts(v, key, out)
    elif isinstance(value, list):
        for v in value:
            texts(v, key, out)
    return out


class Maker:
    """Random cases that lie on and beside the bounds of a rule set."""

    def __init__(self, folder, rng):
        self.rules, self.rng = rules_oracle.Rules(folder), rng
        schedule = self.rules.schedule
        self.codes = {}
        for code, v in schedule["vaccines"].items():
            for a in v["antigens"]:
                self.codes.setdefault(a["antigen"], []).append(code)
        self.antigens = sorted(self.codes)
        self.spans, self.ages, self.days, self.facts, self.mvx = {}, {}, {}, {}, {}
        for antigen in self.antigens:
            files = self.rules.files.get(antigen, [])
            self.ages[antigen] = sorted(texts(files, {"abs_min", "min", "max", "begin_age", "end_age", "earliest_rec", "min_age_to_start",
                                                      "max_age_to_start"}, set()))
            self.spans[antigen] = sorted(texts([w for f in files for s in f["series"] for d in s["doses"] for k in ("interval", "allowable_interval")
                                                for w in d.get(k, [])], {"abs_min", "min", "latest_rec", "max"}, set())) or ["28 days"]
            self.days[antigen] = sorted(texts(files, {"effective", "cessation", "date", "not_before", "start", "end", "valid_from", "valid_to", "before"}, set()))
            self.facts[antigen] = sorted(texts(files, {"obs"}, set()) | {o for f in files for o in f.get("immunity", {}).get("history", [])}
                                         | {c for f in files for c in self.lists(f)})
            self.mvx[antigen] = sorted(texts(files, {"mvx"}, set()))

    def lists(self, f):
        for s in f["series"]:
            for d in s["doses"]:
                for n in d.get("needs", []):
                    yield from n["any"]
                for o in d.get("open_from", []):
                    yield from o.get("obs", [])
                for k in d.get("skip", []):
                    for x in k["sets"]:
                        for c in x["conditions"]:
                            if c["type"].lower() == "observation":
                                yield from c["codes"]

    def near(self, date):
        return date + dt.timedelta(days=self.rng.choice((-5, -4, -1, 0, 0, 0, 1, 3)))

    def birth(self):
        r = self.rng
        year = r.choice((1930, 1944, 1957, 1970, 1980, 1996, 2004, 2010, 2016, 2019, 2020, 2021)) + r.randrange(3)
        if year % 4 == 0 and r.random() < 0.3:
            return dt.date(year, 2, 29)
        return dt.date(year, 1, 1) + dt.timedelta(days=r.randrange(365))

    def case(self, n):
        r = self.rng
        antigen = r.choice(self.antigens)
        others = r.sample(self.antigens, min(2, len(self.antigens)))
        born = self.birth()
        doses, at = [], None
        for _ in range(r.choice((0, 1, 1, 2, 2, 3, 3, 4, 5, 7))):
            a = antigen if r.random() < 0.8 else r.choice(others)
            if at is None or r.random() < 0.15:
                at = rules_oracle.plus(born, r.choice(self.ages[a] or ["18 years"]))
                if r.random() < 0.4:
                    at = dt.date(2019, 1, 1) + dt.timedelta(days=r.randrange(1400))
            else:
                at = rules_oracle.plus(at, r.choice(self.spans[a]))
            if self.days[a] and r.random() < 0.1:
                at = dt.date.fromisoformat(r.choice(self.days[a]))
            at = max(born, min(self.near(at), dt.date(2030, 1, 1)))
            doses.append({"date": at.isoformat(), "cvx": r.choice(self.codes[a]), "mvx": r.choice(self.mvx[a] + [None])})
        last = dt.date.fromisoformat(max(d["date"] for d in doses)) if doses else born
        when = r.choice((lambda: rules_oracle.plus(last, r.choice(self.spans[antigen])), lambda: rules_oracle.plus(born, r.choice(self.ages[antigen] or ["1 year"])),
                         lambda: dt.date(2020, 1, 1) + dt.timedelta(days=r.randrange(1500)),
                         lambda: dt.date.fromisoformat(r.choice(self.days[antigen] or ["2022-01-10"]))))()
        assessed = min(max(born, self.near(when)), dt.date(2040, 1, 1))
        facts = []
        for _ in range(r.choice((0, 0, 0, 1, 1, 2, 3))):
            if self.facts[antigen]:
                on = r.choice((None, self.near(assessed), self.near(last), self.near(rules_oracle.plus(last, r.choice(self.spans[antigen])))))
                facts.append({"code": r.choice(self.facts[antigen]), "date": on.isoformat() if on else None})
        r.shuffle(doses)
        return {"id": n, "dob": born.isoformat(), "gender": r.choice(("F", "M", "U", None)), "assessment_date": assessed.isoformat(),
                "observations": facts, "doses": doses}


def compare(tally, name, folder, cases):
    rules = rules_oracle.Rules(folder)
    data = "".join(json.dumps(c) + "\n" for c in cases)
    done = subprocess.run([os.path.join(B, "planvaxctl"), "forecast", "--rules", folder], input=data.encode(), capture_output=True, timeout=600)
    wrong = 0
    lines = done.stdout.splitlines()
    if not tally.check(len(lines) == len(cases), "%s: an answer a line: %s" % (name, done.stderr[-600:].decode())):
        return
    for case, line in zip(cases, lines):
        got = json.loads(line)
        want, judged = [], []
        for forecast, outcomes in rules_oracle.answer(rules, case):
            want.append({k: forecast[k] for k in KEYS if k in forecast} | ({"vaccines": forecast["vaccines"]} if "vaccines" in forecast else {}))
            judged += [(forecast["group"], forecast["type"], n, s) for n, s in sorted(outcomes.items())]
        have = [{k: f[k] for k in KEYS if k in f} | ({"vaccines": f["vaccines"]} if i < len(want) and "vaccines" in want[i] else {})
                for i, f in enumerate(got.get("forecasts", []))]
        seen = [(e["group"], e["type"], e["n"], e["status"]) for e in got.get("evaluations", [])]
        if have != want or seen != judged:
            wrong += 1
            if wrong <= 3:
                print("%s: case %s\n  got %s\n want %s" % (name, json.dumps(case), [f for f in have if f not in want] or [e for e in seen if e not in judged] or got.get("error"),
                                                         [f for f in want if f not in have] or [e for e in judged if e not in seen]))
    tally.check(wrong == 0, "%s: %d of %d cases differ" % (name, wrong, len(cases)))


def entries(value, out):
    """Every object that holds a duration or a date that may be changed."""
    if isinstance(value, dict):
        if any(isinstance(v, str) and k in ("abs_min", "min", "max", "begin_age", "end_age", "earliest_rec", "latest_rec", "after") for k, v in value.items()):
            out.append(value)
        for v in value.values():
            entries(v, out)
    elif isinstance(value, list):
        for v in value:
            entries(v, out)
    return out


def change(folder, rng, target):
    """A copy of a rule set with some durations, flags and orders changed."""
    shutil.rmtree(target, ignore_errors=True)
    os.mkdir(target)
    for name in sorted(os.listdir(folder)):
        if not name.endswith(".json"):
            continue
        with open(os.path.join(folder, name)) as f:
            root = json.load(f)
        if name != "schedule.json":
            for e in rng.sample(entries(root, []), 3 if len(entries(root, [])) > 3 else 0):
                k = rng.choice([k for k, v in e.items() if isinstance(v, str) and v and v[0].isdigit() and ("day" in v or "week" in v or "month" in v or "year" in v)])
                e[k] += rng.choice((" + 1 day", " - 1 day", " + 1 month", " + 1 year", " - 2 weeks"))
            for s in root["series"]:
                d = rng.choice(s["doses"])
                what = rng.randrange(12)
                if what == 0:
                    d["recurring"] = not d.get("recurring", False)
                elif what == 1:
                    d.pop("age", None)
                elif what == 2:
                    for w in d.get("interval", []):
                        w.pop("min", None)
                elif what == 3 and d.get("interval"):
                    d["allowable_interval"] = [{"from": d["interval"][0]["from"], "abs_min": "10 days"}]
                elif what == 4:
                    s["product_path"] = not s.get("product_path", False)
                elif what == 5:
                    s.pop("default", None)
                elif what == 6:
                    s["preference"] = rng.randrange(5)
                elif what == 7 and s["type"] == "risk":
                    s["priority"] = rng.choice("ABC")
                elif what == 8 and "season" not in d:
                    d["season"] = {"start": "2021-10-18", "end": "2022-03-31"}
                elif what == 9 and d.get("interval"):
                    d["interval"][0]["max"] = rng.choice(("60 days", "1 year"))
                elif what == 10 and d.get("preferable"):
                    d["inadvertent"] = [rng.choice(d["preferable"])["code"]]
                elif what == 11:
                    d["skip"] = d.get("skip", []) + [{"context": rng.choice(("both", "forecast", "evaluation")), "sets": [{"conditions": [
                        {"type": "Vaccine Count by Age", "count": "1", "dose_type": rng.choice(("Total", "Valid")), "logic": rng.choice(("less than", "equal to", "greater than")),
                         "begin_age": "20 years"}]}]}]
            rng.shuffle(root["series"])
        with open(os.path.join(target, name), "w") as f:
            json.dump(root, f)
    return target


def main():
    ask = argparse.ArgumentParser()
    ask.add_argument("--seed", type=int, default=1)
    ask.add_argument("--cases", type=int, default=150)
    ask.add_argument("--changes", type=int, default=3)
    ask.add_argument("--rules", action="append")
    args = ask.parse_args()
    tally = Tally("oracle")
    folders = args.rules or [os.path.join(ROOT, "conf/rules")] + [d for d in [os.path.join(os.environ.get("SHARED", ""), "suites/doses/cdsi-rules")] if os.path.isdir(d)]
    with tempfile.TemporaryDirectory() as work:
        for folder in folders:
            rng = random.Random("%d %s" % (args.seed, os.path.basename(folder)))
            maker = Maker(folder, rng)
            compare(tally, os.path.basename(folder), folder, [maker.case(n) for n in range(args.cases)])
            for i in range(args.changes):
                changed = change(folder, rng, os.path.join(work, "changed"))
                maker = Maker(changed, rng)
                compare(tally, "%s changed %d" % (os.path.basename(folder), i), changed, [maker.case(n) for n in range(args.cases // 3)])
    tally.end()


main()

#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""The engine against a second one (tests/support/rules_oracle.py) on random histories around the bounds of the rules: the project's rules,
CDC's where they are at hand, and random changes of both. usage: oracle.py [--seed N] [--cases N] [--rules DIR]... [--changes N]"""
import argparse
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
from rules_cases import Maker

KEYS = ("group", "type", "status", "earliest", "recommended", "past_due", "dose", "open_from", "limit", "needs")


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

#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Dose suites: the French cases on the project's rules (all must pass), CDSi's cases on CDC's rules (gate: all healthy cases, 98 % of
all), the same answers with several jobs, and a bad line that does not stop the batch."""
import json
import os
import re
import subprocess
import sys

ROOT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..")
sys.path.insert(0, os.path.join(ROOT, "tests", "support"))
from daemon_support import B, Tally

SHARED = os.environ["SHARED"]
SUITE = os.path.join(SHARED, "suites/doses")
RULES = os.path.join(ROOT, "conf/rules")


def tool(name, *args):
    return subprocess.run([sys.executable, os.path.join(SHARED, "tools", name), *args], capture_output=True, text=True, timeout=120)


def forecast(data, *args):
    done = subprocess.run([os.path.join(B, "planvaxctl"), "forecast", *args], input=data, capture_output=True, timeout=300)
    return done, done.stdout


def kept(name, data):
    path = os.path.join(os.environ.get("LOGS", B), name)
    with open(path, "wb") as f:
        f.write(data)
    return path


def french(tally):
    cases = os.path.join(SUITE, "french-cases.jsonl")
    lines = tool("score_french.py", "--lines", cases).stdout.encode()
    done, out = forecast(lines, "--rules", RULES, "--group", "COVID-19")
    tally.check(done.returncode == 0 and out.count(b"\n") == lines.count(b"\n"), "French: an answer a line: %s" % done.stderr[-300:])
    score = tool("score_french.py", cases, kept("french.out", out))
    found = re.search(r"(\d+) passed, (\d+) failed", score.stdout)
    tally.check(score.returncode == 0 and found and int(found.group(1)) > 0 and found.group(2) == "0", "French cases: " + score.stdout[-500:])
    print("French cases: " + score.stdout.strip().splitlines()[-1])
    sources = {w.get("source") for x in out.splitlines() for f in json.loads(x)["forecasts"] for w in f.get("why") or []}
    tally.check(sources and all(sources), "every reason names its source")


def cdsi(tally):
    cases = os.path.join(SUITE, "cdsi-cases.jsonl")
    with open(cases, "rb") as f:
        lines = f.read()
    done, out = forecast(lines, "--rules", os.path.join(SUITE, "cdsi-rules"))
    tally.check(done.returncode == 0, "CDSi: exit %d: %s" % (done.returncode, done.stderr[-300:]))
    ids = [json.loads(x)["id"] for x in lines.splitlines()]
    tally.check([json.loads(x)["id"] for x in out.splitlines()] == ids, "CDSi: answers in the order of the lines")
    score = tool("score_forecast.py", cases, kept("cdsi.out", out)).stdout
    rates = {name: (int(a), int(b)) for name, a, b in re.findall(r"^(.+?) +(\d+) of +(\d+) ", score, re.M)}
    for name, gate in (("healthy", 1.0), ("all", 0.98)):
        passed, of = rates.get(name, (0, 1))
        print("CDSi %s: %d of %d, %.1f %%" % (name, passed, of, 100 * passed / of))
        tally.check(passed >= gate * of, "CDSi %s: %d of %d" % (name, passed, of))
    again, other = forecast(lines, "--rules", os.path.join(SUITE, "cdsi-rules"), "--jobs", "2")
    tally.check(again.returncode == 0 and other == out, "two jobs give the same bytes")
    few, only = forecast(lines, "--rules", os.path.join(SUITE, "cdsi-rules"), "--group", "COVID-19")
    tally.check({f["group"] for x in only.splitlines() for f in json.loads(x)["forecasts"]} == {"COVID-19"}, "--group limits what is answered")


def bad_lines(tally):
    good = '{"id":"%s","dob":"1980-01-01","gender":"F","assessment_date":"2022-01-10","observations":[],"doses":[]}'
    bad = ["{", "[]", '{"id":"x"}', '{"id":"y","dob":"1980-02-30","gender":"F","assessment_date":"2022-01-10","doses":[]}', "\x00",
           '{"id":"z","dob":"1980-01-01","assessment_date":"2022-01-10","doses":[{"date":"soon","cvx":"208"}]}', "{" * 5000]
    data = "\n".join([good % "first", *bad, good % "last"]) + "\n"
    done, out = forecast(data.encode(), "--rules", RULES)
    answers = [json.loads(x) for x in out.splitlines()]
    tally.check(len(answers) == len(bad) + 2 and answers[0]["id"] == "first" and answers[-1]["id"] == "last", "bad lines do not stop the batch")
    tally.check(all(x.get("error") for x in answers[1:-1]) and "forecasts" in answers[-1], "each bad line has its error: %s" % answers[1:-1])
    tally.check(done.returncode in (0, 3), "exit %d" % done.returncode)


def main():
    tally = Tally("doses")
    french(tally)
    cdsi(tally)
    bad_lines(tally)
    tally.end()


main()

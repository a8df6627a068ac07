#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Dose rules change under a running service: broken ones are told and the old set stays in force, at `reload` and at SIGHUP; good
ones are taken and the services are planned again by them."""
import json
import os
import re
import shutil
import signal
import sys
import time

ROOT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..")
sys.path.insert(0, os.path.join(ROOT, "tests", "support"))
from daemon_support import Tally, World

FILE = "covid19-2021-09-01.json"


def put(rules, change):
    """The COVID-19 rules that ship, changed."""
    with open(os.path.join(ROOT, "conf", "rules", FILE), encoding="utf-8") as f:
        text = f.read()
    with open(os.path.join(rules, FILE), "w", encoding="utf-8") as f:
        f.write(change(text))


def shown(world):
    return json.loads(world.ctl("plan", "show", "S001", world.month, "--json", remote=True, check=True).stdout)


def boosters(plan):
    """Visits at which a booster is proposed or asked about."""
    return sum(p.get("dose_kind") == "booster" for s in plan["services"] for p in s["proposals"])


def hup(world, pattern):
    """Sends SIGHUP and waits for a line of the log that fits."""
    before = len(re.findall(pattern, world.log()))
    os.kill(world.daemon.pid, signal.SIGHUP)
    end = time.monotonic() + 60
    while time.monotonic() < end and len(re.findall(pattern, world.log())) == before:
        time.sleep(0.05)
    return len(re.findall(pattern, world.log())) > before


def main():
    tally, world = Tally("rules-reload"), World(people=300)
    rules = os.path.join(world.dir, "rules")
    try:
        shutil.copytree(os.path.join(ROOT, "conf", "rules"), rules)
        world.configure("[rules]\ndirectory = %s\n" % rules)
        world.drop_all()
        world.start()
        tally.check(world.wait_idle(), "a first plan")
        first = shown(world)
        tally.check(boosters(first) > 0, "boosters are proposed")

        put(rules, lambda text: text.replace('"92 days"', '"92 jours"', 1).replace('"volume"', '"volum"', 1))
        done = world.ctl("reload", remote=True)
        tally.check(done.returncode != 0 and "92 jours" in done.stderr + done.stdout and '"volum"' in done.stderr + done.stdout and FILE in done.stderr + done.stdout,
                    "all errors are told: %d %s %s" % (done.returncode, done.stdout, done.stderr))
        tally.check(hup(world, "reload-refused"), "SIGHUP with broken rules is refused")
        tally.check("92 jours" in world.log(), "and told in the log")
        tally.check(world.wait_idle() and shown(world) == first, "the old set stays, nothing is planned again")

        put(rules, lambda text: text.replace('"92 days"', '"3000 days"'))
        tally.check(hup(world, "config: reloaded"), "SIGHUP with good rules is taken: %s" % world.log()[-500:])
        tally.check(world.wait_idle(), "and planned")
        later = shown(world)
        tally.check(boosters(later) == 0, "no booster is due by the new rules, %d were, %d are" % (boosters(first), boosters(later)))
        tally.check(later["services"][0]["version"] == first["services"][0]["version"] + 1, "one more version, by its own digest of rules")
    finally:
        world.end()
    tally.end()


main()

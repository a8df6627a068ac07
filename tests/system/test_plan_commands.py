#!/usr/bin/python3
"""Questions to plans and facts planned at once, as an operator meets them: absent, cancel, plan replace, calls, fairness,
what-if, orders, territory; of the running service and offline."""
import json
import os
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))
from daemon_support import Tally, World


def ctl(world, *args):
    done = world.ctl(*args, remote=True)
    return done.returncode, done.stdout, done.stderr


def answer(world, tally, *args):
    code, out, err = ctl(world, *args, "--json")
    tally.check(code == 0, "%s: %d %s" % (" ".join(args), code, err))
    return json.loads(out) if code == 0 else {}


def published(world):
    return json.loads(ctl(world, "plan", "show", "S001", "--json")[1])["services"][0]


def offers(plan):
    return {o["id"]: o for o in plan["days"] + plan["sessions"]}


def absences(world, tally):
    before = published(world)
    day = before["days"][-1]
    member = day["staff"][-1]
    started = time.monotonic()
    code, out, err = ctl(world, "absent", member, day["date"], day["date"], "--reason", "formation")
    tally.check(code == 0, "absent: %d %s" % (code, err))
    tally.check(time.monotonic() - started < 60, "within a minute")
    tally.check("instead of %d" % before["version"] in out and day["id"] in out and "leaves" in out, "the difference is told: " + out)
    tally.check("letters queued:" in out and "letters queued: 0" not in out, "notices are queued: " + out)
    after = published(world)
    tally.check(after["version"] > before["version"], "a new version is published")
    tally.check(all(member not in o["staff"] for o in offers(after).values() if o["date"] == day["date"]), "the member is in no team that day")
    frozen = [o for o in offers(before).values() if o["date"] <= "2022-01-07" and member not in o["staff"]]
    tally.check(all(offers(after).get(o["id"]) == o for o in frozen), "frozen offers are as they were")
    listed = answer(world, tally, "absent", "--list", "--service", "S001")["items"]
    tally.check(len(listed) == 1 and listed[0]["subject"] == member, "it is listed")
    code, out, err = ctl(world, "absent", "--withdraw", listed[0]["id"])
    tally.check(code == 0 and answer(world, tally, "absent", "--list")["items"] == [], "it is withdrawn: " + err)
    tally.check(ctl(world, "absent", "--withdraw", listed[0]["id"])[0] == 1, "once")
    tally.check(ctl(world, "absent", "nobody", "2022-01-10", "2022-01-10")[0] == 1, "an unknown member")
    tally.check(ctl(world, "absent", member, "2022-01-14", "2022-01-10")[0] == 1, "days in the wrong order")
    tally.check(ctl(world, "absent", member)[0] == 2 and ctl(world, "absent", "--vehicle", "V", "--centre", "C", "x", "y")[0] == 2, "wrong usage")


def centre_closed(world, tally):
    day = published(world)["days"][-1]
    done = answer(world, tally, "absent", "--centre", day["centre_id"], day["date"], day["date"])
    tally.check(done["fact"]["kind"] == "centre" and done["plan"]["version"] > done["fact"]["version"], "the fact and the new version")
    left = [o for o in offers(published(world)).values() if o["date"] == day["date"] and o.get("centre_id") == day["centre_id"]]
    tally.check(left == [], "no offer at a closed centre")
    ctl(world, "absent", "--withdraw", done["fact"]["id"])


def cancellation(world, tally):
    plan = published(world)
    at_company = [o for o in plan["sessions"] if "siret" in o["site"] and o["date"] > "2022-01-08"]
    target = (at_company or plan["days"])[-1]
    code, out, err = ctl(world, "cancel", target["id"], "--service", "S001", "--reason", "inventaire")
    tally.check(code == 0 and "cancelled" in out and target["id"] in out, "cancel: %d %s" % (code, err))
    if target["companies"]:
        tally.check("companies to call:" in out and target["companies"][0]["siret"] in out, "the call list names its companies")
    now = offers(published(world))
    place = target.get("site", {}).get("siret")
    tally.check(not [o for o in now.values() if o["date"] == target["date"] and place and o.get("site", {}).get("siret") == place],
                "the place is not used that day")
    people = [p["person_ref"] if isinstance(p, dict) else p for p in target["people"]]
    tally.check(all(p in out for p in people), "persons are called by reference")
    tally.check(ctl(world, "cancel", target["id"])[0] == 2, "a reason is needed")
    tally.check(ctl(world, "cancel", "no-such", "--reason", "x")[0] == 1, "an unknown session")
    calls = answer(world, tally, "plan", "calls", "--service", "S001")
    tally.check(calls["from"] == calls["version"] - 1 and calls["changes"], "plan calls tells the last version's")
    again = answer(world, tally, "plan", "replace", target["id"], "--service", "S001")
    tally.check(again["offer"] == target["id"], "what is gone is found in an older version")


def replacements(world, tally):
    plan = published(world)
    day = plan["days"][-1]
    found = answer(world, tally, "plan", "replace", day["id"], "--service", "S001")
    tally.check(1 <= len(found["proposals"]) <= 3, "one to three proposals: %d" % len(found["proposals"]))
    tally.check(all(p["text"] and p["facts"] for p in found["proposals"]), "with reasons and facts")
    tally.check(published(world) == plan, "asking changes nothing")
    code, out, err = ctl(world, "plan", "replace", day["id"], "--service", "S001")
    tally.check(code == 0 and "  1. " in out and "attendus" in out, "as a list: " + err)
    tally.check(ctl(world, "plan", "replace", day["id"], "--service", "S001", "--accept", "9")[0] == 1, "there is no ninth")
    chosen = found["proposals"][0]
    code, out, err = ctl(world, "plan", "replace", day["id"], "--service", "S001", "--accept", "1")
    now = offers(published(world)).get(chosen["offer"])
    tally.check(code == 0 and now and now["start"] == chosen["start"] and now["staff"] == chosen["staff"],
                "accepting makes what was proposed: %d %s %s" % (code, err, out))


def listings(world, tally):
    plan = published(world)
    load = answer(world, tally, "plan", "fairness", "--service", "S001")["items"][0]
    days = {}
    for o in offers(plan).values():
        for member in o["staff"]:
            days.setdefault(member, set()).add(o["date"])
    tally.check(all(m["days"] == len(days.get(m["staff_id"], ())) for m in load["staff"]), "fairness counts days with offers")
    orders = answer(world, tally, "plan", "orders")["items"][0]
    tally.check(orders["needs"] and not orders["at_risk"], "a plan's vials are there")
    tally.check(all(n["vials"] == n["own"] + n["other"] + n["missing"] for n in orders["needs"]), "own, elsewhere and missing add up")
    product = orders["needs"][0]["product"]
    tally.check(answer(world, tally, "plan", "orders", "--short", product + "=100000")["items"][0]["at_risk"], "without vials all is at risk")
    tally.check(ctl(world, "plan", "orders", "--short", "ASPIRIN=1")[0] == 1, "an unknown product")
    tally.check(ctl(world, "plan", "orders", "--short", "x")[0] == 2, "a list that is none")
    options = os.path.join(world.dir, "b.json")
    with open(options, "w") as f:
        f.write('{"uptake":10}')
    both = answer(world, tally, "plan", "what-if", "--options", options, "--service", "S001")
    tally.check(both["a"]["options"]["uptake"] == 5 and both["b"]["options"]["uptake"] == 10, "two option sets")
    tally.check(published(world) == plan, "what-if publishes nothing")
    code, out, _ = ctl(world, "plan", "what-if", "--options", options, "--fresh")
    tally.check(code == 0 and "for the first time" in out and "uptake" in out, "side by side")
    with open(options, "w") as f:
        f.write('{"uptakes":10}')
    code, _, err = ctl(world, "plan", "what-if", "--options", options)
    tally.check(code == 1 and "uptakes" in err, "a wrong option is named: " + err)
    region = json.loads(ctl(world, "plan", "list", "--json")[1])["items"][0]["region"]
    land = answer(world, tally, "plan", "territory", "--region", region)
    tally.check(land["services"][0]["offers"] == len(offers(plan)), "territory counts offers")
    tally.check(ctl(world, "plan", "territory", "--region", "99")[0] == 1, "a region without service")


def offline(world, tally):
    plan, options = os.path.join(world.dir, "plan.json"), os.path.join(world.dir, "off.json")
    world.ctl("plan", "--input", world.data, "--from", "2022-01-01", "--to", "2022-01-31", "--iterations", "1", "--out", plan, check=True)
    with open(plan) as f:
        document = json.load(f)
    for verb in ("fairness", "orders"):
        done = world.ctl("plan", verb, "--plan", plan, "--input", world.data, "--json")
        tally.check(done.returncode == 0 and json.loads(done.stdout)["items"][0]["service_id"] == "S001", "offline %s: %s" % (verb, done.stderr))
        tally.check(world.ctl("plan", verb, "--plan", plan).returncode == 2, "%s needs both" % verb)
    orders = json.loads(world.ctl("plan", "orders", "--plan", plan, "--input", world.data, "--json").stdout)["items"][0]
    tally.check(not orders["at_risk"], "offline orders lack nothing")
    with open(options, "w") as f:
        f.write('{"uptake":10}')
    done = world.ctl("plan", "what-if", "--options", options, "--input", world.data, "--from", "2022-01-01", "--to", "2022-01-31",
                     "--service", "S001", "--json")
    tally.check(done.returncode == 0 and json.loads(done.stdout)["b"]["options"]["uptake"] == 10, "offline what-if: " + done.stderr)
    region = [s for s in open(world.data + "/services.csv")][1].split(";")[4]
    done = world.ctl("plan", "territory", "--region", region, "--plan", plan, "--input", world.data, "--json")
    offers_there = len(document["services"][0]["days"]) + len(document["services"][0]["sessions"])
    tally.check(done.returncode == 0 and json.loads(done.stdout)["services"][0]["offers"] == offers_there, "offline territory: " + done.stderr)
    for verb in ("replace", "calls", "fairness", "what-if", "orders", "territory"):
        done = world.ctl("plan", verb, "--help")
        tally.check(done.returncode == 0 and "Examples:" in done.stdout, "%s --help" % verb)
    for verb in ("absent", "cancel"):
        done = world.ctl(verb, "--help")
        tally.check(done.returncode == 0 and "Examples:" in done.stdout, "%s --help" % verb)


def wait_longer(world, tally):
    """From here on the commands plan, not the service by itself, whichever comes first."""
    os.makedirs(os.path.join(world.dir, "conf.d"))
    with open(os.path.join(world.dir, "conf.d", "settle.conf"), "w") as f:
        f.write("[planning]\nsettle = 30 s\n")
    tally.check(world.ctl("reload", remote=True).returncode == 0, "the settings are renewed")


def main():
    tally, world = Tally("test_plan_commands"), World(people=600)
    try:
        offline(world, tally)
        world.configure()
        world.drop_all()
        world.start()
        tally.check(world.wait_idle(), "the chain comes to rest")
        wait_longer(world, tally)
        listings(world, tally)
        replacements(world, tally)
        absences(world, tally)
        centre_closed(world, tally)
        cancellation(world, tally)
        tally.check(world.wait_idle(), "at rest again")
    finally:
        world.end()
    tally.end()


if __name__ == "__main__":
    main()

#!/usr/bin/python3
"""The remote commands and HTTP as a user meets them: a month with approval, facts, letters, tokens, imports."""
import json
import os
import re
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))
from daemon_support import Tally, World


def curl(world, path, token=None, *more):
    command = ["curl", "-s", "-o", os.path.join(world.dir, "body"), "-D", os.path.join(world.dir, "head"), "-w", "%{http_code}"]
    command += ["-H", "Authorization: Bearer " + token] if token else []
    done = subprocess.run(command + list(more) + [world.base + path], capture_output=True, text=True, timeout=60)
    with open(os.path.join(world.dir, "body"), "rb") as f:
        body = f.read()
    with open(os.path.join(world.dir, "head")) as f:
        head = dict(line.strip().split(": ", 1) for line in f if ": " in line)
    return int(done.stdout or 0), {k.lower(): v for k, v in head.items()}, body


def ctl(world, *args):
    done = world.ctl(*args, remote=True)
    return done.returncode, done.stdout, done.stderr


def import_all(world, tally):
    code, out, err = ctl(world, "import", world.data)
    tally.check(code == 0 and "people.csv: read" in out, "import of a data set: %d %s" % (code, err))
    code, out, _ = ctl(world, "import", "--dry-run", world.data + "/people.csv")
    tally.check(code == 0 and "created 0" in out, "a dry run tells that nothing is new")
    path = os.path.join(world.dir, "services.csv")
    for rows, wanted in (("S900;Neuf;SPSTI;53\nS901;Dix;CIRCUS;53\n", 3), ("S901;Dix;CIRCUS;53\n", 1)):
        with open(path, "w") as f:
            f.write("service_id;name;kind;region\n" + rows)
        code, _, err = ctl(world, "import", path)
        tally.check(code == wanted and "services.csv:" in err and "SPSTA" in err, "bad rows give exit %d: %d %s" % (wanted, code, err))
    code, _, err = ctl(world, "import", "/etc/hostname", "/nowhere")
    tally.check(code == 1 and "neither" in err and "No such file" in err, "what is no register is told")


def approval(world, tally):
    tally.check(world.wait_idle(), "the chain comes to rest")
    code, out, _ = ctl(world, "plan", "list", "--json")
    states = {i["service_id"]: i["state"] for i in json.loads(out)["items"]}
    tally.check(code == 0 and states["S001"] == "draft", "drafts wait for approval: %s" % states)
    code, out, _ = ctl(world, "plan", "show", "S001", "--draft", "--json")
    draft = json.loads(out)
    tally.check(draft["format"] == "planvax-plan/1" and draft["services"][0]["version"] == 1, "the draft is shown whole")
    tally.check(ctl(world, "plan", "show", "S001")[0] == 1, "nothing is published yet")
    code, out, _ = ctl(world, "plan", "publish", "S001")
    tally.check(code == 0 and "version 1" in out, "publish")
    tally.check(ctl(world, "plan", "publish", "S001")[0] == 1, "a draft is published once")
    code, out, _ = ctl(world, "plan", "diff", "S001")
    tally.check(code == 0 and "added" in out, "the first version adds all")
    return draft["services"][0]


def facts(world, tally, plan):
    day = plan["days"][0]
    code, out, err = ctl(world, "plan", "pin", "S001", day["id"])
    tally.check(code == 0, "pin: " + err)
    code, out, err = ctl(world, "plan", "decline", plan["days"][-1]["id"], plan["days"][-1]["staff"][0], "--reason", "congés")
    tally.check(code == 0, "decline finds the service: " + err)
    code, out, _ = ctl(world, "plan", "facts", "S001")
    tally.check("pin      " + day["id"] in out and "declined" in out, "facts are listed: " + out)
    code, _, err = ctl(world, "plan", "pin", "S001", "no-such-offer")
    tally.check(code == 1 and "no published plan" in err, "an offer that is not there: " + err)
    tally.check(ctl(world, "plan", "forbid", "S001")[0] == 2, "forbid needs to know what")
    tally.check(ctl(world, "plan", "dance")[0] == 2, "an unknown verb is wrong usage")
    tally.check(world.wait_idle(), "planned anew")
    code, out, _ = ctl(world, "plan", "show", "S001", "--draft", "--json")
    again = json.loads(out)["services"][0]
    tally.check(code == 0 and again["version"] == 2, "the decline makes a new draft")
    pinned = [d for d in again["days"] if d["id"] == day["id"]]
    tally.check(len(pinned) == 1 and pinned[0]["pinned"] and pinned[0]["start"] == day["start"], "what is pinned stays")


def explain(world, tally, plan):
    proposal = plan["proposals"][0]
    code, out, err = ctl(world, "explain", "visit", proposal["visit"])
    tally.check(code == 0 and "Visite " + proposal["visit"] in out and proposal["why"][0]["rule"] in out, "explain visit: " + err)
    offered = next(p for p in plan["proposals"] if p.get("antigen") == "COVID-19")
    out = ctl(world, "explain", "visit", offered["visit"])[1]
    tally.check(re.search(r"  Fondement : .+ \(règle \w+-covid, depuis le \d\d/\d\d/2021\)\.", out), "its legal ground: " + out)
    if plan["unserved"]:
        code, out, err = ctl(world, "explain", "company", plan["unserved"][0]["siret"])
        tally.check(code == 0 and "sans offre" in out, "explain company: " + out + err)
    code, out, err = ctl(world, "explain", "session", plan["days"][0]["id"], "--service", "S001")
    tally.check(code == 0 and plan["days"][0]["id"] in out, "explain session: " + err)
    tally.check(ctl(world, "explain", "visit", "no-such-visit")[0] == 1, "an unknown visit")


def letters(world, tally):
    code, out, _ = ctl(world, "outbox", "list", "--json")
    items = json.loads(out.splitlines()[0])["items"]
    mails = [i for i in items if i["kind"] == "mail"]
    tally.check(code == 0 and mails and all(i["state"] == "done" for i in mails), "mails are delivered")
    code, out, _ = ctl(world, "outbox", "show", mails[0]["letter_id"], "--bytes")
    tally.check(code == 0 and "Message-ID: <%s>" % mails[0]["letter_id"] in out and "BEGIN:VCALENDAR" not in out.split("\n\n")[0], "a letter's bytes")
    code, _, err = ctl(world, "outbox", "retry", mails[0]["letter_id"])
    tally.check(code == 1 and "does not allow retry" in err, "a delivered letter is not sent again: " + err)
    tally.check(ctl(world, "outbox", "drop", "no-such-letter")[0] == 1, "an unknown letter")


def http(world, tally):
    national = ctl(world, "token", "add", "--role", "national")[1].strip()
    service = ctl(world, "token", "add", "--role", "service", "--service", "S001")[1].strip()
    other = ctl(world, "token", "add", "--role", "service", "--service", "S002", "--expires", "2099-12-31")[1].strip()
    plan = "/v1/plans/S001/" + world.month
    status, head, body = curl(world, plan, national)
    tally.check(status == 200 and json.loads(body)["format"] == "planvax-authority/1", "an authority reads the masked plan")
    tally.check(re.fullmatch(r'"[0-9a-f]{64}"', head.get("etag", "")) is not None, "a strong entity tag")
    tally.check(curl(world, plan, national, "-H", "If-None-Match: " + head["etag"])[0] == 304, "304 for what is known")
    status, packed, zipped = curl(world, plan, national, "-H", "Accept-Encoding: gzip")
    tally.check(packed.get("content-encoding") == "gzip" and zipped[:2] == b"\x1f\x8b", "gzip where it is taken")
    tally.check(json.loads(curl(world, plan, service)[2])["format"] == "planvax-plan/1", "a service reads its own plan whole")
    tally.check(curl(world, plan, other)[0] == 404, "another service's plan is not there")
    tally.check(curl(world, plan)[0] == 401 and curl(world, plan, "nonsense")[0] == 401, "no token, a bad token")
    tally.check(curl(world, "/v1/status", national)[0] == 403, "a role that may not")
    status, head, body = curl(world, "/v1/plans?month=2022", national)
    tally.check(status == 400 and head["content-type"] == "application/problem+json" and json.loads(body)["errors"][0]["pointer"], "a problem names its place")
    tally.check(curl(world, "/livez")[0] == 200 and curl(world, "/readyz")[0] == 200, "health needs no token")
    tally.check(b"planvax_http_requests_total" in curl(world, "/metrics", national)[2], "metrics")
    document = json.loads(curl(world, "/openapi.json")[2])
    tally.check(document["openapi"].startswith("3.1") and "/v1/plans" in document["paths"], "openapi")
    code, out, _ = ctl(world, "token", "list", "--json")
    tokens = json.loads(out)["items"]
    tally.check(len(tokens) == 3 and national not in out, "tokens are listed without their text")
    mine = [t["token_id"] for t in tokens if t["role"] == "national"]
    tally.check(ctl(world, "token", "revoke", *mine)[0] == 0 and curl(world, plan, national)[0] == 401, "a revoked token ends")
    for wrong in (["--role", "region"], ["--role", "king"], ["--role", "national", "--region", "24"], ["--role", "service"]):
        tally.check(ctl(world, "token", "add", *wrong)[0] == 2, "token add %s is wrong usage" % " ".join(wrong))


def stand(world, tally):
    code, out, _ = ctl(world, "status", "--json")
    now = json.loads(out)
    tally.check(code == 0 and now["state"] == "idle" and now["month"] == world.month and "\n" not in out.strip(), "status in JSON, one line")
    code, out, _ = ctl(world, "status", "--summary")
    tally.check(code == 0 and "six actions" in out and "6. Vaccibus" in out and "Courriels" in out, "the summary: " + out)
    tally.check(ctl(world, "reload")[0] == 0, "reload")


def output(world, tally):
    """What is wrong on the command line is exit 2, what could not be written exit 1, a reader that goes away is quiet."""
    for wrong in (["plan", "list", "--month", "january"], ["plan", "show", "S001", "2022-13"]):
        code, out, err = ctl(world, *wrong)
        tally.check(code == 2 and not out and "month" in err, "%s: %d %s%s" % (" ".join(wrong), code, out, err))
    for words in ("plan list", "plan show S001 --json", "outbox list --json", "status"):
        command = [world.path("planvaxctl"), *words.split(), "--socket", world.socket]
        with open("/dev/full", "w") as full:
            done = subprocess.run(command, stdin=subprocess.DEVNULL, stdout=full, stderr=subprocess.PIPE, text=True, timeout=60)
        tally.check(done.returncode == 1 and "standard output" in done.stderr, "%s into a full device: %d %s" % (words, done.returncode, done.stderr))
        reader = subprocess.Popen(["true"], stdin=subprocess.PIPE)
        reader.wait()
        done = subprocess.run(command, stdin=subprocess.DEVNULL, stdout=reader.stdin, stderr=subprocess.PIPE, text=True, timeout=60)
        tally.check(done.returncode == 0 and not done.stderr, "%s into a closed pipe: %d %s" % (words, done.returncode, done.stderr))
        reader.stdin.close()


def main():
    tally = Tally("remote")
    world = World(services=2, people=300)
    code, _, err = ctl(world, "status")
    tally.check(code == 1 and "does not run" in err and "--socket" in err, "no daemon: told with a hint")
    try:
        world.configure("[planning]\npublish = approval\n")
        world.start()
        ctl(world, "status", "--wait", "20")
        world.base = "http://" + json.loads(ctl(world, "status", "--json")[1])["listen"][0]
        import_all(world, tally)
        plan = approval(world, tally)
        letters_before = world.wait_idle()
        tally.check(letters_before, "letters leave")
        explain(world, tally, plan)
        letters(world, tally)
        facts(world, tally, plan)
        http(world, tally)
        output(world, tally)
        stand(world, tally)
    finally:
        world.end()
    tally.end()


main()

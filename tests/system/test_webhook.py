#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""The push as an authority in another language sees it: a receiver of Python's standard library verifies signature and digest,
refuses twice, and finds the Idempotency-Key constant; redirects are not followed; 410 ends the deliveries."""
import base64
import hashlib
import hmac
import http.server
import json
import os
import sys
import threading
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))
from daemon_support import Tally, World

NEW = base64.b64encode(b"a-new-secret-of-32-bytes-length!").decode()
OLD = base64.b64encode(b"an-old-secret-while-it-rotates!!").decode()
tally = Tally("webhook")


class Receiver(http.server.BaseHTTPRequestHandler):
    """Answers as `script` tells, by service and attempt, and keeps what came."""
    protocol_version = "HTTP/1.1"
    seen, script, lock = [], {}, threading.Lock()

    def do_POST(self):
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        service = json.loads(body)["service_id"] if body[:1] == b"{" else "?"
        with self.lock:
            tries = sum(1 for x in self.seen if x["service"] == service)
            self.seen.append({"service": service, "path": self.path, "headers": {k.lower(): v for k, v in self.headers.items()}, "body": body, "at": time.time()})
            answers = self.script.get(service, [200])
            status, more = answers[min(tries, len(answers) - 1)], {}
        if isinstance(status, tuple):
            status, more = status
        self.send_response(status)
        for name, value in more.items():
            self.send_header(name, value)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def do_GET(self):
        with self.lock:
            self.seen.append({"service": "GET", "path": self.path, "headers": {}, "body": b"", "at": time.time()})
        self.send_response(200)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *args):
        pass


def verify(push, secrets):
    """Checks one attempt as the specifications say; a signature for each secret."""
    headers, body, name = push["headers"], push["body"], push["service"]
    stamp, ident = headers.get("webhook-timestamp", ""), headers.get("webhook-id", "")
    tally.check(stamp.isdigit() and abs(int(stamp) - push["at"]) < 30, "%s: the timestamp is now: %s" % (name, stamp))
    tally.check(ident.startswith("msg_") and headers.get("idempotency-key", "").strip('"') == ident, "%s: Idempotency-Key is webhook-id: %s" % (name, headers))
    signatures = headers.get("webhook-signature", "").split()
    for secret in secrets:
        mac = hmac.new(base64.b64decode(secret), b"%s.%s." % (ident.encode(), stamp.encode()) + body, hashlib.sha256).digest()
        tally.check("v1," + base64.b64encode(mac).decode() in signatures, "%s: signed with each key: %s" % (name, signatures))
    tally.check(len(signatures) == len(secrets), "%s: no other signature" % name)
    tally.check(headers.get("content-digest") == "sha-256=:%s:" % base64.b64encode(hashlib.sha256(body).digest()).decode(), "%s: Content-Digest" % name)
    tally.check(headers.get("content-type", "").split(";")[0] == "application/json", "%s: Content-Type" % name)
    tally.check(json.loads(body)["format"] == "planvax-authority/1", "%s: the authority's document" % name)
    tally.check("authorization" not in headers and "cookie" not in headers, "%s: no credentials" % name)


def wait_for(holds, seconds):
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if holds():
            return True
        time.sleep(0.1)
    return False


def pushes(service):
    with Receiver.lock:
        return [x for x in Receiver.seen if x["service"] == service]


def states(world):
    done = world.ctl("outbox", "list", "--json", remote=True)
    return {x["service_id"]: x for x in json.loads(done.stdout)["items"] if x["kind"] == "push"}


def attempts(world):
    """S001 is refused twice by 503, S002 is sent elsewhere, S003 hears 410, S004 is busy for a while."""
    tally.check(wait_for(lambda: len(pushes("S001")) >= 2 and pushes("S002") and pushes("S003") and pushes("S004"), 40), "pushes arrive: %s" % world.log()[-400:])
    for push in Receiver.seen[:]:
        if push["service"] != "GET":
            verify(push, [NEW, OLD])
    first = pushes("S001")
    if tally.check(len(first) >= 2, "a 503 is tried again"):
        gap = first[1]["at"] - first[0]["at"]
        tally.check(3 <= gap <= 12, "about 5 s later: %.1f s" % gap)
        tally.check(len({x["headers"]["webhook-id"] for x in first}) == 1 and len({x["body"] for x in first}) == 1, "same key and same bytes")
        tally.check(first[0]["headers"]["webhook-timestamp"] != first[1]["headers"]["webhook-timestamp"], "the timestamp is made for each attempt")
    held = states(world)
    tally.check(held["S001"]["state"] == "retry", "after two refusals it waits: %s" % held["S001"])
    world.ctl("outbox", "retry", held["S001"]["letter_id"], remote=True)
    tally.check(wait_for(lambda: states(world)["S001"]["state"] == "done", 15), "`outbox retry` sends at once: %s" % states(world)["S001"])
    tally.check(len({x["headers"]["webhook-id"] for x in pushes("S001")}) == 1, "still the same key")
    tally.check(wait_for(lambda: states(world)["S004"]["state"] == "done", 15) and len(pushes("S004")) == 2, "Retry-After: %s" % states(world)["S004"])
    late = pushes("S004")
    tally.check(len(late) == 2 and late[1]["at"] - late[0]["at"] >= 8, "Retry-After of 8 s is honoured: %.1f" % (late[-1]["at"] - late[0]["at"]))


def ends(world):
    tally.check(not pushes("GET") and all(x["path"] == "/plans" for x in Receiver.seen), "a redirect is not followed")
    held = states(world)
    tally.check(held["S002"]["state"] == "retry", "a redirect is a failure: %s" % held["S002"])
    tally.check(held["S003"]["state"] == "dead" and len(pushes("S003")) == 1, "410 ends it: %s" % held["S003"])
    plans = {x["service_id"]: x["state"] for x in json.loads(world.ctl("plan", "list", "--json", remote=True).stdout)["items"]}
    tally.check(plans["S001"] == "received" and plans["S002"] == "sent" and plans["S004"] == "received", "plan states tell it: %s" % plans)


def main():
    world = World(services=4, people=100)
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Receiver)
    port = server.server_address[1]
    Receiver.script = {"S001": [503, 503, 202], "S002": [(307, {"Location": "http://127.0.0.1:%d/elsewhere" % port})], "S003": [410],
                       "S004": [(429, {"Retry-After": "8"}), 204]}
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        world.push_url, before = "http://127.0.0.1:%d/plans" % port, os.path.join(world.dir, "before")
        for path, value in ((world.secret, NEW), (before, OLD)):
            with open(path, "w", encoding="ascii") as f:
                f.write("whsec_%s\n" % value)
        world.configure("previous_secret_file = %s\n" % before)
        world.drop_all()
        world.start()
        attempts(world)
        ends(world)
        log = world.log()
        tally.check(NEW not in log and OLD not in log, "no secret in the log")
        tally.check(world.kill(15) == 0, "ends cleanly")
    finally:
        server.shutdown()
        world.end()
        tally.end()


main()

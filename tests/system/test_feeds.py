# SPDX-License-Identifier: Apache-2.0
"""HTTP feeds and folders as sources, against a server that can do everything wrong."""
import gzip
import json
import os
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))
from daemon_support import Tally  # noqa: E402
from feed_servers import Scripted, free_port  # noqa: E402
from feed_world import FeedWorld, calendar, event  # noqa: E402

tally = Tally("feeds")
check = tally.check
SECRET = "s3cr3t-t0ken"


def section(name, url, more=""):
    return "[source.%s]\nkind = http\nservice = S001\nurl = %s\n%s" % (name, url, more)


class Feed:
    """A feed with an entity tag; `spoil` replaces its answers."""

    def __init__(self):
        self.text, self.tag, self.spoil = calendar(event("f1"), event("f2", 13)), '"1"', None
        self.server = Scripted(self.answer)

    def answer(self, request):
        if self.spoil:
            return self.spoil(request)
        if request.headers.get("if-none-match") == self.tag:
            return 304, {"ETag": self.tag}, b""
        body, headers = self.text.encode(), {"ETag": self.tag, "Content-Type": "text/html", "Last-Modified": "Sat, 01 Jan 2022 00:00:00 GMT"}
        if "gzip" in request.headers.get("accept-encoding", ""):
            body, headers["Content-Encoding"] = gzip.compress(body), "gzip"
        return 200, headers, body


def raw(data):
    def send(handler):
        handler.wfile.write(data)
    return lambda request: send


def test_conditional(world, feed):
    s = world.source("feed")
    check(s["state"] == "ok" and s["counts"]["created"] == 2 and world.uids() == ["f1", "f2"], "a feed is taken, whatever type it says: %r" % s)
    check("gzip" in feed.server.seen[0].headers["accept-encoding"], "packed answers are welcome")
    s = world.fetch("feed")
    last = feed.server.seen[-1]
    check(last.headers.get("if-none-match") == '"1"' and last.headers.get("if-modified-since"), "the second time it is asked for what changed")
    check(s["state"] == "ok" and s["counts"]["created"] == 2 and s["good_at"], "304 is a good run")
    feed.text, feed.tag = calendar(event("f1", 14, stamp=3), event("f3")), '"2"'
    s = world.fetch("feed")
    check(world.uids() == ["f1", "f3"] and s["counts"]["changed"] == 1, "a full snapshot: what is missing is gone, %r" % s["counts"])
    shown = json.dumps(s) + world.ctl("sources", "list", remote=True).stdout + world.log()
    check(SECRET not in shown and "127.0.0.1" in s["where"], "neither lists nor logs show the secret in the address")


def test_faults(world, feed):
    big = calendar(*(event("x%d" % i, more="DESCRIPTION:%s\r\n" % ("y" * 900)) for i in range(1200))).encode()
    whole = calendar(event("f1", stamp=4), event("f9")).encode()
    cases = [
        ("a log-in page", lambda r: (200, {"Content-Type": "text/calendar"}, b"<!DOCTYPE html><html><body>Connexion</body></html>"), "web page"),
        ("an empty answer", lambda r: (200, {}, b""), "empty"), ("a text", lambda r: (200, {}, b"hello"), "no calendar"),
        ("401", lambda r: (401, {"WWW-Authenticate": "Basic"}, b""), "401"), ("403", lambda r: (403, {}, b""), "403"),
        ("404", lambda r: (404, {}, b""), "404"), ("410", lambda r: (410, {}, b""), "410"), ("500", lambda r: (500, {}, b""), "500"),
        ("206", lambda r: (206, {}, whole[:100]), "206"), ("an unasked 304 does not hurt", lambda r: (304, {}, b""), None),
        ("a cut transfer", raw(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % len(whole) + whole[:300]), ""),
        ("a cut chunk", raw(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n%x\r\n" % len(whole) + whole[:300]), ""),
        ("bytes that are no gzip", lambda r: (200, {"Content-Encoding": "gzip"}, b"no gzip at all"), ""),
        ("a cut gzip", lambda r: (200, {"Content-Encoding": "gzip"}, gzip.compress(whole)[:-60]), ""),
        ("an answer that is too large", lambda r: (200, {}, big), "larger"),
        ("a bomb", lambda r: (200, {"Content-Encoding": "gzip"}, gzip.compress(b"BEGIN:VCALENDAR\r\n" + b" " * (64 << 20))), "larger"),
        ("no HTTP", raw(b"SSH-2.0-OpenSSH\r\n\r\n"), ""),
    ]
    known = world.uids()
    failures = 0
    for name, spoil, words in cases:
        feed.spoil = spoil
        s = world.fetch("feed")
        if words is None:
            check(s["state"] == "ok", "%s: %r" % (name, s["problem"]))
            failures = 0
        else:
            failures += 1
            check(s["state"] == "failing" and s["failures"] == failures and words in s["problem"] and s["hint"], "%s is told: %r, %r" % (name, s["problem"], s["hint"]))
        check(set(known) <= set(world.uids()), "%s removes nothing: %r" % (name, world.uids()))
    feed.spoil = lambda r: (200, {"ETag": '"cut"'}, calendar(event("f1", 15, stamp=5), event("f8"))[:-30].encode())
    s = world.fetch("feed")
    check("ends too early" in (s["problem"] or "") and "f3" in world.uids(), "a calendar without its end removes nothing: %r" % s["problem"])
    check([r for r in world.rows() if r[0] == "f1"][0][2] == 1642233600, "its whole events are taken")
    feed.spoil = lambda r: (503, {"Retry-After": "7200"}, b"")
    s = world.fetch("feed")
    wait = time.mktime(time.strptime(s["next_at"], "%Y-%m-%dT%H:%M:%SZ")) - time.mktime(time.strptime(s["tried_at"], "%Y-%m-%dT%H:%M:%SZ"))
    check(wait >= 7200, "Retry-After is honoured: %d s" % wait)
    feed.spoil = None
    feed.tag = '"3"'
    s = world.fetch("feed")
    check(s["state"] == "ok" and s["failures"] == 0 and s["problem"] is None and world.uids() == ["f1", "f3"], "then it is well again")


def test_held(world, feed):
    events = [event("h%d" % i, 3 + i % 25) for i in range(30)]
    feed.text, feed.tag = calendar(*events), '"h1"'
    world.fetch("feed")
    feed.text, feed.tag = calendar(*events[:5]), '"h2"'
    for i in range(2):
        s = world.fetch("feed")
        check(s["state"] == "held" and len(world.uids()) == 30, "a shrunken feed is held, look %d: %r" % (i + 1, s["state"]))
    check('"h2"' not in [r.headers.get("if-none-match") for r in feed.server.seen], "its tag is not kept")
    status = json.loads(world.ctl("status", "--json", remote=True).stdout)
    check(status["sources"] == {"ok": 0, "failing": 0, "held": 1}, "the status counts it: %r" % status["sources"])
    feed.text, feed.tag = calendar(*(e for i, e in enumerate(events) if i % 3 != 1)), '"h3"'
    s = world.fetch("feed")
    check(s["state"] == "ok" and len(world.uids()) == 20, "back to a plausible size: no longer held, %r" % s["state"])


def test_redirects(world, feed, other):
    secret = os.path.join(world.dir, "password")
    with open(secret, "w") as f:
        f.write("p4ss\n")
    account = "allow_private = 1\nusername = u\npassword_file = %s\n" % secret
    seen = {}

    def here(request):
        seen[request.path] = request.headers.get("authorization")
        if request.path == "/moved.ics":
            return 302, {"Location": "/feed.ics"}, b""
        if request.path == "/away.ics":
            return 301, {"Location": other.url("/there.ics")}, b""
        if request.path == "/loop.ics":
            return 302, {"Location": "/loop.ics"}, b""
        if request.path == "/file.ics":
            return 302, {"Location": "file:///etc/passwd"}, b""
        if request.path == "/late.ics":
            time.sleep(2)
        return 200, {}, calendar(event("moved")).encode()

    def there(request):
        seen["there"] = request.headers.get("authorization")
        return 200, {}, calendar(event("away")).encode()
    feed.spoil, other.answer = here, there
    names = ["moved", "away", "loop", "file", "late"]
    world.configure("".join(section(n, feed.server.url("/%s.ics" % n), account + ("timeout = 1 s\n" if n == "late" else "")) for n in names))
    world.ctl("reload", remote=True, check=True)
    world.wait_idle()
    stands = {n: world.source(n) for n in names}
    check(stands["moved"]["state"] == "ok" and seen["/feed.ics"] == "Basic dTpwNHNz", "a redirect on the same host is followed with the account")
    check(stands["away"]["state"] == "ok" and "there" in seen and seen["there"] is None, "another host is never told the password: %r" % seen.get("there"))
    check(stands["loop"]["state"] == "failing", "a loop ends: %r" % stands["loop"]["problem"])
    check(stands["file"]["state"] == "failing", "only http is followed: %r" % stands["file"]["problem"])
    check(stands["late"]["state"] == "failing" and "timed out" in stands["late"]["problem"], "an answer that takes too long: %r" % stands["late"]["problem"])
    check("p4ss" not in world.log() + json.dumps(stands), "no password in logs or lists")
    world.configure("".join([section("private", feed.server.url("/private.ics")), section("http", "http://planvax.example/x.ics"),
                             section("open", feed.server.url("/private.ics"), "allow_http = 1\n"), section("webcal", "webcal://127.0.0.1:%d/x.ics" % free_port(), "allow_private = 1\n")]))
    done = world.ctl("reload", remote=True)
    world.wait_idle()
    if done.returncode == 0:
        s = world.source("open")
        check(s["state"] == "failing" and "private" in s["problem"] and "allow_private" in s["hint"], "private addresses are refused: %r" % s["problem"])
    else:
        check("http" in done.stderr, "http without allow_http is told by the configuration: %r" % done.stderr)
    world.configure("".join([section("open", feed.server.url("/private.ics"), "allow_http = 1\n"), section("webcal", "webcal://127.0.0.1:%d/x.ics" % free_port(), "allow_private = 1\n")]))
    world.ctl("reload", remote=True, check=True)
    world.wait_idle()
    s = world.source("open")
    check(s["state"] == "failing" and "private" in s["problem"] and "allow_private" in s["hint"], "private addresses are refused: %r" % s["problem"])
    s = world.source("webcal")
    check(s["where"].startswith("https://127.0.0.1") and "onnect" in s["problem"], "webcal: is https: %r" % s["problem"])
    check(not any(r[0] == "private" for r in world.rows()), "nothing came of it")
    feed.spoil = None


def test_folder(world):
    folder = os.path.join(world.dir, "exports")
    os.mkdir(folder)

    def write(name, text, age=10):
        path = os.path.join(folder, name)
        with open(path + ".new", "w", newline="") as f:
            f.write(text)
        os.utime(path + ".new", (time.time() - age, time.time() - age))
        os.rename(path + ".new", path)
    write("a.ics", calendar(event("a1"), event("a2")))
    write("notes.txt", "no calendar")
    write("bad.ics", "<html>")
    world.configure("[source.files]\nkind = folder\nservice = S001\npath = %s\nevery = 1 s\n" % folder)
    world.ctl("reload", remote=True, check=True)
    world.wait_idle()
    own = "source LIKE 'files/%' AND status IN ('visit', 'busy', 'free')"
    s = world.source("files")
    check(world.uids(own) == ["a1", "a2"], "a folder's calendars are taken: %r" % s)
    check(s["state"] == "ok" and "1 files" in s["problem"] and "bad.ics" in s["report"], "one that is none is told: %r" % s["problem"])
    check(sorted(os.listdir(folder)) == ["a.ics", "bad.ics", "notes.txt"], "files stay where they are")
    os.unlink(os.path.join(folder, "bad.ics"))
    write("a.ics", calendar(event("a1"), event("a3")), 5)
    s = world.fetch("files")
    check(world.uids(own) == ["a1", "a3"], "a changed file is read again: %r" % world.uids(own))
    write("growing.ics", calendar(event("g1"))[:-20], 0)
    s = world.fetch("files")
    check("g1" not in world.uids(own), "a file that is being written waits")
    write("growing.ics", calendar(event("g1")), 3)
    end = time.monotonic() + 30
    while "g1" not in world.uids(own) and time.monotonic() < end:
        time.sleep(0.2)
    check("g1" in world.uids(own), "and is taken without being asked for")
    os.unlink(os.path.join(folder, "growing.ics"))
    s = world.fetch("files")
    check("g1" in world.uids(own) and "1 files are no longer there" in s["problem"], "a file that is gone removes nothing: %r" % s["problem"])
    os.rename(folder, folder + ".away")
    s = world.fetch("files")
    check(s["state"] == "failing" and "cannot be opened" in s["problem"] and world.uids(own) == ["a1", "a3", "g1"], "nor does a folder: %r" % s["problem"])
    os.rename(folder + ".away", folder)
    check(world.fetch("files")["state"] == "ok", "back again")
    write("week_2022-01-10.ics", calendar(event("w1"), event("w2")), 9)
    world.fetch("files")
    write("week_2022-01-17.ics", calendar(event("w2"), event("w3")), 4)
    s = world.fetch("files")
    check([u for u in world.uids(own) if u[0] == "w"] == ["w2", "w3"], "of exports under dated names the newest counts: %r" % world.uids(own))
    os.unlink(os.path.join(folder, "week_2022-01-10.ics"))
    s = world.fetch("files")
    check("1 files are no longer there" in s["problem"], "an older export that goes is no loss: %r" % s["problem"])


def test_forget(world):
    """After test_folder: its section goes."""
    own = "source LIKE 'files/%'"
    refused = world.ctl("sources", "forget", "files", remote=True)
    check(refused.returncode == 1 and "take the section out" in refused.stderr, "a configured source is not forgotten: %s" % refused.stderr)
    world.configure("")
    world.ctl("reload", remote=True, check=True)
    world.wait_idle()
    listed = [s for s in json.loads(world.ctl("sources", "list", "--json", remote=True).stdout)["items"] if s["name"] == "files"]
    check(len(listed) == 1 and listed[0]["state"] == "not configured", "it is listed: %r" % listed)
    live, kept = world.rows(own + " AND status = 'visit'"), world.rows(own)
    shown = world.ctl("sources", "forget", "files", remote=True)
    check("%d visits, 0 busy, %d entries" % (len(live), len(kept)) in shown.stdout and "say --yes" in shown.stdout, "it says what would go: " + shown.stdout)
    check(world.rows(own) == kept and live, "and removes nothing")
    done = world.ctl("sources", "forget", "files", "--yes", remote=True)
    check(done.returncode == 0 and world.rows(own) == [], "with --yes all goes: %s%s" % (done.stdout, done.stderr))
    check("files" not in world.ctl("sources", "list", remote=True).stdout, "the source too")
    check(world.ctl("sources", "forget", "files", remote=True).returncode == 1, "once")


def test_overlap_and_end(world, feed):
    def slow(request):
        time.sleep(3)
        return 200, {}, calendar(event("slow")).encode()
    feed.spoil = slow
    n = len(feed.server.seen)
    world.configure(section("slow", feed.server.url("/slow.ics"), "allow_private = 1\n"))
    world.ctl("reload", remote=True, check=True)
    world.ctl("sources", "fetch", "slow", "slow", remote=True, check=True)
    status = json.loads(world.ctl("status", "--json", remote=True).stdout)
    check(status["state"] == "busy", "a run counts as work")
    time.sleep(1)
    check(len(feed.server.seen) == n + 1, "two runs of a source never overlap: %d" % (len(feed.server.seen) - n))
    check(world.ctl("sources", "fetch", "nobody", remote=True).returncode == 1, "an unknown source is told")
    metrics = world.ctl("sources", "list", remote=True)
    check("slow" in metrics.stdout, "it is listed")
    start = time.monotonic()
    check(world.kill(15) == 0 and time.monotonic() - start < 3, "the end does not wait for an answer: %.1f s" % (time.monotonic() - start))
    feed.spoil = None
    world.start()
    world.wait_idle()
    check(world.source("slow")["state"] == "ok", "after the start it is looked at again")


def main():
    feed, other, world = Feed(), Scripted(None), FeedWorld(services=0)
    try:
        url = feed.server.url("/private/%s/feed.ics?key=%s" % (SECRET, SECRET))
        check(world.begin(section("feed", url, "allow_private = 1\nmax_bytes = 1 MiB\n")), "the daemon comes to rest")
        test_conditional(world, feed)
        test_faults(world, feed)
        test_held(world, feed)
        test_redirects(world, feed, other)
        test_folder(world)
        test_forget(world)
        test_overlap_and_end(world, feed)
        if tally.failed:
            print(world.log()[-4000:])
    finally:
        world.end()
        feed.server.end()
        other.end()
    tally.end()


if __name__ == "__main__":
    main()

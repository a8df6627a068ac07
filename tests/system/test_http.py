#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""The HTTP side with curl as client: who may see what, caching, refusals with their problem documents, and clients
that are slow, oversized or broken while a bystander is served."""
import gzip
import json
import os
import socket
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))
from daemon_support import Tally, World
from http_client import Client, parse, read_all, wait_for_socket

tally = Tally("http")
PLAN = "/v1/plans/S001/2022-01"
LIMITS = "[http]\nhead_deadline = 1 s\nbody_deadline = 1 s\nidle_deadline = 2 s\n"


def problem(answer, status, what):
    """A problem document of that status, with a detail that helps."""
    try:
        body = json.loads(answer.body)
    except ValueError:
        body = {}
    return tally.check(answer.status == status and answer.headers.get("content-type") == "application/problem+json" and body.get("status") == status
                       and body.get("title") and body.get("detail"), "%s: %d with a problem document: %s" % (what, status, answer))


def health(client):
    for path in ("/livez", "/readyz"):
        tally.check(client.curl(path).status == 200, "%s needs no token" % path)
    problem(client.curl("/metrics"), 401, "metrics without a token")
    metrics = client.curl("/metrics", token="national")
    tally.check(metrics.status == 200 and metrics.headers["content-type"].startswith("text/plain; version=0.0.4"), "metrics are Prometheus text")
    families = [x.split()[2] for x in metrics.body.decode().splitlines() if x.startswith("# TYPE ")]
    tally.check(len(families) == len(set(families)) and len(families) > 5, "metrics: each family once: %s" % families)
    tally.check(all(len(x.rsplit(" ", 1)) == 2 and float(x.rsplit(" ", 1)[1]) >= 0 for x in metrics.body.decode().splitlines() if x and x[0] != "#"), "metrics: numbers")
    om = client.curl("/metrics", "-H", "Accept: application/openmetrics-text; version=1.0.0", token="national")
    tally.check(om.headers.get("content-type", "").startswith("application/openmetrics-text") and om.body.endswith(b"# EOF\n"), "OpenMetrics where Accept asks")
    api = client.curl("/openapi.json")
    tally.check(api.status == 200 and json.loads(api.body)["openapi"].startswith("3.1") and "/v1/plans/{service}/{month}" in json.loads(api.body)["paths"], "OpenAPI 3.1")


def roles(client):
    """Whole plans for the service and the operator, masked ones for authorities, nothing for others."""
    for who, services in (("operator", ["S001", "S002"]), ("national", ["S001", "S002"]), ("service", ["S001"]), ("region", ["S001"]), ("elsewhere", [])):
        items = json.loads(client.curl("/v1/plans?month=2022-01", token=who).body)["items"]
        tally.check([x["service_id"] for x in items] == services, "%s lists %s: %s" % (who, services, [x["service_id"] for x in items]))
    item = json.loads(client.curl("/v1/plans", token="operator").body)["items"][0]
    tally.check(list(item) == ["service_id", "name", "region", "month", "state", "version", "plan_digest", "deadline", "received_at", "indicators"], "members of a status: %s" % list(item))
    tally.check(item["month"] == "2022-01" and item["state"] == "received" and item["version"] == 1 and item["received_at"], "the state of a pushed plan: %s" % item)
    for who, form in (("operator", "planvax-plan/1"), ("service", "planvax-plan/1"), ("national", "planvax-authority/1"), ("region", "planvax-authority/1")):
        answer = client.curl(PLAN, token=who)
        body = json.loads(answer.body) if answer.status == 200 else {}
        tally.check(body.get("format") == form, "%s reads %s: %s" % (who, form, answer.status))
        digest = body.get("plan_digest")
        tally.check(digest == item["plan_digest"], "%s: the digest of the full plan" % who)
        version = client.curl(PLAN + "/versions/1", token=who)
        tally.check(version.status == 200 and version.body == answer.body, "%s: version 1 is that plan" % who)
    for who, path, status in (("service", "/v1/plans/S002/2022-01", 404), ("elsewhere", PLAN, 404), ("operator", PLAN + "/versions/2", 404),
                              ("operator", "/v1/plans/S001/2022-02", 404), ("operator", "/v1/plans/S999/2022-01", 404), ("operator", "/v1/nothing", 404),
                              ("national", "/v1/outbox", 403), ("service", "/v1/tokens", 403), ("region", "/v1/status", 403)):
        problem(client.curl(path, token=who), status, "%s GET %s" % (who, path))
    problem(client.curl("/v1/plans?month=2022-13", token="operator"), 400, "a month that is none")
    for state, count in (("received", 2), ("missing", 0)):
        found = json.loads(client.curl("/v1/plans?state=" + state, token="operator").body)["items"]
        tally.check(len(found) == count, "state=%s finds %d" % (state, count))
    masked = client.curl("/v1/plans?region=44", token="elsewhere")
    tally.check(masked.status == 404 or json.loads(masked.body)["items"] == [], "a region out of scope shows nothing")


def paging(client):
    one = client.curl("/v1/plans?limit=1", token="operator")
    body = json.loads(one.body)
    tally.check(len(body["items"]) == 1 and body["next"] and 'rel="next"' in one.headers.get("link", ""), "a page of one has a cursor and a Link")
    two = json.loads(client.curl("/v1/plans?limit=1&cursor=" + str(body["next"]), token="operator").body)
    tally.check([x["service_id"] for x in two["items"]] == ["S002"] and two["next"] is None, "the cursor leads to the rest: %s" % two)
    problem(client.curl("/v1/plans?cursor=%21%21", token="operator"), 400, "a cursor that is none")
    problem(client.curl("/v1/plans?limit=0x", token="operator"), 400, "a limit that is none")


def access(client):
    for name, header in (("no token", []), ("a stranger's", ["-H", "Authorization: Bearer planvax_" + "0" * 48]), ("a bare word", ["-H", "Authorization: Bearer x"]),
                         ("Basic", ["-u", "a:b"]), ("an empty one", ["-H", "Authorization: Bearer "])):
        answer = client.curl(PLAN, *header)
        problem(answer, 401, name)
        tally.check(answer.headers.get("www-authenticate", "").startswith("Bearer"), name + ": WWW-Authenticate")
    listed = json.loads(client.world.ctl("token", "list", "--json", remote=True).stdout)
    items = listed["items"] if isinstance(listed, dict) else listed
    tally.check(not any(t in json.dumps(items) for t in client.tokens.values()), "the list shows no token")
    client.token("brief", "--role", "national")
    listed = json.loads(client.world.ctl("token", "list", "--json", remote=True).stdout)
    after = listed["items"] if isinstance(listed, dict) else listed
    known = {x["token_id"] for x in items}
    fresh = [x["token_id"] for x in after if x["token_id"] not in known]
    tally.check(len(fresh) == 1 and client.curl(PLAN, token="brief").status == 200, "a new token opens")
    client.world.ctl("token", "revoke", fresh[0], remote=True)
    problem(client.curl(PLAN, token="brief"), 401, "a revoked token")
    with open(os.path.join(client.world.dir, "planvax.db"), "rb") as f, open(os.path.join(client.world.dir, "planvax.db-wal"), "rb") as g:
        stored = f.read() + g.read()
    tally.check(not any(t.encode() in stored for t in client.tokens.values()), "only digests of tokens are stored")


def methods(client):
    answer = client.curl("/v1/plans", "-X", "DELETE", token="operator")
    problem(answer, 405, "DELETE /v1/plans")
    tally.check("GET" in answer.headers.get("allow", ""), "405 names what is allowed")
    facts = "/v1/services/S001/facts"
    wrong = client.curl(facts, "-H", "Content-Type: application/json", "-d", '{"kind":"jump"}', token="operator")
    tally.check(wrong.status in (400, 422) and json.loads(wrong.body)["errors"][0]["pointer"] == "#/kind", "a bad member is named by its pointer: %s" % (wrong,))
    broken = client.curl(facts, "-H", "Content-Type: application/json", "-d", '{"kind":', token="operator")
    tally.check(broken.status in (400, 422) and broken.headers["content-type"] == "application/problem+json", "a body that is no JSON: %s" % (broken,))
    problem(client.curl(facts, "-H", "Content-Type: text/plain", "-d", "pin", token="operator"), 415, "a body of another type")
    problem(client.curl(facts, "-H", "Content-Type: application/json", "-d", '{"kind":"pin","offer":"J1"}', token="national"), 403, "an authority states no facts")
    problem(client.curl("/v1/services/S002/facts", "-H", "Content-Type: application/json", "-d", '{"kind":"pin","offer":"J1"}', token="service"), 404, "another service's facts")
    problem(client.curl("/v1/plans", "-H", "Accept: application/pdf", token="operator"), 406, "a form that is not there")


def caching(client):
    for who in ("service", "national"):
        first = client.curl(PLAN, token=who)
        tag = first.headers.get("etag", "")
        tally.check(tag.startswith('"') and len(tag) > 20, "%s: a strong ETag: %s" % (who, tag))
        same = client.curl(PLAN, "-H", "If-None-Match: " + tag, token=who)
        tally.check(same.status == 304 and same.body == b"" and same.headers.get("etag") == tag, "%s: 304 for the tag: %s" % (who, same))
        for given, status in (('"other", ' + tag, 304), ("*", 304), ('"other"', 200), ("W/" + tag, 304)):
            tally.check(client.curl(PLAN, "-H", "If-None-Match: " + given, token=who).status == status, "%s: If-None-Match %s is %d" % (who, given[:12], status))
        head = client.curl(PLAN, "--head", token=who)
        tally.check(head.status == 200 and head.body == b"" and head.headers["content-length"] == first.headers["content-length"] and head.headers["etag"] == tag, "%s: HEAD" % who)
        packed = client.curl(PLAN, "-H", "Accept-Encoding: gzip", token=who)
        tally.check(packed.headers.get("content-encoding") == "gzip" and gzip.decompress(packed.body) == first.body, "%s: gzip is the same document" % who)
        tally.check("accept-encoding" in packed.headers.get("vary", "").lower() and "private" in packed.headers.get("cache-control", ""), "%s: Vary and Cache-Control" % who)
        tally.check(packed.headers.get("etag") != tag, "%s: a packed body has a strong tag of its own" % who)
        plain = client.curl(PLAN, "-H", "Accept-Encoding: gzip;q=0", token=who)
        tally.check("content-encoding" not in plain.headers and plain.body == first.body, "%s: gzip;q=0 is refused" % who)
    tags = {client.curl(PLAN, token=who).headers["etag"] for who in ("service", "national")}
    tally.check(len(tags) == 2, "audiences have tags of their own")


def keep_alive(client):
    sock = client.raw()
    line = b"GET /livez HTTP/1.1\r\nHost: x\r\n\r\n"
    sock.sendall(line * 3)
    time.sleep(0.5)
    data = sock.recv(65536)
    tally.check(data.count(b"HTTP/1.1 200 ") == 3, "three requests on one connection, sent at once: %r" % data[:300])
    rest, seconds, closed = read_all(sock, 6)
    tally.check(closed and 1.0 < seconds < 5, "an idle connection is closed after 2 s: %.1f" % seconds)
    sock.close()
    sock = client.raw()
    sock.sendall(b"GET /livez HTTP/1.0\r\n\r\n")
    data, seconds, closed = read_all(sock, 5)
    tally.check(b" 200 " in data and closed and seconds < 1.5, "HTTP/1.0 is answered and closed")
    sock.close()


def refuses(client, name, data, statuses, seconds=5):
    """The peer answers with one of the statuses, or closes; never hangs, never serves."""
    sock = client.raw()
    try:
        sock.sendall(data)
    except ConnectionError:
        pass
    answer, took, closed = read_all(sock, seconds)
    sock.close()
    status = parse(answer).status if answer else 0
    tally.check(closed and status in statuses, "%s: status %d after %.1f s, closed %s" % (name, status, took, closed))


def broken_clients(client):
    head = b"GET /livez HTTP/1.1\r\nHost: x\r\n"
    refuses(client, "a head that stays unfinished", head, (408, 0))
    refuses(client, "a head of 1 MB", head + b"X-A: " + b"a" * 1000000 + b"\r\n\r\n", (431, 400, 0))
    refuses(client, "ten thousand header lines", head + b"X-A: b\r\n" * 10000 + b"\r\n", (431, 400, 0))
    refuses(client, "a target of 100 kB", b"GET /" + b"a" * 100000 + b" HTTP/1.1\r\nHost: x\r\n\r\n", (414, 431, 400, 0))
    refuses(client, "no Host", b"GET /livez HTTP/1.1\r\n\r\n", (400,))
    refuses(client, "two lengths", head.replace(b"GET", b"POST") + b"Content-Length: 1\r\nContent-Length: 2\r\n\r\nab", (400,))
    refuses(client, "length and chunks", head.replace(b"GET", b"POST") + b"Content-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", (400,))
    refuses(client, "a blank before the colon", head + b"X-A : b\r\n\r\n", (400,))
    refuses(client, "a folded header", head + b"X-A: b\r\n c\r\n\r\n", (400,))
    refuses(client, "a NUL", head + b"X-A: \0\r\n\r\n", (400,))
    refuses(client, "bare line feeds", b"GET /livez HTTP/1.1\nHost: x\n\n", (400, 408, 0))
    refuses(client, "HTTP/2's preface", b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", (400, 505, 0))
    refuses(client, "not HTTP at all", b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" * 20, (400, 408, 0))
    facts = (b"POST /v1/services/S001/facts HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nAuthorization: Bearer " + client.tokens["operator"].encode())
    refuses(client, "a body that is too long", facts + b"\r\nContent-Length: 50000000\r\n\r\n", (413,))
    refuses(client, "a body that does not come", facts + b"\r\nContent-Length: 50\r\n\r\n{", (408, 0))
    refuses(client, "a chunk of another size", facts + b"\r\nTransfer-Encoding: chunked\r\n\r\nZZ\r\n", (400, 0))
    refuses(client, "endless chunks", facts + b"\r\nTransfer-Encoding: chunked\r\n\r\n" + b"10000\r\n" + b"a" * 65536 + b"\r\n" + (b"10000\r\n" + b"a" * 65536 + b"\r\n") * 40, (413, 0))


def bystander(client):
    """Two hundred slow heads and slow readers do not hold up who asks meanwhile."""
    slow = []
    for _ in range(200):
        try:
            sock = client.raw()
            sock.sendall(b"GET /livez HTTP/1.1\r\nHo")
            slow.append(sock)
        except OSError:
            break
    times = []
    for n in range(10):
        start = time.monotonic()
        answer = client.curl(PLAN, token="national")
        times.append(time.monotonic() - start)
        tally.check(answer.status == 200, "served while %d slow heads wait: %s" % (len(slow), answer.status))
    tally.check(max(times) < 1.0, "served within a second: %.2f" % max(times))
    data, seconds, closed = read_all(slow[0], 5)
    tally.check(closed, "a slow head is closed at its deadline although it drips")
    for sock in slow:
        sock.close()
    sock = client.raw()
    start = time.monotonic()
    try:
        for _ in range(60):
            sock.sendall(b"G" if _ == 0 else b"X")
            time.sleep(0.1)
    except OSError:
        pass
    tally.check(time.monotonic() - start < 4.5, "a dripping head does not outlive its deadline: %.1f s" % (time.monotonic() - start))
    sock.close()


def unix_socket(world):
    """The operator's socket needs no token and has mode 0660."""
    tally.check(os.stat(world.socket).st_mode & 0o777 == 0o660, "mode %o" % (os.stat(world.socket).st_mode & 0o777))
    sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    sock.connect(world.socket)
    sock.sendall(b"GET /v1/status HTTP/1.1\r\nHost: planvax\r\nConnection: close\r\n\r\n")
    data, _, _ = read_all(sock, 5)
    tally.check(b" 200 " in data[:20] and b'"state"' in data, "status over the Unix socket")
    sock.close()


def main():
    world = World(services=2, people=220, more=LIMITS)
    try:
        world.start_receiver()
        world.configure()
        world.drop_all()
        world.start()
        wait_for_socket(world)
        if not tally.check(world.wait_idle(60), "becomes idle: %s" % world.log()[-500:]):
            return
        client = Client(world)
        region = json.loads(world.ctl("plan", "list", "--json", remote=True).stdout)["items"][0]["region"]
        client.token("operator", "--role", "operator")
        client.token("national", "--role", "national")
        client.token("service", "--role", "service", "--service", "S001")
        client.token("region", "--role", "region", "--region", region)
        client.token("elsewhere", "--role", "region", "--region", "06")
        for part in (health, roles, paging, access, methods, caching, keep_alive, broken_clients, bystander):
            part(client)
        unix_socket(world)
        log = world.log()
        tally.check(not any(t in log for t in client.tokens.values()), "no token is in the log")
        tally.check(world.daemon.poll() is None and client.curl("/livez").status == 200, "alive at the end")
        tally.check(world.kill(15) == 0, "ends cleanly")
    finally:
        world.end()
        tally.end()


main()

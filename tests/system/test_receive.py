#!/usr/bin/python3
"""planvaxctl receive takes what an independent sender signs, and nothing else."""
import base64
import glob
import hashlib
import hmac
import http.client
import json
import os
import signal
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))
from daemon_support import Tally

CTL = os.path.join(os.environ["B"], "planvaxctl")
SECRET = base64.b64encode(b"planvax-test-secret-planvax-test").decode()


class Checks(Tally):
    def that(self, what, holds):
        return self.check(holds, what)


class Receiver:
    def __init__(self, folder, *more):
        self.folder = folder
        with open(folder + ".secret", "w") as f:
            f.write("# old and new\nwhsec_b2xkLXNlY3JldC1vbGQtc2VjcmV0LW9sZA==\nwhsec_%s\n" % SECRET)
        self.process = subprocess.Popen(
            [CTL, "receive", "--listen", "127.0.0.1:0", "--secret-file", folder + ".secret", "--dir", folder, *more],
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        word, self.address = self.process.stdout.readline().split()
        assert word == "listening", word

    def ask(self, method, body, headers):
        connection = http.client.HTTPConnection(self.address, timeout=10)
        connection.request(method, "/plans", body=body, headers=headers)
        answer = connection.getresponse()
        text = answer.read()
        connection.close()
        return answer, text

    def push(self, body, identity="msg_1", age=0, secret=SECRET, change=None):
        at = str(int(time.time()) - age)
        signed = hmac.new(base64.b64decode(secret), ("%s.%s." % (identity, at)).encode() + body, hashlib.sha256).digest()
        headers = {"Content-Type": "application/json", "webhook-id": identity, "webhook-timestamp": at, "Idempotency-Key": identity,
                   "webhook-signature": "v1,bm9uZQ== v1," + base64.b64encode(signed).decode(),
                   "Content-Digest": "sha-256=:%s:" % base64.b64encode(hashlib.sha256(body).digest()).decode()}
        headers.update(change or {})
        return self.ask("POST", body, {k: v for k, v in headers.items() if v is not None})

    def end(self, how=signal.SIGTERM):
        self.process.send_signal(how)
        out, err = self.process.communicate(timeout=20)
        return self.process.returncode, out.splitlines(), err


def document(version=1, **more):
    value = {"format": "planvax-authority/1", "plan_digest": "sha256:" + "0" * 64, "service_id": "S001", "month": "2022-01", "version": version}
    value.update(more)
    return json.dumps(value).encode()


def takes_and_refuses(tally, folder):
    receiver = Receiver(folder)
    answer, text = receiver.push(document())
    tally.that("a signed document is acknowledged", answer.status == 201 and json.loads(text)["webhook_id"] == "msg_1")
    again, text_again = receiver.push(document())
    tally.that("the same message is acknowledged again by the same receipt", again.status == 200 and text_again == text)
    cases = [
        ("another secret", 401, document(), {"secret": base64.b64encode(b"x" * 32).decode()}),
        ("a message that is too old", 401, document(), {"age": 301}),
        ("a message from the future", 401, document(), {"age": -302}),
        ("no signature", 401, document(), {"change": {"webhook-signature": None}}),
        ("a signature of another id", 401, document(), {"change": {"webhook-id": "msg_9", "Idempotency-Key": "msg_9"}}),
        ("a wrong digest", 400, document(), {"change": {"Content-Digest": "sha-256=:AAAA:"}}),
        ("another idempotency key", 400, document(), {"change": {"Idempotency-Key": "other"}}),
        ("no JSON", 400, b"{", {}),
        ("another format", 400, document(format="planvax-plan/1"), {}),
        ("a path for a service", 400, document(service_id="../S001"), {}),
        ("no month", 400, document(month="2022-13"), {}),
        ("no version", 400, document(version=0), {}),
    ]
    for number, (name, status, body, how) in enumerate(cases):
        answer, text = receiver.push(body, identity="bad_%d" % number, **how)
        problem = answer.getheader("Content-Type") == "application/problem+json" and json.loads(text)["status"] == status
        tally.that("refused: " + name, answer.status == status and problem)
    answer, _ = receiver.ask("GET", None, {})
    tally.that("GET is no push", answer.status == 405 and answer.getheader("Allow") == "POST")
    answer, _ = receiver.push(document(2), identity="msg_2", age=299)
    tally.that("the second version is taken", answer.status == 201)
    code, lines, err = receiver.end()
    tally.that("it ends cleanly on SIGTERM", code == 0)
    tally.that("one receipt a message on stdout", [json.loads(x)["file"] for x in lines] == ["S001-2022-01-v1.json", "S001-2022-01-v2.json"])
    tally.that("refusals are told on stderr", err.count("refused") == len(cases))
    names = sorted(os.path.basename(p) for p in glob.glob(folder + "/*"))
    tally.that("nothing else is stored", names == ["S001-2022-01-v1.json", "S001-2022-01-v2.json", "receipts.jsonl"])
    with open(folder + "/S001-2022-01-v1.json", "rb") as f:
        tally.that("what is stored is what was sent", f.read() == document())


def remembers_and_misbehaves(tally, folder):
    with open(folder + "/receipts.jsonl", "a") as f:
        f.write('{"webhook_id":"cut')
    receiver = Receiver(folder, "--fail-first", "2", "--status", "500", "--retry-after", "7")
    first, _ = receiver.push(document())
    second, _ = receiver.push(document())
    third, _ = receiver.push(document())
    tally.that("it misbehaves as told", (first.status, second.status) == (500, 500) and first.getheader("Retry-After") == "7")
    tally.that("it knows messages of an earlier run", third.status == 200)
    code, lines, _ = receiver.end(signal.SIGINT)
    tally.that("it ends cleanly on SIGINT, without new receipts", code == 0 and lines == [])
    with open(folder + "/receipts.jsonl") as f:
        tally.that("a receipt cut by a crash is dropped", len([json.loads(x) for x in f]) == 2)
    receiver = Receiver(folder, "--status", "410")
    answer, _ = receiver.push(document(3), identity="msg_3")
    tally.that("it refuses for ever as told", answer.status == 410)
    receiver.end()


def usage(tally, folder):
    def run(*arguments):
        return subprocess.run([CTL, "receive", *arguments], stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=20)
    tally.that("--help", run("--help").returncode == 0)
    tally.that("options that are missing", run("--listen", "127.0.0.1:0").returncode == 2)
    good = ["--secret-file", folder + ".secret", "--dir", folder]
    tally.that("a bad address", run("--listen", "nowhere", *good).returncode == 1)
    with open(folder + ".bad", "w") as f:
        f.write("whsec_%s\nsecret\n" % SECRET)
    bad = run("--listen", "127.0.0.1:0", "--secret-file", folder + ".bad", "--dir", folder)
    tally.that("a bad key is told by its line, not shown", bad.returncode == 1 and "line 2" in bad.stderr and SECRET not in bad.stderr)


def main():
    tally = Checks("receive")
    with tempfile.TemporaryDirectory(prefix="planvax-test-") as top:
        folder = os.path.join(top, "received")
        takes_and_refuses(tally, folder)
        remembers_and_misbehaves(tally, folder)
        usage(tally, folder)
    return tally.end()


if __name__ == "__main__":
    sys.exit(main())

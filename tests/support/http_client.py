# SPDX-License-Identifier: Apache-2.0
"""curl as HTTP client of the system tests, and bare sockets for what curl would not send."""
import collections
import json
import os
import socket
import subprocess
import time

Answer = collections.namedtuple("Answer", "status headers body")


class Client:
    """Talks to the daemon of a World, with tokens of every role."""

    def __init__(self, world):
        self.world = world
        self.status = json.loads(world.ctl("status", "--json", remote=True, check=True).stdout)
        self.address = self.status["listen"][0]
        self.tokens = {}

    def token(self, name, *args):
        done = self.world.ctl("token", "add", *args, remote=True, check=True)
        self.tokens[name] = done.stdout.strip()
        return self.tokens[name]

    def curl(self, path, *args, token=None, limit=20):
        command = ["curl", "-sS", "-i", "--max-time", str(limit), *args, "http://%s%s" % (self.address, path)]
        if token:
            command[1:1] = ["-H", "Authorization: Bearer " + self.tokens.get(token, token)]
        done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, timeout=limit + 10)
        return parse(done.stdout, done.stderr)

    def raw(self):
        host, port = self.address.rsplit(":", 1)
        return socket.create_connection((host, int(port)), timeout=30)


def parse(data, err=b""):
    """The last answer of a curl -i output (interim answers come before it)."""
    rest = data
    while True:
        head, _, body = rest.partition(b"\r\n\r\n")
        lines = head.decode("latin-1").split("\r\n")
        words = lines[0].split()
        if len(words) < 2 or not words[1].isdigit():
            return Answer(0, {}, err)
        headers = {k.strip().lower(): v.strip() for k, _, v in (x.partition(":") for x in lines[1:])}
        if words[1].startswith("1"):
            rest = body
            continue
        return Answer(int(words[1]), headers, body)


def read_all(sock, limit=15):
    """What the peer sends until it closes: (bytes, seconds, closed)."""
    start, data = time.monotonic(), b""
    sock.settimeout(0.2)
    while time.monotonic() - start < limit:
        try:
            part = sock.recv(65536)
        except socket.timeout:
            continue
        except ConnectionError:
            return data, time.monotonic() - start, True
        if not part:
            return data, time.monotonic() - start, True
        data += part
    return data, time.monotonic() - start, False


def wait_for_socket(world, seconds=30):
    end = time.monotonic() + seconds
    while not os.path.exists(world.socket) and time.monotonic() < end:
        time.sleep(0.02)

# SPDX-License-Identifier: Apache-2.0
"""Servers that feeds are read from: Radicale, and a scripted one that can do everything wrong."""
import collections
import gzip
import http.client
import http.server
import os
import shutil
import socket
import subprocess
import tempfile
import threading
import time


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


class Radicale:
    """Radicale on a free port of 127.0.0.1, without authentication, with one calendar /test/agenda/."""

    PATH = "/test/agenda/"

    def __init__(self):
        self.dir = tempfile.mkdtemp(prefix="planvax-radicale-")
        self.port, self.process, self.http = free_port(), None, None
        self.start()
        body = ('<?xml version="1.0"?><C:mkcalendar xmlns:D="DAV:" xmlns:C="urn:ietf:params:xml:ns:caldav"><D:set><D:prop>'
                "<D:displayname>Agenda</D:displayname></D:prop></D:set></C:mkcalendar>")
        for method, path, text in (("MKCOL", "/test/", None), ("MKCALENDAR", self.PATH, body)):
            status, data = self.ask(method, path, text)
            assert status == 201, (method, path, status, data)

    def start(self):
        config = os.path.join(self.dir, "config")
        with open(config, "w") as f:
            f.write("[server]\nhosts = 127.0.0.1:%d\n[auth]\ntype = none\n[rights]\ntype = from_file\nfile = %s/rights\n[storage]\n"
                    "filesystem_folder = %s/collections\n[logging]\nlevel = warning\n"
                    % (self.port, self.dir, self.dir))
        with open(os.path.join(self.dir, "rights"), "w") as f:
            f.write("[all]\nuser: .*\ncollection: .*\npermissions: RWrwD\n")
        self.process = subprocess.Popen(["radicale", "--config", config], stdin=subprocess.DEVNULL,
                                        stdout=open(os.path.join(self.dir, "log"), "ab"), stderr=subprocess.STDOUT)
        for _ in range(200):
            try:
                socket.create_connection(("127.0.0.1", self.port), timeout=1).close()
                return
            except OSError:
                time.sleep(0.05)
        raise SystemExit("radicale did not start: " + open(os.path.join(self.dir, "log")).read())

    @property
    def url(self):
        return "http://127.0.0.1:%d%s" % (self.port, self.PATH)

    def ask(self, method, path, body=None, **headers):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        connection.request(method, path, body=body.encode() if body else None, headers=headers)
        answer = connection.getresponse()
        data = answer.read()
        connection.close()
        return answer.status, data

    def put(self, name, text):
        status, data = self.ask("PUT", self.PATH + name, text, **{"Content-Type": "text/calendar"})
        assert status in (200, 201, 204), (status, data)

    def delete(self, name):
        status, data = self.ask("DELETE", self.PATH + name)
        assert status in (200, 204), (status, data)

    def put_files(self, files):
        """Many resources at once, behind Radicale's back: as files of its storage."""
        folder = os.path.join(self.dir, "collections", "collection-root", *self.PATH.strip("/").split("/"))
        for name, text in files.items():
            with open(os.path.join(folder, name), "w", newline="") as f:
                f.write(text)

    def forget_tokens(self):
        """What makes every sync-token invalid: the cache of tokens is gone."""
        folder = os.path.join(self.dir, "collections", "collection-root", *self.PATH.strip("/").split("/"))
        shutil.rmtree(os.path.join(folder, ".Radicale.cache", "sync-token"), ignore_errors=True)

    def stop(self):
        if self.process and self.process.poll() is None:
            self.process.terminate()
            self.process.wait(timeout=20)

    def end(self):
        self.stop()
        shutil.rmtree(self.dir, ignore_errors=True)


Request = collections.namedtuple("Request", "method path headers body")


class Scripted:
    """A server whose answers a test sets: answer(request) -> (status, headers, body), or a function that writes to the socket."""

    def __init__(self, answer):
        self.answer, self.seen = answer, []
        outer = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def handle_any(self):
                length = int(self.headers.get("Content-Length") or 0)
                request = Request(self.command, self.path, {k.lower(): v for k, v in self.headers.items()}, self.rfile.read(length))
                outer.seen.append(request)
                got = outer.answer(request)
                if callable(got):
                    got(self)
                    self.close_connection = True
                    return
                status, headers, body = got
                self.send_response(status)
                for key, value in headers.items():
                    self.send_header(key, value)
                if status not in (204, 304):
                    self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            do_GET = do_PROPFIND = do_REPORT = handle_any

            def log_message(self, *args):
                pass

        class Server(http.server.ThreadingHTTPServer):
            daemon_threads = True

            def handle_error(self, request, client_address):
                pass

        self.server = Server(("127.0.0.1", 0), Handler)
        self.port = self.server.server_address[1]
        self.thread = threading.Thread(target=self.server.serve_forever, args=(0.05,), daemon=True)
        self.thread.start()

    def url(self, path="/feed.ics"):
        return "http://127.0.0.1:%d%s" % (self.port, path)

    def end(self):
        self.server.shutdown()
        self.server.server_close()
        self.thread.join(timeout=10)


def packed(text):
    return gzip.compress(text)

"""What stands in front of Exhibitor on a master: hands `/exhibitor/…` on, answers nothing else."""

import http.client
import http.server
import threading

PREFIX = "/exhibitor"
HOP_BY_HOP = {"connection", "transfer-encoding", "content-length", "keep-alive"}


class FrontDoor:
    def __init__(self, address, target, port):
        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def log_message(self, *arguments):
                pass

            def answer(self):
                if not self.path.startswith(PREFIX + "/"):
                    self.send_response(404)
                    self.send_header("Content-Length", "0")
                    self.end_headers()
                    return
                body = self.rfile.read(int(self.headers.get("Content-Length") or 0)) or None
                connection = http.client.HTTPConnection(target, port, timeout=60)
                headers = {name: value for name, value in self.headers.items() if name.lower() not in HOP_BY_HOP | {"host"}}
                try:
                    connection.request(self.command, self.path[len(PREFIX):], body, {**headers, "X-Forwarded-Host": self.headers["Host"]})
                    response = connection.getresponse()
                    self.send_response(response.status)
                    for name, value in response.getheaders():
                        if name.lower() not in HOP_BY_HOP:
                            self.send_header(name, value)
                    self.send_header("Connection", "close")
                    self.close_connection = True
                    self.end_headers()
                    while part := response.read1(65536):
                        self.wfile.write(part)
                except OSError:
                    self.close_connection = True
                finally:
                    connection.close()

            do_GET = do_POST = do_PUT = do_DELETE = answer

        self.server = http.server.ThreadingHTTPServer((address, 0), Handler)
        self.server.daemon_threads = True
        self.origin = f"http://{address}:{self.server.server_address[1]}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def stop(self):
        self.server.shutdown()
        self.server.server_close()

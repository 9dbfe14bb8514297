import argparse
import http.server
import os
import tempfile

options = argparse.ArgumentParser()
options.add_argument("--port", type=int, default=int(os.environ.get("PORT", "80")))
port = options.parse_args().port


class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        with tempfile.TemporaryFile() as spool:
            spool.write(b"hello from python\n")
            spool.seek(0)
            self.send_response(200)
            self.end_headers()
            self.wfile.write(spool.read())


http.server.ThreadingHTTPServer(("", port), Handler).serve_forever()

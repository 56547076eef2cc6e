"""Carries out workflows with Prefect: POST {"layers", "runs"}, answered when all have ended. Argument: the port."""
import asyncio
import json
import sys
from http.server import BaseHTTPRequestHandler, HTTPServer

from prefect import flow, task


@task(log_prints=False)
async def nothing():
    return {}


@flow(log_prints=False)
async def layered(layers):
    for count in layers:
        await asyncio.gather(*(nothing() for _ in range(count)))


async def carry_out(layers, runs):
    await asyncio.gather(*(layered(layers) for _ in range(runs)))


class Handler(BaseHTTPRequestHandler):
    def do_POST(self):
        request = json.loads(self.rfile.read(int(self.headers["content-length"])))
        status, answer = 200, "done"
        try:
            asyncio.run(carry_out(request["layers"], request["runs"]))
        except Exception as error:  # told, and the next is carried out
            status, answer = 500, f"{type(error).__name__}: {error}"
        self.send_response(status)
        self.end_headers()
        self.wfile.write(answer.encode())

    def log_message(self, *_):
        pass


HTTPServer(("127.0.0.1", int(sys.argv[1])), Handler).serve_forever()

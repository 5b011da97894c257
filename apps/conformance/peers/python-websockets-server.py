# An echo server over Python's `websockets`. Prints its port, and serves until its input ends.
#   python3 python-websockets-server.py '{ "compression": true, "cert": "cert.pem", "key": "key.pem" }'
import asyncio
import json
import logging
import ssl
import sys

import websockets

logging.getLogger("websockets").setLevel(logging.CRITICAL)


async def echo(socket, path=None):
    async for message in socket:
        await socket.send(message)


async def main():
    options = json.loads(sys.argv[1]) if len(sys.argv) > 1 else {}
    context = None
    if "cert" in options:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(options["cert"], options["key"])
    compression = "deflate" if options.get("compression", True) else None
    async with websockets.serve(echo, "127.0.0.1", 0, ssl=context, compression=compression) as server:
        print(server.sockets[0].getsockname()[1], flush=True)
        await asyncio.get_running_loop().run_in_executor(None, sys.stdin.read)


asyncio.run(main())

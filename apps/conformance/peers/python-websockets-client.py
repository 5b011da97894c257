# Loops Python's `websockets`, as a client, over the cases of a list.
#   python3 python-websockets-client.py <list URL> '{ "compression": true, "ca": "ca.pem" }'
import asyncio
import json
import logging
import ssl
import sys
import urllib.request

import websockets

logging.getLogger("websockets").setLevel(logging.CRITICAL)
url = sys.argv[1]
options = json.loads(sys.argv[2]) if len(sys.argv) > 2 else {}
context = ssl.create_default_context(cafile=options["ca"]) if options.get("ca") else None
compression = "deflate" if options.get("compression", True) else None


def get(url):
    with urllib.request.urlopen(url, context=context) as response:
        return response.read()


async def play(case):
    try:
        async with websockets.connect(
            case["url"],
            subprotocols=case.get("protocols"),
            compression=compression,
            ssl=context if case["url"].startswith("wss") else None,
        ) as socket:
            async for message in socket:
                await socket.send(message)
    except (OSError, ValueError, EOFError, asyncio.TimeoutError, websockets.WebSocketException):
        pass


async def main():
    listed = json.loads(get(url))
    queue = list(reversed(listed["cases"]))

    async def worker():
        while queue:
            await play(queue.pop())

    await asyncio.gather(*(worker() for _ in range(8)))
    get(listed["done"])


asyncio.run(main())

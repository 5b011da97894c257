# Python's `websockets` as a peer: `server` echoes, prints its port and serves until its input ends; `client URL` converses.
import asyncio
import json
import sys

import conversation
import websockets


async def echo(socket, path=None):
    try:
        async for message in socket:
            await socket.send(message)
    except websockets.ConnectionClosed:
        # Any code but 1000 and 1001 is an exception to it.
        pass


async def serve():
    options = {"subprotocols": ["interop"], "compression": "deflate", "max_size": None}
    async with websockets.serve(echo, "127.0.0.1", 0, **options) as server:
        print(server.sockets[0].getsockname()[1], flush=True)
        await asyncio.get_running_loop().run_in_executor(None, sys.stdin.read)


async def talk(url):
    async with websockets.connect(url, subprotocols=["interop"], compression="deflate", max_size=None) as socket:
        echoes = []
        for message in conversation.MESSAGES:
            await socket.send(message)
            echoes.append(await socket.recv())
        await socket.close(4000, "done")
        compressed = any("deflate" in extension.name for extension in socket.extensions)
        print(json.dumps({"echoed": echoes == conversation.MESSAGES, "protocol": socket.subprotocol, "compressed": compressed}))


asyncio.run(serve() if sys.argv[1] == "server" else talk(sys.argv[2]))

# aiohttp as a peer: `server` echoes, prints its port and serves until its input ends; `client URL` converses.
import asyncio
import json
import sys

import aiohttp
from aiohttp import web

import conversation


async def echo(request):
    socket = web.WebSocketResponse(protocols=["interop"], compress=True, max_msg_size=0)
    await socket.prepare(request)
    async for message in socket:
        if message.type == aiohttp.WSMsgType.TEXT:
            await socket.send_str(message.data)
        elif message.type == aiohttp.WSMsgType.BINARY:
            await socket.send_bytes(message.data)
    return socket


async def serve():
    app = web.Application()
    app.router.add_get("/", echo)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    print(site._server.sockets[0].getsockname()[1], flush=True)
    await asyncio.get_running_loop().run_in_executor(None, sys.stdin.read)


async def talk(url):
    async with aiohttp.ClientSession() as session:
        async with session.ws_connect(url, protocols=["interop"], compress=15, max_msg_size=0) as socket:
            echoes = []
            for message in conversation.MESSAGES:
                if isinstance(message, str):
                    await socket.send_str(message)
                else:
                    await socket.send_bytes(message)
                echoes.append((await socket.receive()).data)
            await socket.close(code=4000, message=b"done")
            print(json.dumps({"echoed": echoes == conversation.MESSAGES, "protocol": socket.protocol, "compressed": bool(socket.compress)}))


asyncio.run(serve() if sys.argv[1] == "server" else talk(sys.argv[2]))

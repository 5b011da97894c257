# Autobahn as a peer: `server` echoes, prints its port and serves until its input ends; `client URL` converses.
import asyncio
import json
import sys

import conversation
from autobahn.asyncio.websocket import (
    WebSocketClientFactory,
    WebSocketClientProtocol,
    WebSocketServerFactory,
    WebSocketServerProtocol,
)
from autobahn.websocket.compress import (
    PerMessageDeflateOffer,
    PerMessageDeflateOfferAccept,
    PerMessageDeflateResponse,
    PerMessageDeflateResponseAccept,
)


def accept_offer(offers):
    for offer in offers:
        if isinstance(offer, PerMessageDeflateOffer):
            return PerMessageDeflateOfferAccept(offer)


def accept_response(response):
    if isinstance(response, PerMessageDeflateResponse):
        return PerMessageDeflateResponseAccept(response)


class Echo(WebSocketServerProtocol):
    def onConnect(self, request):
        return "interop" if "interop" in request.protocols else None

    def onMessage(self, payload, is_binary):
        self.sendMessage(payload, is_binary)


class Talk(WebSocketClientProtocol):
    def onConnect(self, response):
        self.agreed = {"protocol": response.protocol, "compressed": bool(response.extensions)}

    def onOpen(self):
        self.echoes = []
        self.say()

    def say(self):
        message = conversation.MESSAGES[len(self.echoes)]
        text = isinstance(message, str)
        self.sendMessage(message.encode("utf-8") if text else message, not text)

    def onMessage(self, payload, is_binary):
        self.echoes.append(payload if is_binary else payload.decode("utf-8"))
        if len(self.echoes) == len(conversation.MESSAGES):
            self.sendClose(4000, "done")
        else:
            self.say()

    def onClose(self, was_clean, code, reason):
        print(json.dumps({"echoed": self.echoes == conversation.MESSAGES, **self.agreed}), flush=True)
        asyncio.get_running_loop().stop()


async def serve():
    factory = WebSocketServerFactory(protocols=["interop"])
    factory.protocol = Echo
    factory.setProtocolOptions(perMessageCompressionAccept=accept_offer)
    loop = asyncio.get_running_loop()
    server = await loop.create_server(factory, "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    await loop.run_in_executor(None, sys.stdin.read)


def talk(url):
    factory = WebSocketClientFactory(url, protocols=["interop"])
    factory.protocol = Talk
    factory.setProtocolOptions(
        perMessageCompressionOffers=[PerMessageDeflateOffer()], perMessageCompressionAccept=accept_response
    )
    loop = asyncio.new_event_loop()
    asyncio.set_event_loop(loop)
    factory.loop = loop
    loop.run_until_complete(loop.create_connection(factory, factory.host, factory.port))
    loop.run_forever()


asyncio.run(serve()) if sys.argv[1] == "server" else talk(sys.argv[2])

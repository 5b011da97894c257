// Code as it is written for `ws` and its types compiles for this package, and runs.
import WebSocket, { type RawData, WebSocketServer } from "@ws/compat";
import { expect, it } from "vitest";

class Named extends WebSocket {
  isAlive = true;
}

it("types › are those of @types/ws, as far as people write them", () => {
  const wss: WebSocket.Server = new WebSocket.Server({
    noServer: true,
    verifyClient: ({ secure, origin, req }, callback) => callback(secure, origin === req.url ? 401 : 403),
  });
  const same: WebSocketServer = wss;
  same.on("connection", (ws, request) => {
    ws.on("message", (data: RawData, isBinary) => ws.send(data as Buffer, { binary: isBinary }));
    ws.addEventListener("message", (event: WebSocket.MessageEvent) => void event.data);
    ws.addEventListener("close", ({ code, reason, wasClean }) => void [code + 1, reason.length, !wasClean]);
    ws.ping();
    ws.pong("x", false, (error) => void error?.message);
    ws.send(request.url ?? "", (error) => void error?.message);
  });
  const typed = new WebSocketServer({ noServer: true, WebSocket: Named });
  typed.on("connection", (ws) => void ws.isAlive);
  for (const each of wss.clients) each.terminate();

  const data: WebSocket.Data = "text";
  const options: WebSocket.ClientOptions = {
    headers: { a: "b" },
    perMessageDeflate: { threshold: 1 },
    rejectUnauthorized: false,
    handshakeTimeout: 1000,
  };
  const client = new WebSocket("ws://127.0.0.1:1", ["a"], options);
  client.on("unexpected-response", (_request, response) => void response.statusCode);
  client.on("error", (error) => void error.message);
  client.once("open", () => client.send(data));
  client.on("ping", (bytes) => void bytes.length);
  expect(client.readyState === WebSocket.CONNECTING).toBe(true);
  client.terminate();
});

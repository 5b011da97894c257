// y-websocket: two documents become the same through a server, in binary messages both ways.
import { setupWSConnection } from "@y/websocket-server/utils";
import { expect, it, onTestFinished } from "vitest";
import { WebSocket, WebSocketServer } from "ws";
import { WebsocketProvider } from "y-websocket";
import * as Y from "yjs";
import { serve } from "./http-server.ts";

it("y-websocket › documents and awareness meet", async () => {
  const { http, url } = await serve();
  const wss = new WebSocketServer({ server: http });
  wss.on("connection", (socket, request) => setupWSConnection(socket, request));
  const documents = [new Y.Doc(), new Y.Doc()] as const;
  const providers = documents.map((document) => {
    const provider = new WebsocketProvider(url, "room", document, {
      WebSocketPolyfill: WebSocket as never,
      // Otherwise the two would speak to each other without any server.
      disableBc: true,
    });
    onTestFinished(() => provider.destroy());
    return provider;
  });
  documents[0].getText("t").insert(0, "hello");
  documents[1].getMap("m").set("key", new Uint8Array([1, 2, 3]));
  providers[0]!.awareness.setLocalStateField("name", "one");
  await expect.poll(() => documents[1].getText("t").toJSON()).toBe("hello");
  await expect.poll(() => documents[0].getMap("m").get("key")).toEqual(new Uint8Array([1, 2, 3]));
  await expect
    .poll(() => providers[1]!.awareness.getStates().get(documents[0].clientID))
    .toEqual({ name: "one" });
  documents[0].getText("t").insert(5, "!".repeat(100_000));
  await expect.poll(() => documents[1].getText("t").length).toBe(100_005);
  expect(providers.every((provider) => provider.synced && provider.wsconnected)).toBe(true);
  providers[0]!.disconnect();
  await expect.poll(() => wss.clients.size).toBe(1);
});

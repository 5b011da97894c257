import { once } from "node:events";
import { expect, it } from "vitest";
import { WebSocketServer } from "@ws/server";
import { connect } from "@ws/client";
it("echoes", async () => {
  const server = new WebSocketServer({ port: 0 });
  await once(server, "listening");
  server.on("connection", (c) => c.on("message", (m) => c.send(m)));
  const c = await connect(`ws://127.0.0.1:${server.address()!.port}/`);
  c.send("hi");
  c.send(new Uint8Array(300000).fill(7));
  const got: unknown[] = [];
  for await (const m of c) {
    got.push(m);
    if (got.length === 2) break;
  }
  expect(got[0]).toBe("hi");
  expect((got[1] as Uint8Array).length).toBe(300000);
  expect(await c.close()).toEqual({ code: 1000, reason: "", wasClean: true });
  await server.shutdown();
});

import { expect, it } from "vitest";
import { connect } from "@ws/client";
import { startExample } from "example-support/example-process";

it("answers with what it is sent, text as text and bytes as bytes", async () => {
  const { url } = await startExample();
  const connection = await connect(url);
  const messages = connection[Symbol.asyncIterator]();
  connection.send("hello €");
  connection.send(new Uint8Array([1, 2, 3]));
  expect((await messages.next()).value).toBe("hello €");
  expect((await messages.next()).value).toEqual(new Uint8Array([1, 2, 3]));
  expect(await connection.close()).toMatchObject({ code: 1000, wasClean: true });
});

it.each(["SIGINT", "SIGTERM"] as const)("says goodbye on %s, and ends by itself", async (signal) => {
  const { url, child, ended, says } = await startExample();
  const connection = await connect(url);
  child.kill(signal);
  expect(await connection.closed).toMatchObject({ code: 1001, wasClean: true });
  expect(await ended).toBe(0);
  await says(/has gone: 1001/);
});

import { expect, it } from "vitest";
import { connect, type ConnectOptions } from "@ws/client";
import { hasChromium, launchChromium, openPage } from "example-support/chromium";
import { startExample } from "example-support/example-process";

/** Nobody vouches for the certificate. The very same object for all, or they do not share a TCP connection. */
const tls = { rejectUnauthorized: false };

it("carries WebSockets on one TCP connection over HTTP/2, and one on each over HTTP/1.1", async () => {
  const { url } = await startExample();
  const ask = async (http2: ConnectOptions["http2"]): Promise<string> => {
    const connection = await connect(`${url}/where`, { tls, http2: http2! });
    const messages = connection[Symbol.asyncIterator]();
    const where = String((await messages.next()).value);
    connection.send("and back");
    expect((await messages.next()).value).toBe("and back");
    return where;
  };
  const over2 = await Promise.all([ask("auto"), ask("auto"), ask("auto")]);
  expect(JSON.parse(over2[0])).toEqual({ httpVersion: "2.0", tcpPort: expect.any(Number) as number });
  expect(new Set(over2).size).toBe(1);
  const over1 = await Promise.all([ask(false), ask(false)]);
  expect(over1[0]).toContain('"httpVersion":"1.1"');
  expect(new Set([...over2, ...over1]).size).toBe(3);
});

it.skipIf(!hasChromium)("carries a page and its WebSockets over HTTP/2 in Chromium", async () => {
  const { httpUrl } = await startExample();
  const page = await openPage(await launchChromium(), httpUrl);
  await page.locator("li:nth-child(3)").waitFor();
  const lines = await page.locator("li").allTextContents();
  expect(lines[0]).toMatch(/^HTTP\/2\.0, on the TCP connection from port \d+$/);
  expect(lines).toEqual([lines[0], lines[0], lines[0]]);
});

import { expect, it } from "vitest";
import { connect } from "@ws/client";
import { startExample } from "example-support/example-process";

const headers = { Authorization: "Bearer right" };

it("tells the time to who passes the app's own middleware, over HTTP and on a WebSocket", async () => {
  const { httpUrl, url } = await startExample({ TOKEN: "right" });
  const before = new Date().toISOString();
  const response = await fetch(`${httpUrl}/private/clock`, { headers });
  const overHttp = (await response.text()).trim();
  const connection = await connect(`${url}/private/clock`, { headers });
  const { value: onWebSocket } = await connection[Symbol.asyncIterator]().next();
  const times = [before, overHttp, String(onWebSocket)];
  expect(times.toSorted()).toEqual(times);
  expect(await connection.close()).toMatchObject({ code: 1000 });
});

it("refuses everybody else with the app's own answer", async () => {
  const { httpUrl, url } = await startExample({ TOKEN: "right" });
  expect((await fetch(httpUrl)).status).toBe(200);
  for (const Authorization of [undefined, "Bearer wrong"]) {
    const options = Authorization === undefined ? {} : { headers: { Authorization } };
    const { status, headers: told } = await fetch(`${httpUrl}/private/clock`, options);
    const error: unknown = await connect(`${url}/private/clock`, options).catch((reason: unknown) => reason);
    expect(error).toMatchObject({ code: "UNEXPECTED_STATUS", response: { status } });
    const { response } = error as { response: { headers: { get(name: string): string | undefined } } };
    expect(response.headers.get("www-authenticate")).toBe(told.get("www-authenticate"));
  }
});

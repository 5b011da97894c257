// The two functions that users call: what they take, what they tell on the way, and how they end.
import { once } from "node:events";
import { type AddressInfo, createServer } from "node:net";
import { isConformant, judgeServer, listenForClient, selectCases } from "@ws/conformance";
import { describe, expect, onTestFinished, test } from "vitest";
import { tinyClient } from "./tiny-client.ts";
import { tinyServer } from "./tiny-server.ts";

/** A server that takes connections, says nothing, and tells what it was asked first. */
async function silentServer(): Promise<{ url: string; firstRequest: Promise<string> }> {
  const server = createServer();
  const firstRequest = new Promise<string>((resolve) => {
    server.on("connection", (socket) => {
      socket.on("error", () => {});
      socket.once("data", (bytes: Buffer) => resolve(bytes.toString("latin1")));
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => void server.close());
  return { url: `ws://127.0.0.1:${(server.address() as AddressInfo).port}/`, firstRequest };
}

describe("judgeServer", () => {
  test("counts what it plays, and reports it in the order of the cases", async () => {
    await using server = await tinyServer();
    const counts: string[] = [];
    const cases = ["6455-5.5.2-ping-*"];
    const report = await judgeServer(server.url, {
      cases,
      jobs: 3,
      onResult: ({ verdict }, done, total) => void counts.push(`${verdict} ${done}/${total}`),
    });
    const ids = selectCases({ role: "server", cases }).map(({ id }) => id);
    expect(ids.length).toBeGreaterThan(3);
    expect(report.results.map((result) => result.case.id)).toEqual(ids);
    expect(counts).toEqual(ids.map((_, i) => `ok ${i + 1}/${ids.length}`));
    expect(report).toMatchObject({ target: server.url.href, role: "server" });
    expect(isConformant(report)).toBe(true);
  });

  test("says that there is no way to a server, instead of failing it in everything", async () => {
    const server = await tinyServer();
    const { url } = server;
    await server[Symbol.asyncDispose]();
    await expect(judgeServer(url)).rejects.toMatchObject({
      name: "UnreachableError",
      code: "UNREACHABLE",
      message: expect.stringMatching(/^Cannot judge ws:.*ECONNREFUSED/) as string,
    });
    const silent = await silentServer();
    const deadlineMs = 200;
    await expect(judgeServer(silent.url.replace("ws:", "wss:"), { deadlineMs })).rejects.toThrow(
      /^Cannot judge wss:.*: there is no connection after 200 ms$/,
    );
  });

  test("sends the headers that it is given", async () => {
    const { url, firstRequest } = await silentServer();
    const judged = judgeServer(url, {
      cases: ["6455-5.5.2-ping-text"],
      headers: [["Authorization", "Basic bWU6c2VjcmV0"]],
      deadlineMs: 200,
    });
    expect(await firstRequest).toContain("\r\nAuthorization: Basic bWU6c2VjcmV0\r\n");
    expect((await judged).results.map(({ verdict }) => verdict)).toEqual(["failed"]);
  });

  test("ends when it is told to, with what it has by then", async () => {
    const { url, firstRequest } = await silentServer();
    const ended = new AbortController();
    const judged = judgeServer(url, { jobs: 2, deadlineMs: 600_000, signal: ended.signal });
    await firstRequest;
    ended.abort();
    expect((await judged).results).toEqual([]);
  });

  test.each([
    ["http://localhost/", {}, "it is no URL that begins with ws:// or wss://"],
    ["nonsense", {}, "it is no URL"],
    ["ws://localhost/", { headers: [["X", "1\r\nY: 2"]] as const }, "it is none of HTTP"],
    ["ws://localhost/", { cases: ["9999-*"] }, "no case fits 9999-* and is in this form"],
  ])("refuses %j with %j", async (url, options, message) => {
    await expect(judgeServer(url, options)).rejects.toThrow(message);
  });
});

describe("listenForClient", () => {
  test("judges whoever comes, and those cases for which nobody came", async () => {
    const counts: string[] = [];
    const onResult = (_: unknown, done: number, total: number): void => void counts.push(`${done}/${total}`);
    const trial = await listenForClient({ cases: ["6455-5.5.2-ping-*"], onResult });
    await tinyClient(trial.url);
    await trial.finished;
    const report = await trial.close();
    expect(report).toMatchObject({ target: "the client", role: "client" });
    expect(new Set(report.results.map(({ verdict }) => verdict))).toEqual(new Set(["ok"]));
    expect(counts.at(-1)).toBe(`${report.results.length}/${report.results.length}`);

    const alone = await listenForClient({ cases: ["6455-5.5.2-ping-text"] });
    expect((await alone.close()).results).toMatchObject([{ verdict: "failed", got: "no connection" }]);
  });

  test("says that a port is taken", async () => {
    const trial = await listenForClient({ form: "short" });
    onTestFinished(async () => void (await trial.close()));
    const port = Number(new URL(trial.url).port);
    await expect(listenForClient({ port })).rejects.toMatchObject({ code: "EADDRINUSE" });
  });
});

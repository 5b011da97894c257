// Whom the chat lets in, and how it shows them out.
import { connect } from "@ws/client";
import { SUBPROTOCOL } from "@ws/rooms/client";
import { describe, expect, it } from "vitest";
import { EndedSessions } from "../src/server/ended-sessions.ts";
import { SESSION_MS } from "../src/server/session.ts";
import { DEFAULT_ROOM } from "../src/shared/names.ts";
import { ChatClose } from "../src/shared/protocol.ts";
import { createLogs, startNode, startNodes } from "./support/nodes.ts";
import { arrive, dial, enter, wsUrl } from "./support/visitor.ts";

const EVIL = "https://evil.example";

describe("the handshake", () => {
  it("is refused to pages of other origins, with the cookie that their visitors' browsers send along", async () => {
    const { url } = await startNode();
    const { cookie } = await enter(url, "Ada");
    await expect(dial(url, cookie, EVIL)).rejects.toThrow("403");
    await (await dial(url, cookie, url)).hello.next();
  });

  it("is granted to the origins of the list, and still to its own", async () => {
    const { url } = await startNode({ allowedOrigins: ["https://chat.example"] });
    const { cookie } = await enter(url, "Ada", { Origin: "https://chat.example" });
    await (await dial(url, cookie, "https://chat.example")).hello.next();
    await (await dial(url, cookie, url)).hello.next();
    await expect(dial(url, cookie, EVIL)).rejects.toThrow("403");
  });

  it.each(["", "chat_session=", "chat_session=guessed.1.QQ.x", `chat_session=${"x".repeat(5000)}`])(
    "without a session leads to a connection that says so: %.30s",
    async (cookie) => {
      const { url } = await startNode();
      const stranger = await dial(url, cookie);
      expect(await stranger.closed).toMatchObject({ code: ChatClose.noSession, reason: "NO_SESSION" });
    },
  );

  it("of another server's session leads to the same", async () => {
    const [here, there] = await Promise.all([
      startNode(),
      startNode({ sessionSecret: "another secret of thirty-two letters" }),
    ]);
    const { cookie } = await enter(there.url, "Ada");
    expect(await (await dial(here.url, cookie)).closed).toMatchObject({ code: ChatClose.noSession });
  });

  it("without the subprotocol is of no use", async () => {
    const { url } = await startNode();
    const { cookie } = await enter(url, "Ada");
    const connection = await connect(wsUrl(url), { headers: { Cookie: cookie } });
    connection.on("message", () => {});
    expect(await connection.closed).toMatchObject({ code: 1008, reason: "NO_SUBPROTOCOL" });
    const spoken = await connect(wsUrl(url), { protocols: [SUBPROTOCOL], headers: { Cookie: cookie } });
    expect(spoken.protocol).toBe(SUBPROTOCOL);
    await spoken.close();
  });
});

describe("a session", () => {
  it("that is left ends its connections on all nodes, and opens none any more", async () => {
    const [here, there] = await startNodes(2);
    const ada = await arrive(here!.url, "Ada");
    const elsewhere = await dial(there!.url, ada.cookie);
    await elsewhere.hello.next();
    await fetch(`${here!.url}/api/session`, { method: "DELETE", headers: { Cookie: ada.cookie } });
    const ended = { code: ChatClose.sessionEnded, reason: "SESSION_ENDED" };
    expect(await ada.closed).toMatchObject(ended);
    expect(await elsewhere.closed).toMatchObject(ended);
    for (const { url } of [here!, there!]) {
      expect(await (await dial(url, ada.cookie)).closed).toMatchObject({ code: ChatClose.noSession });
    }
  });

  it("that was left is unknown to nodes that start later", async () => {
    const [log, other] = createLogs(2);
    const here = await startNode({ log: log! });
    const { cookie } = await enter(here.url, "Ada");
    await fetch(`${here.url}/api/session`, { method: "DELETE", headers: { Cookie: cookie } });
    const later = await startNode({ log: other! });
    expect(await (await dial(later.url, cookie)).closed).toMatchObject({ code: ChatClose.noSession });
  });

  it("that grows too old ends the connection that it opened", async () => {
    const almostOver = SESSION_MS - 500;
    const { url } = await startNode({ now: () => Date.now() - almostOver });
    const ada = await arrive(url, "Ada");
    await (await ada.come(DEFAULT_ROOM)).say("in time");
    expect(await ada.closed).toMatchObject({ code: ChatClose.sessionEnded, reason: "SESSION_EXPIRED" });
  });

  it("is not believed before it is known which were left", async () => {
    const [log] = createLogs(1);
    const ended = new EndedSessions(log!);
    expect(ended.isKnown).toBe(false);
    await ended.start();
    expect(ended.isKnown).toBe(true);
    await ended.close();
  });
});

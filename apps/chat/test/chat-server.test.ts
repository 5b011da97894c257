import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type ChatServer, type ChatServerOptions, startChatServer } from "../src/server/chat-server.ts";
import { MemoryMessageStore } from "../src/server/memory-message-store.ts";
import { LIMITS } from "../src/shared/limits.ts";
import { arrive, dial, enter } from "./support/peer.ts";

const servers: ChatServer[] = [];

async function start(options: ChatServerOptions = {}): Promise<ChatServer> {
  const server = await startChatServer({ port: 0, host: "127.0.0.1", graceMs: 20, ...options });
  servers.push(server);
  return server;
}

let url: string;
beforeEach(async () => {
  ({ url } = await start());
});
afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => server.stop()));
});

describe("entering", () => {
  it("refuses a name that somebody present has, however it is written", async () => {
    await arrive(url, "Ada");
    for (const name of ["Ada", "ada", " ADA ", "Ａda"]) {
      expect(await enter(url, name)).toMatchObject({
        status: 409,
        cookie: "",
        body: { error: "name-taken" },
      });
    }
    expect((await enter(url, "Bob")).status).toBe(200);
  });

  it("frees a name some time after its owner has gone, and not before", async () => {
    const ada = await arrive(url, "Ada");
    const bob = await arrive(url, "Bob");
    ada.connection.terminate();
    await bob.next("member-left");
    expect((await enter(url, "Ada")).status).toBe(200);
  });

  it("turns away who comes back to find the name taken", async () => {
    const ada = await arrive(url, "Ada");
    const bob = await arrive(url, "Bob");
    ada.connection.terminate();
    await bob.next("member-left");
    await arrive(url, "Ada");
    expect((await (await dial(url, ada.cookie)).closed).code).toBe(4002);
  });

  it("turns away who has no session, or one that was made up", async () => {
    for (const cookie of ["", "chat_session=", `chat_session=${"A".repeat(43)}`, "chat_session=__proto__"]) {
      expect((await (await dial(url, cookie)).closed).code).toBe(4001);
    }
  });

  it("ends all tabs of who leaves, and the cookie is worth nothing any more", async () => {
    const ada = await arrive(url, "Ada");
    const response = await fetch(`${url}/api/session`, { method: "DELETE", headers: { Cookie: ada.cookie } });
    expect(response.headers.get("set-cookie")).toMatch(/^chat_session=; .*Max-Age=0/);
    expect((await ada.closed).code).toBe(4003);
    expect((await (await dial(url, ada.cookie)).closed).code).toBe(4001);
    expect((await enter(url, "Ada")).status).toBe(200);
  });

  it("is the same person with the same cookie, and another with another name", async () => {
    const first = await enter(url, "Ada");
    expect(await enter(url, "Ada", { Cookie: first.cookie })).toMatchObject({
      status: 200,
      body: first.body,
    });
    const second = await enter(url, "Eve", { Cookie: first.cookie });
    expect(second.cookie).not.toBe(first.cookie);
    expect((await enter(url, "Ada")).status).toBe(200);
  });

  it("slows down who tries too often", async () => {
    const statuses: number[] = [];
    for (let i = 0; i < 40; i++) statuses.push((await enter(url, `P${i}`)).status);
    expect(statuses[0]).toBe(200);
    expect(statuses.at(-1)).toBe(429);
  });
});

describe("origin", () => {
  it("refuses a foreign page before there is a connection", async () => {
    const { cookie } = await enter(url, "Ada");
    await expect(dial(url, cookie, "https://evil.example")).rejects.toMatchObject({
      response: { status: 403 },
    });
    await expect(dial(url, cookie, "null")).rejects.toMatchObject({ response: { status: 403 } });
    const ada = await dial(url, cookie, url);
    expect((await ada.next("welcome")).you.name).toBe("Ada");
  });

  it("refuses a foreign page's request to enter or leave", async () => {
    const headers = { Origin: "https://evil.example" };
    const body = JSON.stringify({ name: "Ada" });
    expect((await fetch(`${url}/api/session`, { method: "POST", headers, body })).status).toBe(403);
    expect((await fetch(`${url}/api/session`, { method: "DELETE", headers })).status).toBe(403);
  });

  it("accepts pages that were allowed, besides its own", async () => {
    const origin = "https://friend.example";
    const server = await start({ allowedOrigins: [origin] });
    const { cookie } = await enter(server.url, "Ada", { Origin: origin });
    await (await dial(server.url, cookie, origin)).next("welcome");
    await (await dial(server.url, cookie, server.url)).next("welcome");
    await expect(dial(server.url, cookie, "https://evil.example")).rejects.toMatchObject({
      response: { status: 403 },
    });
  });
});

describe("rooms", () => {
  it("carry messages both ways, in one order for all", async () => {
    const ada = await arrive(url, "Ada");
    const bob = await arrive(url, "Bob");
    ada.say({ type: "send", room: "lobby", id: "a1", text: "hello" });
    expect((await bob.next("message")).message).toMatchObject({
      id: "a1",
      seq: 1,
      text: "hello",
      author: { name: "Ada" },
    });
    bob.say({ type: "send", room: "lobby", id: "b1", text: "hi" });
    expect((await ada.next("message", ({ message }) => message.id === "b1")).message.seq).toBe(2);
  });

  it("tell who comes and who goes", async () => {
    const ada = await arrive(url, "Ada");
    const bob = await arrive(url, "Bob");
    const { person } = await ada.next("member-joined");
    expect(person.name).toBe("Bob");
    await bob.connection.close();
    expect((await ada.next("member-left")).personId).toBe(person.id);
    const cleo = await arrive(url, "Cleo");
    cleo.say({ type: "join", room: "lobby" });
    expect((await cleo.next("joined")).members.map(({ name }) => name)).toEqual(["Ada", "Cleo"]);
  });

  it("have one member for two tabs, who goes with the last", async () => {
    const ada = await arrive(url, "Ada");
    const bob = await arrive(url, "Bob");
    const second = await dial(url, bob.cookie);
    await second.next("welcome");
    second.say({ type: "join", room: "lobby" });
    expect((await second.next("joined")).members).toHaveLength(2);

    ada.say({ type: "send", room: "lobby", id: "a1", text: "hello" });
    await bob.next("message");
    await second.next("message");

    await ada.drain();
    await bob.connection.close();
    second.say({ type: "send", room: "lobby", id: "b1", text: "still here" });
    await ada.next("message", ({ message }) => message.id === "b1");
    await second.connection.close();
    await ada.next("member-left");
  });

  it("do not notice a reload", async () => {
    const server = await start({ graceMs: 5000 });
    const ada = await arrive(server.url, "Ada");
    const bob = await arrive(server.url, "Bob");
    await ada.drain();
    await bob.connection.close();
    const again = await dial(server.url, bob.cookie);
    expect((await again.next("welcome")).joined.map(({ room }) => room)).toEqual(["lobby"]);
    const types = (await ada.drain()).map(({ type }) => type);
    expect(types).not.toContain("member-left");
    expect(types).not.toContain("member-joined");
  });

  it("are listed with the number of their members", async () => {
    const ada = await arrive(url, "Ada");
    const bob = await arrive(url, "Bob", "tea");
    const seen = await ada.next("rooms", ({ changed }) => changed.some(({ room }) => room === "tea"));
    expect(seen.changed.find(({ room }) => room === "tea")).toEqual({ room: "tea", members: 1 });
    bob.say({ type: "leave", room: "tea" });
    await bob.next("left");
    const gone = await ada.next("rooms", ({ changed }) => changed.some(({ room }) => room === "tea"));
    expect(gone.changed.find(({ room }) => room === "tea")).toEqual({ room: "tea", members: 0 });
  });

  it("keep to themselves what is said in them", async () => {
    const ada = await arrive(url, "Ada");
    const bob = await arrive(url, "Bob", "tea");
    bob.say({ type: "send", room: "tea", id: "b1", text: "psst" });
    await bob.next("message");
    expect((await ada.drain()).map(({ type }) => type)).not.toContain("message");
    ada.say({ type: "send", room: "tea", id: "a1", text: "let me in" });
    expect(await ada.next("error")).toMatchObject({ code: "not-a-member", room: "tea", id: "a1" });
  });

  it("tell the others, and not the author, who is writing", async () => {
    const ada = await arrive(url, "Ada");
    const bob = await arrive(url, "Bob");
    await bob.drain();
    ada.say({ type: "typing", room: "lobby", isTyping: true });
    expect(await bob.next("typing")).toMatchObject({ room: "lobby", isTyping: true });
    expect((await ada.drain()).map(({ type }) => type)).not.toContain("typing");
    ada.say({ type: "typing", room: "nowhere", isTyping: true });
    expect((await bob.drain()).map(({ type }) => type)).not.toContain("typing");
  });

  it("cannot be joined without end", async () => {
    const ada = await arrive(url, "Ada");
    for (let i = 1; i < LIMITS.roomsPerPerson; i++) ada.say({ type: "join", room: `room-${i}` });
    ada.say({ type: "join", room: "one-too-many" });
    expect(await ada.next("error")).toMatchObject({ code: "too-many-rooms", room: "one-too-many" });
  });
});

describe("history", () => {
  it("recovers after a break exactly what was missed", async () => {
    const ada = await arrive(url, "Ada");
    const bob = await arrive(url, "Bob");
    ada.say({ type: "send", room: "lobby", id: "a1", text: "one" });
    const { epoch, message } = await bob.next("message");
    bob.connection.terminate();
    ada.say({ type: "send", room: "lobby", id: "a2", text: "two" });
    ada.say({ type: "send", room: "lobby", id: "a3", text: "three" });
    await ada.next("message", ({ message: { id } }) => id === "a3");

    const again = await dial(url, bob.cookie);
    await again.next("welcome");
    again.say({ type: "join", room: "lobby", after: { epoch, seq: message.seq } });
    const { recovery, messages } = await again.next("joined");
    expect(recovery).toBe("recovered");
    expect(messages.map(({ text }) => text)).toEqual(["two", "three"]);
  });

  it("takes a message that is sent twice once, and confirms it twice", async () => {
    const ada = await arrive(url, "Ada");
    const bob = await arrive(url, "Bob");
    for (let i = 0; i < 2; i++) {
      ada.say({ type: "send", room: "lobby", id: "a1", text: "hello" });
      expect((await ada.next("message")).message).toMatchObject({ id: "a1", seq: 1 });
    }
    const seen = (await bob.drain()).filter(({ type }) => type === "message");
    expect(seen).toHaveLength(1);
  });

  it("survives the server where the store does", async () => {
    const store = new MemoryMessageStore();
    const first = await start({ store });
    const ada = await arrive(first.url, "Ada");
    ada.say({ type: "send", room: "lobby", id: "a1", text: "hello" });
    const { epoch } = await ada.next("message");
    await first.stop();
    expect((await ada.closed).code).toBe(1001);

    const second = await start({ store });
    const again = await arrive(second.url, "Ada");
    again.say({ type: "join", room: "lobby", after: { epoch, seq: 0 } });
    expect(await again.next("joined")).toMatchObject({ recovery: "recovered", messages: [{ id: "a1" }] });
  });

  it("that is gone is a gap", async () => {
    const ada = await arrive(url, "Ada");
    ada.say({ type: "join", room: "lobby", after: { epoch: "of-another-server", seq: 7 } });
    expect((await ada.next("joined")).recovery).toBe("gap");
  });
});

describe("misbehaviour", () => {
  it.each([
    ["no JSON", "hello"],
    ["an unknown event", '{"type":"root"}'],
    ["a polluted event", '{"type":"ping","__proto__":{"a":1}}'],
    ["bytes", new Uint8Array([1, 2, 3])],
    [
      "a text too long",
      JSON.stringify({ type: "send", room: "lobby", id: "a", text: "x".repeat(LIMITS.text + 1) }),
    ],
  ])("of the kind %s is answered by an error, and the connection goes on", async (_what, data) => {
    const ada = await arrive(url, "Ada");
    ada.raw(data);
    expect((await ada.next("error")).code).toBe("malformed");
    ada.say({ type: "send", room: "lobby", id: "a1", text: "hello" });
    await ada.next("message");
  });

  it("takes the longest text there can be, in its longest form", async () => {
    const ada = await arrive(url, "Ada");
    const text = "€".repeat(LIMITS.text);
    const escaped = `{"type":"send","room":"lobby","id":"a1","text":"${"\\u20ac".repeat(LIMITS.text)}"}`;
    ada.raw(escaped);
    expect((await ada.next("message")).message.text).toBe(text);
  });

  it("ends with 1009 for a message beyond all limits", async () => {
    const ada = await arrive(url, "Ada");
    ada.raw("x".repeat(LIMITS.eventBytes + 1));
    expect((await ada.closed).code).toBe(1009);
  });

  it("is slowed down when it floods a room", async () => {
    const ada = await arrive(url, "Ada");
    for (let i = 0; i < 40; i++) ada.say({ type: "send", room: "lobby", id: `a${i}`, text: "spam" });
    const error = await ada.next("error");
    expect(error).toMatchObject({ code: "rate-limited", room: "lobby" });
    expect(error.retryAfterMs).toBeGreaterThan(0);
  });

  it("ends with 1008 when it floods the server, and others do not notice", async () => {
    const ada = await arrive(url, "Ada");
    const bob = await arrive(url, "Bob");
    for (let i = 0; i < 500; i++) ada.say({ type: "ping" });
    expect((await ada.closed).code).toBe(1008);
    bob.say({ type: "send", room: "lobby", id: "b1", text: "calm" });
    await bob.next("message");
  });
});

it("stopping tells everybody 1001, and leaves nothing open", async () => {
  const server = await start();
  const ada = await arrive(server.url, "Ada");
  const bob = await arrive(server.url, "Bob");
  await server.stop();
  expect((await ada.closed).code).toBe(1001);
  expect((await bob.closed).code).toBe(1001);
  await expect(fetch(`${server.url}/healthz`)).rejects.toThrow("fetch failed");
});

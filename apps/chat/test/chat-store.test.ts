import { signal } from "@preact/signals";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { ChatMessage, ClientEvent, ServerEvent, SessionAnswer } from "../src/shared/protocol.ts";
import { ChatStore } from "../src/web/state/chat-store.ts";
import type { ConnectionStatus, SocketHandlers } from "../src/web/transport/reconnecting-socket.ts";

const ada = { id: "a", name: "Ada" };
const bob = { id: "b", name: "Bob" };

function setUp(session: SessionAnswer = { you: ada }) {
  const sent: ClientEvent[] = [];
  const status = signal<ConnectionStatus>({ state: "closed" });
  const remembered = new Map<string, string>();
  const api = {
    who: vi.fn<() => Promise<SessionAnswer>>().mockResolvedValue(session),
    enter: vi.fn<(name: string) => Promise<SessionAnswer>>().mockResolvedValue({ you: ada }),
    leave: vi.fn<() => Promise<SessionAnswer>>().mockResolvedValue({ you: null }),
  };
  let handlers: SocketHandlers | undefined;
  let nextId = 1;
  const socket = {
    status,
    connect: vi.fn<() => void>(),
    close: vi.fn<() => void>(() => (status.value = { state: "closed" })),
    send: (text: string): boolean => {
      if (status.value.state !== "open") return false;
      sent.push(JSON.parse(text) as ClientEvent);
      return true;
    },
  };
  const store = new ChatStore({
    createSocket: (given) => {
      handlers = given;
      return socket;
    },
    api,
    memory: {
      get: (key) => remembered.get(key),
      set: (key, value) => {
        if (value === undefined) remembered.delete(key);
        else remembered.set(key, value);
      },
    },
    newId: () => `id${nextId++}`,
  });
  const hear = (event: ServerEvent): void => {
    status.value = { state: "open" };
    handlers?.onText(JSON.stringify(event));
  };
  const breakOff = (): void => {
    status.value = { state: "reconnecting", retryAt: 0 };
    handlers?.onBreak();
  };
  const take = (): readonly ClientEvent[] => sent.splice(0);
  return { store, api, socket, remembered, hear, breakOff, take, handlers: () => handlers };
}

const message = (seq: number, author = bob, id = `m${seq}`): ChatMessage => ({
  id,
  seq,
  author,
  at: seq,
  text: id,
});
const live = (seq: number, room = "lobby", author = bob, id = `m${seq}`): ServerEvent => ({
  type: "message",
  room,
  epoch: "e",
  message: message(seq, author, id),
});
const welcome = (seq = 0, ...more: readonly string[]): ServerEvent => ({
  type: "welcome",
  you: ada,
  joined: ["lobby", ...more].map((room) => ({ room, position: { epoch: "e", seq } })),
  rooms: [{ room: "lobby", members: 1 }],
});
const joined = (
  messages: readonly ChatMessage[] = [],
  recovery: "fresh" | "recovered" | "gap" = "fresh",
  room = "lobby",
): ServerEvent => ({
  type: "joined",
  room,
  recovery,
  position: { epoch: "e", seq: messages.at(-1)?.seq ?? 0 },
  messages,
  members: [ada, bob],
});

async function chatting(messages: readonly ChatMessage[] = []) {
  const all = setUp();
  await all.store.start();
  all.hear(welcome(messages.length));
  all.hear(joined(messages));
  all.take();
  return all;
}

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

describe("entering", () => {
  it("asks a stranger for a name", async () => {
    const { store, socket, api, remembered } = setUp({ you: null });
    await store.start();
    expect(store.phase.value).toBe("entering");
    await store.enter("Ada");
    expect(api.enter).toHaveBeenCalledWith("Ada");
    expect(store.phase.value).toBe("chatting");
    expect(socket.connect).toHaveBeenCalledOnce();
    expect(remembered.get("name")).toBe("Ada");
  });

  it("knows who comes back", async () => {
    const { store } = setUp();
    await store.start();
    expect(store.phase.value).toBe("chatting");
  });

  it("says why a name cannot be had", async () => {
    const { store, api } = setUp({ you: null });
    await store.start();
    api.enter.mockResolvedValueOnce({ error: "name-taken", reason: "Taken." });
    await store.enter("Bob");
    expect(store.enterError.value).toBe("Taken.");
    api.enter.mockRejectedValueOnce(new Error("offline"));
    await store.enter("Bob");
    expect(store.enterError.value).toMatch(/cannot be reached/);
    expect(store.isEntering.value).toBe(false);
    expect(store.phase.value).toBe("entering");
  });

  it("asks again when the server cannot be reached", async () => {
    const { store, api } = setUp();
    api.who.mockRejectedValueOnce(new Error("offline"));
    await store.start();
    expect(store.phase.value).toBe("starting");
    await vi.advanceTimersByTimeAsync(2000);
    expect(store.phase.value).toBe("chatting");
  });

  it("introduces itself again to a server that has forgotten it", async () => {
    const { api, handlers, store } = await chatting();
    expect(await handlers()?.mayRetry(4001)).toBe(true);
    expect(api.enter).toHaveBeenCalledWith("Ada");
    api.enter.mockResolvedValueOnce({ error: "name-taken", reason: "Taken." });
    expect(await handlers()?.mayRetry(4001)).toBe(false);
    expect(store.phase.value).toBe("entering");
    expect(store.enterError.value).toBe("Taken.");
  });

  it("is over on all tabs once the session was ended", async () => {
    const { handlers, store, api } = await chatting([message(1)]);
    expect(await handlers()?.mayRetry(4003)).toBe(false);
    expect(api.enter).not.toHaveBeenCalled();
    expect(store.phase.value).toBe("entering");
    expect(store.current.value.messages).toEqual([]);
  });
});

describe("messages", () => {
  it("are shown at once, and delivered when the server says so", async () => {
    const { store, hear, take } = await chatting();
    store.send("hello");
    expect(store.current.value.outgoing).toMatchObject([{ id: "id1", state: "pending" }]);
    expect(take()).toEqual([{ type: "send", room: "lobby", id: "id1", text: "hello" }]);
    hear(live(1, "lobby", ada, "id1"));
    expect(store.current.value.outgoing).toEqual([]);
    await vi.advanceTimersByTimeAsync(60_000);
    expect(store.current.value.messages).toHaveLength(1);
  });

  it("written during a break are sent after it, in their order", async () => {
    const { store, hear, breakOff, take } = await chatting();
    breakOff();
    store.send("one");
    store.send("two");
    expect(take()).toEqual([]);
    hear(welcome());
    expect(take()).toEqual([{ type: "join", room: "lobby", after: { epoch: "e", seq: 0 } }]);
    hear(joined([], "recovered"));
    expect(take()).toMatchObject([
      { id: "id1", text: "one" },
      { id: "id2", text: "two" },
    ]);
  });

  it("whose confirmation was lost are not sent again", async () => {
    const { store, hear, breakOff, take } = await chatting();
    store.send("hello");
    take();
    breakOff();
    hear(welcome(1));
    take();
    hear(joined([message(1, ada, "id1")], "recovered"));
    expect(take()).toEqual([]);
    expect(store.current.value).toMatchObject({ outgoing: [], messages: [{ id: "id1" }] });
  });

  it("fail when nothing confirms them, and can be retried under the same id", async () => {
    const { store, take } = await chatting();
    store.send("hello");
    take();
    await vi.advanceTimersByTimeAsync(15_000);
    expect(store.current.value.outgoing).toMatchObject([{ state: "failed" }]);
    store.retry("id1");
    expect(store.current.value.outgoing).toMatchObject([{ state: "pending" }]);
    expect(take()).toEqual([{ type: "send", room: "lobby", id: "id1", text: "hello" }]);
    await vi.advanceTimersByTimeAsync(15_000);
    store.discard("id1");
    expect(store.current.value.outgoing).toEqual([]);
  });

  it("that came too fast are sent again by themselves", async () => {
    const { store, hear, take } = await chatting();
    store.send("hello");
    take();
    const error = { type: "error", code: "rate-limited", reason: "Fast.", room: "lobby", id: "id1" } as const;
    hear({ ...error, retryAfterMs: 300 });
    expect(store.current.value.outgoing).toMatchObject([{ state: "pending" }]);
    await vi.advanceTimersByTimeAsync(300);
    expect(take()).toMatchObject([{ type: "send", id: "id1" }]);
  });

  it("that the server refuses fail with its reason", async () => {
    const { store, hear } = await chatting();
    store.send("hello");
    hear({ type: "error", code: "not-a-member", reason: "Not here.", room: "lobby", id: "id1" });
    expect(store.current.value.outgoing).toMatchObject([{ state: "failed", reason: "Not here." }]);
  });

  it("of others are announced, once", async () => {
    const { store, hear } = await chatting();
    hear(live(1));
    expect(store.announcement.value).toBe("Bob: m1");
    store.announcement.value = "";
    hear(live(1));
    expect(store.announcement.value).toBe("");
  });
});

describe("after a break", () => {
  it.each([
    [[message(2), message(3)], "recovered", "2 messages recovered", [1, 2, 3]],
    [[message(2)], "recovered", "1 message recovered", [1, 2]],
    [[message(40)], "gap", "Some messages were missed for good: history reloaded", [40]],
  ] as const)("says what it cost: %j %s", async (messages, recovery, text, seqs) => {
    const { store, hear, breakOff } = await chatting([message(1)]);
    breakOff();
    hear(welcome(9));
    hear(joined(messages, recovery));
    expect(store.notice.value?.text).toBe(text);
    expect(store.current.value.messages.map(({ seq }) => seq)).toEqual(seqs);
    await vi.advanceTimersByTimeAsync(6000);
    expect(store.notice.value).toBeUndefined();
  });

  it("all rooms come back, those too that the server has forgotten", async () => {
    const { store, hear, breakOff, take } = await chatting();
    store.open("tea");
    hear(joined([], "fresh", "tea"));
    breakOff();
    take();
    hear(welcome());
    expect(take()).toMatchObject([
      { type: "join", room: "tea" },
      { type: "join", room: "lobby" },
    ]);
  });

  it("a room that has begun anew is loaded anew", async () => {
    const { hear, take } = await chatting([message(1)]);
    hear({ type: "message", room: "lobby", epoch: "new", message: message(1) });
    expect(take()).toEqual([{ type: "join", room: "lobby", after: { epoch: "e", seq: 1 } }]);
  });
});

describe("rooms", () => {
  it("that are not shown count what is unread, until they are", async () => {
    const { store, hear } = await chatting();
    hear(welcome(0, "tea"));
    hear(live(1, "tea"));
    hear(live(2, "tea"));
    expect(store.joinedRooms.value).toMatchObject([{ room: "lobby" }, { room: "tea", unread: 2 }]);
    expect(store.unread.value).toBe(2);
    store.open("tea");
    expect(store.unread.value).toBe(0);
  });

  it("are not read while nobody looks", async () => {
    const { store, hear } = await chatting();
    store.isVisible.value = false;
    hear(live(1));
    expect(store.unread.value).toBe(1);
    store.isVisible.value = true;
    store.markRead();
    expect(store.unread.value).toBe(0);
  });

  it("that are left make way for another", async () => {
    const { store, hear, take } = await chatting();
    store.open("tea");
    hear(joined([], "fresh", "tea"));
    take();
    store.leave("tea");
    expect(take()).toEqual([{ type: "leave", room: "tea" }]);
    hear({ type: "left", room: "tea" });
    expect(store.room.value).toBe("lobby");
    expect(store.joinedRooms.value.map(({ room }) => room)).toEqual(["lobby"]);
  });

  it("know who comes and goes, and who is writing", async () => {
    const { store, hear } = await chatting();
    const cleo = { id: "c", name: "Cleo" };
    hear({ type: "member-joined", room: "lobby", person: cleo });
    hear({ type: "typing", room: "lobby", personId: "c", isTyping: true });
    expect(store.current.value.members).toEqual([ada, bob, cleo]);
    expect([...store.typing.people.value]).toEqual(["c"]);
    await vi.advanceTimersByTimeAsync(6000);
    expect([...store.typing.people.value]).toEqual([]);
    hear({ type: "member-left", room: "lobby", personId: "c" });
    expect(store.current.value.members).toEqual([ada, bob]);
  });

  it("are told about our writing now and then, and about its end once", async () => {
    const { store, take } = await chatting();
    store.write("h");
    store.write("he");
    expect(take()).toEqual([{ type: "typing", room: "lobby", isTyping: true }]);
    await vi.advanceTimersByTimeAsync(3001);
    store.write("hel");
    store.write("");
    store.write("");
    expect(take()).toEqual([
      { type: "typing", room: "lobby", isTyping: true },
      { type: "typing", room: "lobby", isTyping: false },
    ]);
  });
});

it("nonsense from the server and from storage changes nothing", async () => {
  const { store, handlers, remembered } = await chatting([message(1)]);
  for (const text of ["", "{", "null", '{"type":"welcome"}', '{"type":"news"}']) handlers()?.onText(text);
  expect(store.current.value.messages).toHaveLength(1);
  for (const text of ["", "[]", "{", '{"lobby":7}']) {
    remembered.set("read", text);
    store.reloadMarks();
    expect(store.unread.value).toBe(0);
  }
});

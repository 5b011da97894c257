import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { backoffMs } from "../src/web/transport/backoff.ts";
import { ReconnectingSocket } from "../src/web/transport/reconnecting-socket.ts";

/** What the browser's class does, as far as it is used. */
class FakeSocket extends EventTarget {
  readonly sent: string[] = [];
  isClosed = false;

  send(text: string): void {
    this.sent.push(text);
  }

  close(): void {
    this.isClosed = true;
  }

  hears(text: string): void {
    this.dispatchEvent(Object.assign(new Event("message"), { data: text }));
  }

  ends(code: number): void {
    this.dispatchEvent(Object.assign(new Event("close"), { code }));
  }
}

function setUp(mayRetry: (code: number) => Promise<boolean> = () => Promise.resolve(true)) {
  const sockets: FakeSocket[] = [];
  const texts: string[] = [];
  const onBreak = vi.fn<() => void>();
  const socket = new ReconnectingSocket(
    {
      url: "ws://chat.example/ws",
      protocol: "chat.v1",
      heartbeat: "beat",
      random: () => 0.5,
      createSocket: () => {
        const fake = new FakeSocket();
        sockets.push(fake);
        return fake as unknown as WebSocket;
      },
    },
    { onText: (text) => texts.push(text), onBreak, mayRetry },
  );
  const last = (): FakeSocket => sockets.at(-1) ?? expect.fail("no socket was made");
  return { socket, sockets, texts, onBreak, last };
}

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

describe("reconnecting socket", () => {
  it("is open once the server has spoken", () => {
    const { socket, last, texts } = setUp();
    socket.connect();
    expect(socket.status.value).toEqual({ state: "connecting" });
    expect(socket.send("too early")).toBe(false);
    last().hears("welcome");
    expect(socket.status.value).toEqual({ state: "open" });
    expect(texts).toEqual(["welcome"]);
    expect(socket.send("now")).toBe(true);
    expect(last().sent).toEqual(["now"]);
  });

  it("waits longer each time, and says until when", () => {
    const { socket, sockets, last } = setUp();
    socket.connect();
    for (const wait of [250, 500, 1000, 2000, 4000, 8000, 10_000, 10_000]) {
      const count = sockets.length;
      last().ends(1006);
      expect(socket.status.value).toEqual({ state: "reconnecting", retryAt: Date.now() + wait });
      vi.advanceTimersByTime(wait - 1);
      expect(sockets).toHaveLength(count);
      vi.advanceTimersByTime(1);
      expect(sockets).toHaveLength(count + 1);
    }
  });

  it("begins with short waits again after a connection that lasted", () => {
    const { socket, last, onBreak } = setUp();
    socket.connect();
    for (let i = 0; i < 5; i++) {
      last().ends(1006);
      vi.runOnlyPendingTimers();
    }
    last().hears("welcome");
    vi.advanceTimersByTime(6000);
    onBreak.mockClear();
    last().ends(1001);
    expect(onBreak).toHaveBeenCalledOnce();
    expect(socket.status.value).toEqual({ state: "reconnecting", retryAt: Date.now() + 250 });
  });

  it("connects at once when asked to", () => {
    const { socket, sockets, last } = setUp();
    socket.connect();
    last().ends(1006);
    socket.connect();
    expect(sockets).toHaveLength(2);
    socket.connect();
    expect(sockets).toHaveLength(2);
    vi.advanceTimersByTime(1000);
    expect(sockets).toHaveLength(2);
  });

  it("asks after a silence, and gives up a connection that does not answer", () => {
    const { socket, sockets, last } = setUp();
    socket.connect();
    last().hears("welcome");
    vi.advanceTimersByTime(25_000);
    expect(last().sent).toEqual(["beat"]);
    last().hears("answer");
    vi.advanceTimersByTime(25_000 + 8000);
    expect(sockets[0]).toMatchObject({ sent: ["beat", "beat"], isClosed: true });
    expect(socket.status.value.state).toBe("reconnecting");
  });

  it("gives up an attempt that leads nowhere", () => {
    const { socket, last } = setUp();
    socket.connect();
    vi.advanceTimersByTime(10_000);
    expect(last().isClosed).toBe(true);
    expect(socket.status.value.state).toBe("reconnecting");
  });

  it("checks a connection that may have died in a sleep", () => {
    const { socket, last } = setUp();
    socket.connect();
    last().hears("welcome");
    socket.check();
    expect(last().sent).toEqual(["beat"]);
  });

  it("asks its owner about the server's own close codes", async () => {
    const mayRetry = vi.fn<(code: number) => Promise<boolean>>();
    mayRetry.mockResolvedValueOnce(true).mockResolvedValueOnce(false);
    const { socket, sockets, last } = setUp(mayRetry);
    socket.connect();
    last().ends(4001);
    await vi.advanceTimersByTimeAsync(250);
    expect(sockets).toHaveLength(2);
    last().ends(4003);
    await vi.advanceTimersByTimeAsync(60_000);
    expect(mayRetry.mock.calls).toEqual([[4001], [4003]]);
    expect(sockets).toHaveLength(2);
    expect(socket.status.value).toEqual({ state: "closed" });
  });

  it("hears nothing from a socket it has given up", () => {
    const { socket, sockets, texts, last } = setUp();
    socket.connect();
    last().ends(1006);
    socket.connect();
    sockets[0]?.hears("late");
    sockets[0]?.ends(1006);
    expect(texts).toEqual([]);
    expect(sockets).toHaveLength(2);
  });

  it("stays closed once closed", () => {
    const { socket, sockets, last } = setUp();
    socket.connect();
    socket.close();
    last().ends(1000);
    vi.advanceTimersByTime(60_000);
    expect(sockets).toHaveLength(1);
    expect(socket.status.value).toEqual({ state: "closed" });
  });
});

it("backoff is random over its whole range, and capped", () => {
  expect(backoffMs(0, () => 0)).toBe(0);
  expect(backoffMs(3, () => 1)).toBe(4000);
  expect(backoffMs(1e9, () => 1)).toBe(20_000);
});

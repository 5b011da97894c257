import { setTimeout as realDelay } from "node:timers/promises";
import { mock } from "node:test";
import { Connection } from "@ws/connection";
import { connectionAndPeer, connectionPair, FakeClock, RawOpcode, TestTransport } from "@ws/testing";
import { afterEach, beforeEach, describe, expect, it, onTestFinished } from "vitest";

let clock: FakeClock;
beforeEach(() => void (clock = FakeClock.install({ startAt: 1_000_000 })));
afterEach(() => clock.uninstall());

describe("a fake clock", () => {
  it("rings timers in the order in which they are due, and tells the time that it is then", async () => {
    const rung: string[] = [];
    const note = (name: string): void => void rung.push(`${name} ${clock.now} ${Date.now()}`);
    setTimeout(note, 20, "b");
    setTimeout(note, 10, "a");
    setTimeout(note, 20, "c");
    const beat = setInterval(note, 8, "beat");
    await clock.advance(19);
    clearInterval(beat);
    await clock.advance(1);
    expect(rung).toEqual([
      "beat 8 1000008",
      "a 10 1000010",
      "beat 16 1000016",
      "b 20 1000020",
      "c 20 1000020",
    ]);
    expect([clock.now, clock.pendingTimers]).toEqual([20, 0]);
  });

  it("rings what a timer sets, where that is due as well", async () => {
    const rung: number[] = [];
    const again = (): void => {
      rung.push(clock.now);
      if (rung.length < 3) setTimeout(() => void Promise.resolve().then(again), 5);
    };
    setTimeout(again, 5);
    await clock.advance(100);
    expect(rung).toEqual([5, 10, 15]);
    expect(clock.now).toBe(100);
  });

  it("has timers that can what Node's can", async () => {
    let rung = 0;
    const timer = setTimeout(() => rung++, 10);
    expect([timer.hasRef(), timer.unref().hasRef(), timer.ref().hasRef()]).toEqual([true, false, true]);
    await clock.advance(9);
    timer.refresh();
    await clock.advance(9);
    expect(rung).toBe(0);
    await clock.advance(1);
    timer.refresh();
    await clock.advance(10);
    expect(rung).toBe(2);
    clearTimeout(timer);
    timer.refresh();
    clearTimeout(Number(setTimeout(() => rung++, 10)));
    await clock.advance(10);
    expect(rung).toBe(2);
    setTimeout(() => rung++, Number.NaN);
    setTimeout(() => rung++, 2 ** 31);
    await clock.advance(1);
    expect(rung).toBe(4);
    clearTimeout(undefined);
    expect(() => setTimeout("code" as unknown as () => void)).toThrow(TypeError);
  });

  it("stands still by itself, while what needs no timer goes on", async () => {
    const before = [performance.now(), Date.now(), new Date().getTime()];
    await realDelay(5);
    await new Promise((resolve) => setImmediate(resolve));
    expect([performance.now(), Date.now(), new Date().getTime()]).toEqual(before);
    await clock.advance(1500);
    expect(performance.now() - before[0]!).toBeCloseTo(1500);
    expect(new Date().toISOString()).toBe(new Date(1_001_500).toISOString());
    expect(new Date(2020, 0).getFullYear()).toBe(2020);
  });

  it("rejects with what a timer throws", async () => {
    setTimeout(() => {
      throw new Error("thrown by a timer");
    }, 5);
    await expect(clock.advance(10)).rejects.toThrow("thrown by a timer");
  });

  it("is one at a time, and gives back everything", async () => {
    expect(() => FakeClock.install()).toThrow("one is in place");
    const set = setTimeout;
    const late: number[] = [];
    setTimeout(() => late.push(1), 1);
    clock.uninstall();
    clock[Symbol.dispose]();
    expect(setTimeout).not.toBe(set);
    expect(Math.abs(Date.now() - 1_000_000)).toBeGreaterThan(1e9);
    await new Promise((resolve) => setTimeout(resolve, 5));
    expect(late).toEqual([]);
    FakeClock.install().uninstall();
  });
});

describe("connections by a fake clock", () => {
  it("keep alive, give up, and leave no timer", async () => {
    const { connection, peer } = connectionAndPeer("server");
    await clock.advance(29_999);
    expect(peer.takeFrames()).toEqual([]);
    await clock.advance(1);
    expect(peer.takeFrames()).toEqual(["ping"]);
    await peer.send(RawOpcode.pong);
    await clock.advance(60_000);
    expect(peer.takeFrames()).toEqual(["ping"]);
    expect(await connection.closed).toMatchObject({ code: 1006, error: { code: "KEEP_ALIVE_TIMEOUT" } });
    expect(clock.pendingTimers).toBe(0);
  });

  it("keep each other alive for a day", async () => {
    const { server, client, wire } = connectionPair();
    await clock.advance(24 * 3600 * 1000);
    expect([server.state, client.state]).toEqual(["open", "open"]);
    expect(new Set(wire.toServer.takeFrames())).toEqual(new Set(["ping", "pong"]));
    await client.close();
    await server.closed;
    expect(clock.pendingTimers).toBe(0);
  });

  it("measure round trips and rates by it", async () => {
    const { server, client, wire } = connectionPair({ server: { maxMessagesPerSecond: 2 } });
    server.on("message", () => {});
    wire.toServer.delayMs = 40;
    client.ping("x");
    await clock.advance(40);
    expect(client.getStats().roundTripMs).toBe(40);
    for (let second = 0; second < 5; second++) {
      client.send("a");
      client.send("b");
      await clock.advance(1000);
    }
    expect(server.state).toBe("open");
    for (let i = 0; i < 3; i++) client.send("too many");
    await clock.advance(1000);
    expect(await client.closed).toMatchObject({ code: 1008 });
    await server.closed;
  });

  it("end a closing that is not answered", async () => {
    const transport = new TestTransport();
    const connection = new Connection(transport, { role: "client" });
    const closed = connection.close();
    await clock.advance(5000);
    expect(await closed).toMatchObject({ error: { code: "CLOSE_TIMEOUT" } });
    expect(transport.takeFrames()).toEqual(["close 1000"]);
  });
});

it("other fake clocks do as well: that of node:test", async () => {
  clock.uninstall();
  mock.timers.enable({ apis: ["setTimeout", "setInterval"] });
  onTestFinished(() => mock.timers.reset());
  const { connection, peer, wire } = connectionAndPeer("server");
  wire.toClient.delayMs = 20;
  mock.timers.tick(30_000);
  await wire.settle();
  expect(peer.takeFrames()).toEqual([]);
  mock.timers.tick(20);
  await wire.settle();
  expect(peer.takeFrames()).toEqual(["ping"]);
  mock.timers.tick(10_000);
  expect(await connection.closed).toMatchObject({ error: { code: "KEEP_ALIVE_TIMEOUT" } });
});

// What two connections do with each other, over every transport and in both directions.
import { createHash, randomBytes } from "node:crypto";
import { once } from "node:events";
import { afterAll, describe, expect, it, onTestFinished } from "vitest";
import { CloseCode, type Connection, type Message } from "@ws/connection";
import { type Options, type Transport, transports } from "./transports.ts";

const KiB = 1024;
const MiB = 1024 * KiB;

async function open(
  transport: Transport,
  options: Options = {},
): Promise<{ server: Connection; client: Connection }> {
  const { server, client, end } = await transport.open(options);
  onTestFinished(async () => {
    server.terminate();
    client.terminate();
    await Promise.all([server.closed, client.closed]);
    await end();
  });
  return { server, client };
}

/** The next messages of a connection, as many as asked for. */
async function take(connection: Connection, count: number): Promise<Message[]> {
  const messages: Message[] = [];
  if (count === 0) return messages;
  for await (const message of connection) {
    if (messages.push(message) === count) break;
  }
  return messages;
}

const digest = (data: Message): string => createHash("sha256").update(data).digest("hex");

describe.each(transports.filter(({ isAvailable = true }) => isAvailable))("over $name", (transport) => {
  afterAll(() => transport.stop?.());

  describe.each([
    ["client", "server"],
    ["server", "client"],
  ] as const)("%s → %s", (from, to) => {
    it("delivers text, binary and empty messages as what they are", async () => {
      const ends = await open(transport);
      const sent: Message[] = ["", "héllo €𝄞", new Uint8Array(0), new Uint8Array([0, 255, 128])];
      for (const message of sent) ends[from].send(message);
      expect(await take(ends[to], sent.length)).toEqual(sent);
    });

    it.each([1, 125, 126, 127, 16 * KiB, 16 * KiB + 1, 65_535, 65_536, MiB])(
      "delivers %i bytes unchanged",
      async (size) => {
        const ends = await open(transport);
        const bytes = randomBytes(size);
        const before = digest(bytes);
        ends[from].send(bytes);
        const [received] = await take(ends[to], 1);
        expect(digest(received!)).toBe(before);
        expect(digest(bytes), "the caller's bytes").toBe(before);
      },
    );

    it("keeps the order of messages small and large, text and binary, single and prepared", async () => {
      const ends = await open(transport, {
        server: { maxBufferedBytes: 64 * MiB },
        client: { maxBufferedBytes: 64 * MiB },
      });
      const sent = Array.from({ length: 300 }, (_, i): Message => {
        if (i % 7 === 0) return new Uint8Array(i * 200).fill(i);
        return i % 5 === 0 ? "x".repeat(i * 300) : String(i);
      });
      for (const [i, message] of sent.entries())
        ends[from].send(i % 3 === 0 ? ends[from].prepare(message) : message);
      expect((await take(ends[to], sent.length)).map(digest)).toEqual(sent.map(digest));
    });

    it("waits for a reader that comes late", async () => {
      const ends = await open(transport);
      const count = 2000;
      const sent = Array.from({ length: count }, (_, i) => `${i} `.padEnd(500, "."));
      const allSent = Promise.all(sent.map((message) => ends[from].sendAsync(message)));
      const [first] = await take(ends[to], 1);
      expect([first, ...(await take(ends[to], count - 1))]).toEqual(sent);
      await allSent;
    });

    it("answers pings with their payload, between messages", async () => {
      const ends = await open(transport);
      const pong = once(ends[from], "pong") as Promise<[Uint8Array]>;
      ends[from].send("before");
      ends[from].ping("are you there?");
      ends[from].send("after");
      expect(await take(ends[to], 2)).toEqual(["before", "after"]);
      expect(new TextDecoder().decode((await pong)[0])).toBe("are you there?");
    });

    it("closes cleanly, with code and reason, after everything sent before (RFC 6455 §7.1.2)", async () => {
      const ends = await open(transport);
      const received: Message[] = [];
      ends[to].on("message", (message) => received.push(message));
      for (let i = 0; i < 100; i++) ends[from].send(`message ${i}`);
      const mine = await ends[from].close(4321, "enough");
      const theirs = await ends[to].closed;
      expect(received).toHaveLength(100);
      expect(theirs).toEqual({ code: 4321, reason: "enough", wasClean: true });
      expect(mine).toEqual({ code: 4321, reason: "", wasClean: true });
      expect([ends.server.state, ends.client.state]).toEqual(["closed", "closed"]);
    });

    it("reports a broken connection as 1006 (RFC 6455 §7.1.5)", async () => {
      const ends = await open(transport);
      ends[from].terminate();
      expect(await ends[to].closed).toMatchObject({ code: CloseCode.abnormal, reason: "", wasClean: false });
      expect(await ends[from].closed).toMatchObject({ code: CloseCode.abnormal, wasClean: false });
    });

    it("refuses a message over the limit with 1009, and both sides learn of it (RFC 6455 §7.4.1)", async () => {
      const ends = await open(transport, { [to]: { maxMessageBytes: 1000 } });
      ends[from].send(new Uint8Array(1000));
      ends[from].send(new Uint8Array(1001));
      ends[from].send("never seen");
      expect(await take(ends[to], 2)).toHaveLength(1);
      expect(await ends[to].closed).toMatchObject({
        code: CloseCode.abnormal,
        wasClean: false,
        error: { code: "MESSAGE_TOO_BIG" },
      });
      expect((await ends[from].closed).code).toBe(CloseCode.messageTooBig);
    });

    it("carries a message that nobody holds whole, beyond every limit, with pings in between (RFC 6455 §5.4)", async () => {
      const ends = await open(transport);
      const sent = createHash("sha256");
      const block = randomBytes(100_003);
      function* source(): Generator<Uint8Array> {
        for (let i = 0; i < 80; i++) {
          // Some of it compresses.
          const chunk = new Uint8Array(block);
          chunk.fill(i, 1000 * i);
          sent.update(chunk);
          if (i % 20 === 10) ends[from].ping(`at ${i}`);
          yield chunk;
        }
      }
      const pongs: string[] = [];
      ends[from].on("pong", (data) => pongs.push(new TextDecoder().decode(data)));
      const hasLeft = ends[from].sendStream(source());
      ends[from].send("and then");

      const messages = ends[to].messageStreams();
      const first = (await messages.next()).value!;
      const received = createHash("sha256");
      for await (const chunk of first) received.update(chunk);
      expect(first.type).toBe("binary");
      expect(received.digest("hex")).toBe(sent.digest("hex"));
      expect(await (await messages.next()).value!.text()).toBe("and then");
      await hasLeft;
      await ends[from].close();
      expect(pongs).toEqual(["at 10", "at 30", "at 50", "at 70"]);
    });

    it("gives up a message midway when its source fails, and says so to both (RFC 6455 §5.4)", async () => {
      const ends = await open(transport);
      async function* source(): AsyncGenerator<string> {
        yield "the beginning of something";
        throw new Error("the disk is gone");
      }
      const taken = (async () => {
        for await (const message of ends[to].messageStreams()) await message.bytes();
      })();
      await expect(ends[from].sendStream(source())).rejects.toThrow("the disk is gone");
      await expect(taken).rejects.toMatchObject({ code: "CONNECTION_CLOSED" });
      expect((await ends[to].closed).code).toBe(CloseCode.internalError);
    });
  });

  it("closes cleanly when both sides begin at once", async () => {
    const { server, client } = await open(transport);
    const results = await Promise.all([server.close(1001), client.close(4000)]);
    // Where one side's frame arrived before the other began, that one has been answered with its own code.
    expect(results.map(({ wasClean }) => wasClean)).toEqual([true, true]);
  });

  it("carries large messages both ways at once without a deadlock", async () => {
    const { server, client } = await open(transport);
    const there = randomBytes(4 * MiB);
    const back = Array.from({ length: 8 }, () => randomBytes(MiB));
    client.on("message", () => {});
    const arrived = Promise.all(back.map(() => once(client, "message") as Promise<[Uint8Array]>));
    for (const message of back) server.send(message);
    for (let i = 0; i < 4; i++) client.send(there.subarray(i * MiB, (i + 1) * MiB));
    const received = await take(server, 4);
    expect(digest(Buffer.concat(received as Uint8Array[]))).toBe(digest(there));
    await arrived;
  });

  it("echoes by iteration, and the loops end with the connection", async () => {
    const { server, client } = await open(transport);
    const echo = (async () => {
      for await (const message of server) await server.sendAsync(message);
    })();
    for (let i = 0; i < 50; i++) client.send(`${i}`);
    expect(await take(client, 50)).toEqual(Array.from({ length: 50 }, (_, i) => `${i}`));
    await client.close();
    await echo;
  });
});

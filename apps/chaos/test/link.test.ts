import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Server, type Socket } from "node:net";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { Link } from "../src/link.ts";
import { Random } from "../src/random.ts";

let echo: Server;
let link: Link;
const sockets: Socket[] = [];

beforeEach(async () => {
  echo = createServer((socket) => socket.on("error", () => {}).pipe(socket));
  echo.listen(0, "127.0.0.1");
  await once(echo, "listening");
  link = await Link.open();
  link.lead((echo.address() as AddressInfo).port);
});

afterEach(async () => {
  for (const socket of sockets.splice(0)) socket.destroy();
  await link[Symbol.asyncDispose]();
  echo.close();
});

function dial(): Socket {
  const socket = connect({ port: link.port, host: "127.0.0.1" });
  socket.on("error", () => {});
  sockets.push(socket);
  return socket;
}

async function dialAndAsk(): Promise<Socket> {
  const socket = dial();
  await ask(socket);
  return socket;
}

/** However it ends: with an error mostly. */
function ended(socket: Socket): Promise<void> {
  return new Promise((resolve) => socket.once("close", () => resolve()));
}

async function ask(socket: Socket, what = "?"): Promise<string> {
  socket.write(what);
  const [answer] = (await once(socket, "data")) as [Buffer];
  return String(answer);
}

describe("Link", () => {
  it("passes everything on, and the end", async () => {
    const socket = await dialAndAsk();
    expect(await ask(socket, "hello")).toBe("hello");
    const end = once(socket, "end");
    socket.end();
    await end;
  });

  it("cut: ends what there is, and lets nobody come", async () => {
    const socket = await dialAndAsk();
    const closed = ended(socket);
    link.cut();
    await closed;
    await ended(dial());
    link.restore();
    await dialAndAsk();
  });

  it("stalled: keeps back what comes, on new connections too, and lets it go late", async () => {
    const socket = await dialAndAsk();
    link.stall();
    const other = dial();
    await once(other, "connect");
    let heard = 0;
    for (const each of [socket, other]) each.on("data", (chunk: Buffer) => (heard += chunk.length));
    const answers = Promise.all([once(socket, "data"), once(other, "data")]);
    socket.write("late");
    other.write("late");
    // Another way to the same server is there and back meanwhile.
    await using second = await Link.open();
    second.lead((echo.address() as AddressInfo).port);
    const direct = connect({ port: second.port, host: "127.0.0.1" });
    for (let i = 0; i < 5; i++) await ask(direct);
    direct.destroy();
    expect(heard).toBe(0);
    link.restore();
    await answers;
  });

  it("thinned: ends some, and keeps the others", async () => {
    const all = await Promise.all(Array.from({ length: 20 }, dialAndAsk));
    link.thin(new Random("thin"));
    const answers = await Promise.allSettled(all.map((socket) => ask(socket)));
    const kept = answers.filter(({ status }) => status === "fulfilled").length;
    expect(kept).toBeGreaterThan(0);
    expect(kept).toBeLessThan(20);
    expect(all.filter(({ destroyed }) => destroyed)).toHaveLength(20 - kept);
  });

  it("that leads nowhere refuses", async () => {
    link.lead(undefined);
    await ended(dial());
  });
});

// The inspector in a real browser: what people find in each of its views, by mouse and by keyboard alone.
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { connect as connectTcp } from "node:net";
import { connect, type Connection } from "@ws/client";
import { WebSocketServer } from "@ws/server";
import { encodeFrame, Opcode } from "@ws/frame";
import type { Locator, Page } from "playwright-core";
import { describe, expect, it, onTestFinished } from "vitest";
import { decodeRecords, encodeRecord } from "../../src/shared/inspector-feed.ts";
import { hasChromium } from "../support/chromium.ts";
import { talk } from "./inspected-server.ts";
import { type OpenInspector, phone, TIMEOUT_MS, useInspectorPage } from "./inspector-page.ts";

const COMPRESSED = {
  perMessageDeflate: { thresholdBytes: 40, serverNoContextTakeover: false, clientNoContextTakeover: false },
};
const LONG = "the same words again and again, ".repeat(10);

const row = (page: Page, name: string | RegExp): Locator => page.getByRole("row", { name }).first();
const tab = (page: Page, name: string): Promise<void> => page.getByRole("tab", { name }).click();
const detail = (page: Page): Locator => page.getByRole("region", { name: "What is chosen" });
const echoed = (connection: Connection): Promise<unknown> => once(connection, "message");

async function talking({ server, page }: OpenInspector, options = {}): Promise<Connection> {
  await page.getByText("Live", { exact: true }).waitFor();
  const connection = await talk(server, "ada", options);
  onTestFinished(() => connection.terminate());
  return connection;
}

/** Opens the page anew over a feed that does not tell how connections end until the result is called. */
async function holdEnds(page: Page): Promise<() => void> {
  let tellEnds = (): void => {};
  await page.routeWebSocket(/\/inspect$/, (feed) => {
    const held: Buffer[] = [];
    let isHeld = true;
    feed.connectToServer().onMessage((data) => {
      for (const record of decodeRecords(Buffer.from(data as Buffer))) {
        const bytes = Buffer.from(encodeRecord(record));
        if (isHeld && record.kind === "closed") held.push(bytes);
        else feed.send(bytes);
      }
    });
    tellEnds = () => {
      isHeld = false;
      for (const bytes of held) feed.send(bytes);
    };
  });
  await page.reload();
  return () => tellEnds();
}

describe.skipIf(!hasChromium())("inspector › in a browser", { timeout: TIMEOUT_MS }, () => {
  const { open } = useInspectorPage();

  it("lists frames of both directions with all that a network panel leaves out", async () => {
    const opened = await open(undefined, { echo: COMPRESSED });
    const { page } = opened;
    const connection = await talking(opened, COMPRESSED);
    connection.send("hello");
    connection.ping("are you there?");
    await once(connection, "pong");
    for (let i = 0; i < 3; i++) {
      connection.send(LONG);
      await echoed(connection);
    }
    connection.send(new Uint8Array(70_000));
    await echoed(connection);
    await row(page, /to server binary/).waitFor();
    const cells = async (name: RegExp): Promise<string[]> =>
      (await row(page, name).getByRole("gridcell").allInnerTexts()).map((text) => text.replaceAll("\n", " "));
    const [number, on, time, direction, kind, fin, rsv, mask, length, wire, inflated, data] =
      await cells(/hello/);
    expect([number, on, direction, kind, fin, rsv]).toEqual(["1", "#1", "to server", "text", "FIN", "000"]);
    expect(time).toMatch(/^\d\d:\d\d:\d\d\.\d\d\d$/);
    expect(mask).toMatch(/^[0-9a-f]{8}$/);
    expect([length, wire, inflated, data]).toEqual(["5 7", "11 B", "—", "hello"]);
    expect((await cells(/to client text .* hello/))[7]).toBe("—");
    await row(page, /ping .* are you there\?/).waitFor();
    await row(page, /pong .* are you there\?/).waitFor();
    const compressed = await cells(/the same words/);
    expect([compressed[6], compressed[10]]).toEqual(["100", `${LONG.length} B`]);
    // With the context of those before, the second is a few bytes.
    const lengths = await page.getByRole("row", { name: /to server text .* the same words/ }).allInnerTexts();
    expect(lengths).toHaveLength(3);
    expect((await cells(/to client binary/))[8]).toMatch(/^\d+ (7|16)$/);
  });

  it("filters by direction, opcode and text, pauses, and clears", async () => {
    const opened = await open();
    const { page } = opened;
    const connection = await talking(opened);
    for (const text of ["alpha", "beta", "Alphabet"]) {
      connection.send(text);
      await echoed(connection);
    }
    connection.ping("");
    await once(connection, "pong");
    const count = page.locator(".filter-count");
    await page.getByText("8 frames", { exact: true }).waitFor();
    await page.getByRole("searchbox").fill("ALPHA");
    await page.getByText("4 of 8 frames").waitFor();
    await page.getByRole("button", { name: "To client" }).click();
    await page.getByText("2 of 8 frames").waitFor();
    await page.getByRole("searchbox").fill("");
    await page.getByRole("button", { name: "Both ways" }).click();
    await page.getByRole("button", { name: "ping", exact: true }).click();
    await page.getByRole("button", { name: "pong", exact: true }).click();
    await page.getByText("2 of 8 frames").waitFor();
    await page.getByRole("button", { name: "ping", exact: true }).click();
    await page.getByRole("button", { name: "pong", exact: true }).click();

    await page.getByRole("button", { name: "Pause" }).click();
    connection.send("while paused");
    await echoed(connection);
    await page.getByText("Paused, 2 more").waitFor();
    expect(await page.getByRole("row", { name: /while paused/ }).count()).toBe(0);
    await page.getByRole("button", { name: "Go on" }).click();
    await row(page, /while paused/).waitFor();
    await page.getByRole("button", { name: "Clear" }).click();
    expect(await count.innerText()).toBe("0 frames");
    connection.send("after");
    await row(page, /after/).waitFor();
  });

  it("draws a frame bit by bit and explains each field, with its section", async () => {
    const opened = await open();
    const { page } = opened;
    const connection = await talking(opened);
    connection.send("x".repeat(300));
    await row(page, /to server/).click();
    const bits = page.getByRole("group", { name: "The frame, bit by bit" });
    const names = await bits
      .getByRole("button")
      .evaluateAll((cells) => [...new Set(cells.map((cell) => cell.getAttribute("aria-label")!))]);
    expect(names.slice(0, 8)).toEqual([
      "FIN: 1",
      "RSV1: 0",
      "RSV2: 0",
      "RSV3: 0",
      "Opcode: 0x1",
      "MASK: 1",
      "Payload length: 126",
      "Extended length: 300",
    ]);
    expect(names[8]).toMatch(/^Masking key: [0-9a-f]{8}$/);
    await bits.getByRole("button", { name: "Extended length" }).click();
    await detail(page).getByText("The payload has 300 bytes, in network byte order.").first().waitFor();
    await bits.getByRole("button", { name: "MASK: 1" }).click();
    await detail(page).getByText("RFC 6455 §5.1, §5.3").first().waitFor();
    await detail(page).getByText("All fields").click();
    expect(await detail(page).locator(".all-fields dt").count()).toBe(10);
  });

  it("shows payloads as text, JSON and in hexadecimal", async () => {
    const opened = await open();
    const { page } = opened;
    const connection = await talking(opened);
    connection.send('{"a":[1,2]}');
    await row(page, /to server/).click();
    await detail(page).getByText('"a": [').waitFor();
    await detail(page).getByRole("button", { name: "Hex" }).click();
    await detail(page).getByText("7b 22 61 22 3a 5b 31 2c 32 5d 7d").waitFor();
    await detail(page).getByRole("button", { name: "Text" }).click();
    await detail(page).getByText('{"a":[1,2]}').waitFor();
  });

  it("brackets the fragments of a message and leaves the control frames between them visible", async () => {
    const opened = await open();
    const { page, server } = opened;
    await page.getByText("Live", { exact: true }).waitFor();
    const socket = connectTcp(server.port, "127.0.0.1");
    onTestFinished(() => void socket.destroy());
    socket.write(
      "GET /echo HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nCookie: who=ada\r\n" +
        "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n",
    );
    await once(socket, "data");
    const fragment = (opcode: number, text: string, first: number): Uint8Array => {
      const frame = encodeFrame("client", opcode, text);
      frame[0] = first;
      return frame;
    };
    socket.write(fragment(Opcode.text, "one, ", 0x01));
    socket.write(encodeFrame("client", Opcode.ping, "between"));
    socket.write(fragment(Opcode.continuation, "two, ", 0x00));
    socket.write(fragment(Opcode.continuation, "three", 0x80));
    await tab(page, "Messages");
    await row(page, /3 of 3/).waitFor();
    const parts = await page
      .locator(".windowed-row .bracket.is-received")
      .evaluateAll((brackets) => brackets.map((each) => each.querySelector("path")?.dataset.part ?? "none"));
    expect(parts.slice(0, 3)).toEqual(["first", "passing", expect.stringMatching(/inside|passing/)]);
    expect(parts.filter((part) => part === "inside" || part === "last")).toEqual(["inside", "last"]);
    await row(page, /2 of 3/).click();
    await detail(page).getByText("one, two, three").waitFor();
    await detail(page).getByRole("button", { name: "1", exact: true }).click();
    await detail(page)
      .getByText("More fragments of this message follow.")
      .first()
      .waitFor({ state: "attached" });
  });

  it("shows both heads of the handshake with a verdict each, and computes the accept key", async () => {
    const opened = await open();
    const { page, server } = opened;
    await talking(opened);
    await tab(page, "Handshake");
    await page.getByText("every rule is kept").waitFor();
    const request = page.getByRole("region", { name: "Request" });
    expect(await request.getByRole("listitem").filter({ hasText: "valid" }).count()).toBeGreaterThanOrEqual(
      6,
    );
    await request.getByText("who=•••").waitFor();
    const steps = page.getByRole("region", { name: "How Sec-WebSocket-Accept is computed" });
    const accept = await steps.locator("li").last().locator("code").innerText();
    expect(accept).toMatch(/^[A-Za-z0-9+/]{27}=$/);
    await page.getByRole("region", { name: "Response" }).getByText(`: ${accept}`).waitFor();
    await expect(talk(server, "ada", { origin: "https://evil.example" })).rejects.toThrow(/403/);
    await page.getByText("Refused: FOREIGN_ORIGIN").waitFor();
  });

  it("lights the state of a connection, and tells the way with its times", async () => {
    const opened = await open();
    const { page } = opened;
    const connection = await talking(opened);
    await tab(page, "States");
    await page.getByRole("img", { name: /^State: OPEN/ }).waitFor();
    await connection.close(4000, "enough");
    await page.getByRole("img", { name: /^State: CLOSED/ }).waitFor();
    const way = await page.locator(".transitions").first().getByRole("listitem").allInnerTexts();
    expect(way.map((text) => /CONNECTING|OPEN|CLOSING|CLOSED/.exec(text)![0])).toEqual([
      "CONNECTING",
      "OPEN",
      "CLOSING",
      "CLOSING",
      "CLOSED",
    ]);
    expect(way[2]).toContain("Client sent a close frame: 4000 “enough”");
    await page.getByText("Ended with code 4000 “enough”, cleanly").waitFor();
  });

  // The row was drawn before the connection had ended, and not again: which rule it was came only with the next frame.
  it("says which rule a frame broke, and with which code the server closed", async () => {
    const { page, server } = await open();
    const tellEnds = await holdEnds(page);
    await page.getByText("Live", { exact: true }).waitFor();
    const socket = connectTcp(server.port, "127.0.0.1");
    onTestFinished(() => void socket.destroy());
    socket.write(
      "GET /echo HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nCookie: who=ada\r\n" +
        "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n",
    );
    await once(socket, "data");
    socket.write(encodeFrame("client", Opcode.text, Uint8Array.of(0xff, 0xfe)));
    await row(page, /to server text .* ff fe/).waitFor();
    tellEnds();
    await row(page, /INVALID_UTF8/).click();
    await detail(page).getByText("INVALID_UTF8").waitFor();
    await row(page, /close .* 1007/).waitFor();
    await tab(page, "States");
    await page.getByText("the server closed with 1007").waitFor();
  });

  it("counts by direction and opcode, and draws rates, round trips, queues and compression", async () => {
    const opened = await open(undefined, { echo: { ...COMPRESSED, pingIntervalMs: 300 } });
    const { page } = opened;
    const connection = await talking(opened, COMPRESSED);
    connection.send(LONG);
    await echoed(connection);
    await tab(page, "Statistics");
    const cells = async (kind: string): Promise<string[]> =>
      await row(page, new RegExp(`^${kind}`))
        .getByRole("cell")
        .allInnerTexts();
    await row(page, /^text/).waitFor();
    expect((await cells("text"))[0]).toBe("1");
    expect((await cells("text"))[3]).toBe("1");
    await page
      .getByText(/^320 B became \d+ B: \d+ %$/)
      .first()
      .waitFor();
    await row(page, /^pong/).waitFor();
    await page.getByRole("img", { name: /^Round trip of pings, .* now last \d+\.\d ms/ }).waitFor();
    await page.getByRole("img", { name: /^Frames a second, .* at most [1-9]/ }).waitFor();
    await page.getByRole("img", { name: /^Bytes a second/ }).waitFor();
    await page
      .getByRole("img", { name: /^Compressed to, .* now to server \d+ %, to client \d+ %; at most \d+ %/ })
      .waitFor();

    // A client that does not read: what waits for it is drawn.
    connection.pause();
    const noise = randomBytes(60_000);
    for (let i = 0; i < 200; i++) connection.send(noise, { compress: false });
    await page.getByRole("img", { name: /^Waiting to be sent, .* at most .*MiB/ }).waitFor();
    await tab(page, "States");
    await page.getByText("The client does not keep up: what is sent waits").first().waitFor();
  });

  it("sends a message again to the lab's echo, on a connection of its own", async () => {
    const opened = await open();
    const { page, server } = opened;
    const lab = new WebSocketServer({ server: server.http, path: "/lab/echo" });
    lab.on("connection", (connection) => {
      connection.on("message", (data) => void connection.send(data));
    });
    const connection = await talking(opened);
    connection.send("once more");
    await tab(page, "Messages");
    await row(page, /once more/).click();
    await page.getByRole("button", { name: "Send again to the echo" }).click();
    await page.getByText(/The same came back after [\d.]+ ms/).waitFor();
    await page.getByRole("combobox").selectOption({ label: "#2 /lab/echo (closed 1000)" });
    await row(page, /once more/).waitFor();
    await lab.shutdown({ deadlineMs: 100 });
  });

  it("saves what it has, in three formats", async () => {
    const opened = await open();
    const { page } = opened;
    const connection = await talking(opened);
    connection.send("kept");
    await row(page, /to client .* kept/).waitFor();
    const saved = async (name: RegExp): Promise<Buffer> => {
      await page.getByRole("button", { name: "Save" }).click();
      const [download] = await Promise.all([
        page.waitForEvent("download"),
        page.getByRole("button", { name }).click(),
      ]);
      return await readFile(await download.path());
    };
    expect((await saved(/^pcapng/)).readUInt32BE(0)).toBe(0x0a0d0d0a);
    const har = JSON.parse((await saved(/^HAR/)).toString()) as {
      log: { entries: { _webSocketMessages: { data: string }[] }[] };
    };
    // oxlint-disable-next-line no-underscore-dangle -- the name that Chromium gave it
    expect(har.log.entries[0]!._webSocketMessages.map(({ data }) => data)).toEqual(["kept", "kept"]);
    const lines = (await saved(/^JSON Lines/)).toString().trim().split("\n");
    expect(lines.filter((line) => line.includes('"type":"frame"'))).toHaveLength(2);
  });

  it("is worked by keyboard alone, and closes what it opened with Escape", async () => {
    const opened = await open(phone);
    const { page } = opened;
    const connection = await talking(opened);
    for (let i = 1; i <= 60; i++) connection.send(`message ${i}`);
    await page.getByText("120 frames", { exact: true }).waitFor();
    const list = page.getByRole("grid", { name: "Frames" });
    await list.focus();
    await page.keyboard.press("Home");
    await page.keyboard.press("ArrowDown");
    await page.keyboard.press("Enter");
    await page.getByRole("heading", { name: /^Frame \d+/ }).waitFor();
    await page.keyboard.press("Escape");
    await list.waitFor();
    expect(await list.evaluate((element) => element === document.activeElement)).toBe(true);
    await page.keyboard.press("End");
    expect(await list.getAttribute("aria-activedescendant")).toBe("row-120");
    await page.getByRole("tab", { name: "Frames" }).focus();
    await page.keyboard.press("ArrowRight");
    expect(await page.getByRole("tab", { name: "Messages" }).getAttribute("aria-selected")).toBe("true");
  });

  it("says to whoever is not let in what may be the reason, and takes a token", async () => {
    const TOKEN = "a-token-that-is-long-enough";
    const opened = await open(undefined, { mode: "all", token: TOKEN });
    const { page, server } = opened;
    await page.getByText("The inspector did not let you in").waitFor();
    await page.getByLabel("Token").fill(TOKEN);
    await page.getByRole("button", { name: "Open" }).click();
    await page.getByText("Live", { exact: true }).waitFor();
    const stranger = await talk(server, "eve");
    onTestFinished(() => stranger.terminate());
    stranger.send("attack at dawn");
    await row(page, /to server .* redacted/).click();
    await detail(page).getByText("Somebody else's").first().waitFor();
    expect(await page.content()).not.toContain("attack");
  });

  it("comes back after the server was gone, and keeps what it had", async () => {
    const opened = await open();
    const { page, server } = opened;
    const connection = await talking(opened);
    connection.send("before");
    await row(page, /before/).waitFor();
    server.cutFeeds();
    await page.getByText("Lost, coming back…").waitFor();
    await page.getByText("Live", { exact: true }).waitFor();
    const again = await connect(`${server.url}/echo`, { headers: { Cookie: "who=ada" } });
    onTestFinished(() => again.terminate());
    again.send("after");
    await row(page, /after/).waitFor();
    await row(page, /before/).waitFor();
  });
});

// Takes the pictures of docs/chat-tour.md: starts the built chat on a port of its own, has two people talk in a real Chromium, and looks
// at each view. Run by hand, `pnpm tour-pictures`, after a build and whenever a view has changed.
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { MemoryLog } from "@ws/rooms";
import { chromium } from "playwright-core";
import { startChatServer } from "../dist/server/chat-server.js";

const folder = fileURLToPath(new URL("../../../docs/pictures/", import.meta.url));
const executablePath = process.env.CHROMIUM ?? "/usr/bin/chromium";
const QUALITY = 82;
const DESKTOP = { viewport: { width: 1200, height: 760 }, colorScheme: "light", locale: "en-GB" };
const PHONE = { viewport: { width: 360, height: 740 }, colorScheme: "dark", locale: "en-GB", hasTouch: true };

if (!existsSync(executablePath)) {
  console.error(`Cannot take pictures: there is no ${executablePath}; name a Chromium in CHROMIUM`);
  process.exit(1);
}
mkdirSync(folder, { recursive: true });

const options = {
  host: "127.0.0.1",
  sessionSecret: "a secret for pictures, which nobody needs to keep",
  log: new MemoryLog(),
  inspector: "own",
  hasLab: true,
  logLevel: "silent",
};
let server = await startChatServer({ ...options, port: 0 });
const { port, url } = server;
const browser = await chromium.launch({ executablePath, args: ["--no-sandbox", "--disable-gpu"] });
try {
  await takeAll();
} finally {
  await browser.close();
  await server.stop();
}

async function takeAll() {
  const ada = await open("/", DESKTOP);
  await ada.getByLabel("Your name").waitFor();
  await take(ada, "enter");
  const firstLook = await ada.screenshot();
  await enter(ada, "Ada Lovelace");
  const charles = await open("/", PHONE);
  await enter(charles, "Charles Babbage");

  await say(ada, "Good morning! The engine is wired up, see https://example.org/notes");
  await say(charles, "That was quick.\nDoes it take the new cards?");
  await say(ada, "It does, in order, and each of them once.");
  await ada.getByLabel("Files to attach").setInputFiles([
    { name: "first look.png", mimeType: "image/png", buffer: firstLook },
    { name: "cards.csv", mimeType: "text/csv", buffer: Buffer.from("card,operation\n".repeat(900)) },
  ]);
  await ada.getByRole("button", { name: "Remove cards.csv" }).waitFor();
  await say(ada, "What people see first:");
  await ada.getByRole("button", { name: "Show first look.png" }).waitFor();
  for (const room of ["engine-room", "tea"]) await createRoom(charles, room);
  await say(charles, "Who is bringing biscuits?");
  await charles.goto(`${url}/r/general`);
  await connected(charles);
  await composer(charles).fill("I will be there at");
  await ada.getByText("is writing…").waitFor();
  await take(ada, "conversation");
  await take(charles, "phone");

  await server.stop();
  await ada.getByText(/^Reconnecting/).waitFor();
  await composer(ada).fill("Said while nobody was there");
  await composer(ada).press("Enter");
  await take(ada, "reconnecting");
  server = await startChatServer({ ...options, port });
  await ada.locator(".notice").waitFor();
  await take(ada, "recovered");

  await ada.locator(".notice").getByRole("button").click();
  await ada.getByRole("button", { name: "Invite people" }).click();
  await ada.getByRole("dialog").waitFor();
  await take(ada, "invite");
  await ada.keyboard.press("Escape");

  const inspector = await ada.context().newPage();
  await inspector.goto(`${url}/inspector`);
  await inspector.getByText("Live", { exact: true }).waitFor();
  await ada.reload();
  await connected(ada);
  for (const text of ["one frame each", "and one that is compressed, ".repeat(12), "and the last"])
    await say(ada, text);
  await inspector
    .getByRole("row", { name: /to server text/ })
    .last()
    .click();
  await inspector.getByRole("group", { name: "The frame, bit by bit" }).waitFor();
  await take(inspector, "inspector-frames");
  await turnTo(inspector, "Handshake");
  await take(inspector, "inspector-handshake", { width: 1200, height: 1280 });
  await turnTo(inspector, "States");
  await take(inspector, "inspector-states", { width: 1200, height: 400 });

  const lab = await ada.context().newPage();
  await lab.goto(`${url}/lab`);
  await lab.getByRole("heading", { name: "Size lab" }).waitFor();
  for (const [i, size] of ["1 KiB", "64 KiB − 1", "64 KiB", "1 MiB"].entries()) {
    await lab
      .getByRole("group", { name: "Message" })
      .getByRole("button", { name: size, exact: true })
      .click();
    await lab.getByRole("button", { name: "Measure" }).click();
    await lab
      .getByRole("row")
      .nth(i + 1)
      .waitFor();
  }
  await lab.getByRole("radio", { name: "The server" }).check({ force: true });
  await lab.getByRole("spinbutton", { name: "Fragments of" }).fill("65536");
  await lab.getByRole("radio", { name: "On" }).check({ force: true });
  await lab.getByRole("button", { name: "Measure" }).click();
  await lab.getByRole("row").nth(5).waitFor();
  await take(lab, "lab-sizes", { width: 1500, height: 760 });
  await lab.getByRole("link", { name: "Craft" }).click();
  await lab.getByRole("button", { name: "A new text message inside of one" }).click();
  await lab.getByRole("button", { name: "Send" }).click();
  await lab.getByText("Closed with 1002").waitFor();
  await lab.getByText("Closed with 1002").evaluate((element) => element.scrollIntoView({ block: "center" }));
  await take(lab, "lab-craft");

  // By now there was something to compress; the server's first ping comes after twenty seconds.
  await turnTo(inspector, "Statistics");
  await inspector.locator(".legend", { hasText: /^last \d/ }).waitFor({ timeout: 60_000 });
  await take(inspector, "inspector-statistics");
}

async function turnTo(inspector, tab) {
  await inspector.getByRole("tab", { name: tab }).click();
  await inspector.getByRole("tab", { name: tab, selected: true }).waitFor();
}

async function open(path, contextOptions) {
  const context = await browser.newContext(contextOptions);
  context.setDefaultTimeout(10_000);
  const page = await context.newPage();
  await page.goto(url + path);
  return page;
}

async function enter(page, name) {
  await page.getByLabel("Your name").fill(name);
  await page.keyboard.press("Enter");
  await connected(page);
}

function connected(page) {
  return page.getByText("Connected", { exact: true }).waitFor();
}

function composer(page) {
  return page.getByRole("textbox", { name: /^Message #/ });
}

async function say(page, text) {
  await composer(page).fill(text);
  await composer(page).press("Enter");
  await page.locator(".message").last().getByRole("img", { name: "Delivered" }).waitFor();
}

async function createRoom(page, name) {
  const rooms = page.getByRole("button", { name: /^Show rooms/ });
  if (await rooms.isVisible()) await rooms.click();
  await page.getByRole("button", { name: "New room" }).click();
  const dialog = page.getByRole("dialog", { name: "New room" });
  await dialog.getByRole("textbox").fill(name);
  await page.keyboard.press("Enter");
  await page.getByRole("textbox", { name: `Message #${name}` }).waitFor();
}

/** As WebP, which is a third of PNG's size and which every browser shows. @param size of what does not fit, or would be mostly empty */
async function take(page, name, size = page.viewportSize()) {
  const usual = page.viewportSize();
  await page.bringToFront();
  await page.setViewportSize(size);
  await page.evaluate(() => document.fonts.ready.then(() => new Promise(requestAnimationFrame)));
  const session = await page.context().newCDPSession(page);
  const { data } = await session.send("Page.captureScreenshot", { format: "webp", quality: QUALITY });
  await session.detach();
  await page.setViewportSize(usual);
  const bytes = Buffer.from(data, "base64");
  writeFileSync(`${folder}chat-${name}.webp`, bytes);
  console.log(`chat-${name}.webp: ${bytes.length} bytes`);
}

// Takes files of any size, each as one message that is read while it arrives: of a gigabyte no more than some chunks are in
// memory at a time. What has arrived is told by small messages the other way.
import { createHash, randomUUID } from "node:crypto";
import { mkdtemp, open, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { type Connection, type MessageStream, WebSocketServer } from "@ws/server";

const MAX_FILE_BYTES = Number(process.env["MAX_FILE_BYTES"] ?? 10 * 1024 ** 3);
const PROGRESS_BYTES = 1024 ** 2;
const folder = await mkdtemp(join(tmpdir(), "uploads-"));

const server = new WebSocketServer({ port: Number(process.env["PORT"] ?? 8080) });
server.on("connection", (connection) => void takeFiles(connection));
server.on("listening", () => {
  console.log(`Uploads to ws://localhost:${server.address()!.port}, kept in ${folder}`);
});

async function takeFiles(connection: Connection): Promise<void> {
  for await (const message of connection.messageStreams()) {
    // A name of ours: what a client calls its file is nothing to make a path of.
    const path = join(folder, randomUUID());
    try {
      await takeFile(connection, message, path);
    } catch (error) {
      // The client has gone, the file is too large, or the disk is full. Half a file is none.
      await rm(path, { force: true });
      console.error(`Took nothing: ${String(error)}`);
      void connection.close(1011, "Cannot take the file");
    }
  }
}

async function takeFile(connection: Connection, message: MessageStream, path: string): Promise<void> {
  await using file = await open(path, "wx");
  const hash = createHash("sha256");
  let received = 0;
  let told = 0;
  for await (const chunk of message) {
    if (typeof chunk === "string") throw new TypeError("Files are binary");
    received += chunk.length;
    if (received > MAX_FILE_BYTES) {
      void connection.close(1009, `At most ${MAX_FILE_BYTES} bytes`);
      throw new RangeError(`More than ${MAX_FILE_BYTES} bytes`);
    }
    hash.update(chunk);
    // The loop is the backpressure: while the disk is busy nothing is read, and TCP slows the client down.
    await file.write(chunk);
    if (received - told < PROGRESS_BYTES) continue;
    told = received;
    connection.send(JSON.stringify({ received }));
  }
  const name = basename(path);
  connection.send(JSON.stringify({ received, name, sha256: hash.digest("hex") }));
  const peakMebibytes = Math.ceil(process.resourceUsage().maxRSS / 1024);
  console.log(`Took ${received} bytes as ${name}, and never had more than ${peakMebibytes} MiB of memory`);
}

// Sends a file: node dist/upload.js FILE [URL]. It is read from the disk no faster than the server takes it.
import { createReadStream } from "node:fs";
import { stat } from "node:fs/promises";
import { connect } from "@ws/client";

/** What the server tells: how much it has, and at the end as what. */
interface Told {
  readonly received: number;
  readonly name?: string;
  readonly sha256?: string;
}

const [file, url = "ws://localhost:8080"] = process.argv.slice(2);
if (file === undefined) throw new TypeError("Cannot upload: say which file");
const { size } = await stat(file);

const connection = await connect(url);
const sending = connection.sendStream(createReadStream(file, { highWaterMark: 256 * 1024 }));
// Where the connection closes, the loop below ends and says why.
sending.catch(() => {});

let isDone = false;
for await (const message of connection) {
  const { received, name, sha256 } = JSON.parse(String(message)) as Told;
  console.log(`${size === 0 ? 100 : Math.floor((100 * received) / size)} %, ${received} of ${size} bytes`);
  if (sha256 === undefined) continue;
  console.log(`The server has it as ${name}, with the SHA-256 ${sha256}`);
  isDone = true;
  break;
}
const { code, reason } = await connection.close();
if (!isDone) {
  console.error(`Cannot upload ${file}: ${reason || "the connection broke"} (${code})`);
  process.exitCode = 1;
}

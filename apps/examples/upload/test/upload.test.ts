import { createHash } from "node:crypto";
import { mkdtemp, open, readdir, readFile, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it, onTestFinished } from "vitest";
import { connect, ConnectionError } from "@ws/client";
import { type Example, runProgram, startExample } from "example-support/example-process";

const MIB = 1024 ** 2;

/** A file whose chunks are different ones, so that none can be lost or change places. */
async function makeFile(mebibytes: number): Promise<{ readonly path: string; readonly sha256: string }> {
  const folder = await mkdtemp(join(tmpdir(), "upload-"));
  onTestFinished(() => rm(folder, { recursive: true }));
  const path = join(folder, "large");
  await using file = await open(path, "wx");
  const hash = createHash("sha256");
  const block = Buffer.alloc(MIB, "all work and no play ");
  for (let i = 0; i < mebibytes; i++) {
    block.writeUInt32LE(i, (i * 4096) % MIB);
    hash.update(block);
    await file.write(block);
  }
  return { path, sha256: hash.digest("hex") };
}

/** @returns the example, and the folder that it keeps files in */
async function startUploads(environment?: Record<string, string>): Promise<Example & { folder: string }> {
  const server = await startExample(environment);
  const [, folder = ""] = await server.says(/kept in (\S+)/);
  onTestFinished(() => rm(folder, { recursive: true }));
  return { ...server, folder };
}

it("takes a file that is larger than all the memory it ever has, and tells meanwhile how far it is", async () => {
  const server = await startUploads();
  const file = await makeFile(192);
  const client = runProgram("upload.js", [file.path, server.url]);
  const [, name = "", sha256] = await client.says(/has it as (\S+), with the SHA-256 (\w+)/);
  expect(await client.ended).toBe(0);
  expect(sha256).toBe(file.sha256);
  expect((await stat(join(server.folder, name))).size).toBe(192 * MIB);
  expect(Number((await client.says(/^(\d+) %/m))[1])).toBeLessThan(100);
  const [, peakMebibytes] = await server.says(/never had more than (\d+) MiB/);
  expect(Number(peakMebibytes)).toBeLessThan(192);
});

it("refuses a file that is too large, while it arrives", async () => {
  const server = await startUploads({ MAX_FILE_BYTES: String(MIB) });
  const client = runProgram("upload.js", [(await makeFile(8)).path, server.url]);
  await client.says(/Cannot upload .*: At most 1048576 bytes \(1009\)/);
  expect(await client.ended).toBe(1);
  await server.says(/Took nothing: RangeError/);
  expect(await readdir(server.folder)).toEqual([]);
});

it("survives who breaks off amid a file, and takes the next one", async () => {
  const server = await startUploads();
  const connection = await connect(server.url);
  const heard = connection[Symbol.asyncIterator]();
  async function* endless(): AsyncGenerator<Uint8Array> {
    for (;;) yield new Uint8Array(64 * 1024);
  }
  const sending = connection.sendStream(endless()).catch((error: unknown) => error);
  expect(JSON.parse(String((await heard.next()).value))).toEqual({ received: expect.any(Number) as number });
  connection.terminate();
  expect(await sending).toBeInstanceOf(ConnectionError);
  await server.says(/Took nothing: ConnectionError/);
  expect(await readdir(server.folder)).toEqual([]);

  const { path } = await makeFile(1);
  const client = runProgram("upload.js", [path, server.url]);
  const [, name = ""] = await client.says(/has it as (\S+),/);
  expect((await readFile(join(server.folder, name))).equals(await readFile(path))).toBe(true);
  expect(await client.ended).toBe(0);
});

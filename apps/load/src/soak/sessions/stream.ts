// A message that is sent and received in chunks, over HTTP/1.1 or HTTP/2, compressed or not; or given up midway.
import { createHash, randomBytes } from "node:crypto";
import type { ConnectOptions } from "@ws/client";
import { expectSame, open, type Session } from "../session.ts";

const CHUNKS = 12;
const CHUNK_BYTES = 10_006;

const options = (): ConnectOptions => ({
  http2: Math.random() < 0.5 ? "only" : false,
  perMessageDeflate: Math.random() < 0.5,
});

export const exchangeStream: Session = async (address) => {
  const connection = await open(address, options());
  const sent = createHash("sha256");
  const received = createHash("sha256");
  const hasLeft = connection.sendStream(chunks(CHUNKS, sent));
  for await (const message of connection.messageStreams()) {
    for await (const chunk of message) received.update(chunk);
    break;
  }
  await hasLeft;
  expectSame("echo", received.digest("hex"), sent.digest("hex"));
  const { code, wasClean } = await connection.close(4000, "Done");
  expectSame("close", `${code} ${wasClean}`, "4000 true");
};

export const giveUpStream: Session = async (address) => {
  const connection = await open(address, options());
  const controller = new AbortController();
  function* source(): Generator<Uint8Array> {
    yield* chunks(3);
    controller.abort(new Error("Enough"));
    yield* chunks(1);
  }
  const outcome = await connection.sendStream(source(), { signal: controller.signal }).then(
    () => "sent",
    (error: Error) => error.message,
  );
  expectSame("outcome", outcome, "Enough");
  expectSame("close", (await connection.closed).code, 1011);
};

function* chunks(count: number, hash?: ReturnType<typeof createHash>): Generator<Uint8Array> {
  for (let i = 0; i < count; i++) {
    const chunk = randomBytes(CHUNK_BYTES).fill(i, CHUNK_BYTES / 2);
    hash?.update(chunk);
    yield chunk;
  }
}

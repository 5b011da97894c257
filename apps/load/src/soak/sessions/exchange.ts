// Messages there and back, then an end by the client.
import { randomBytes } from "node:crypto";
import type { ConnectOptions, Message } from "@ws/client";
import type { Address } from "../../wire/address.ts";
import { expectSame, open, type Session } from "../session.ts";

const MESSAGES = 8;
const MAX_BYTES = 64 * 1024;

export const exchangeText: Session = (address) => exchange(address, text);

export const exchangeBinary: Session = (address) => exchange(address, (length) => randomBytes(length));

/** With windows that last from message to message, and without. */
export const exchangeCompressed: Session = (address) => {
  const serverNoContextTakeover = Math.random() < 0.5;
  return exchange(address, text, { perMessageDeflate: { serverNoContextTakeover, thresholdBytes: 64 } });
};

/** Several sessions at a time share a TCP connection. */
export const exchangeOverHttp2: Session = (address) => exchange(address, text, { http2: "only" });

/** Small ones mostly, large ones now and then, as text compresses: some of it has been there before. */
function text(length: number): string {
  const words = randomBytes(12).toString("base64");
  return `${words} äöü€𝄞 `.repeat(Math.ceil(length / 24)).slice(0, length);
}

async function exchange(
  address: Address,
  make: (length: number) => Message,
  options: ConnectOptions = {},
): Promise<void> {
  const connection = await open(address, options);
  if (options.perMessageDeflate !== undefined)
    expectSame("compression", connection.extensions.startsWith("permessage-deflate"), true);
  const messages = Array.from({ length: MESSAGES }, () => make(Math.floor(MAX_BYTES ** Math.random())));
  connection.ping("so far");
  for (const message of messages) connection.send(message);
  let received = 0;
  for await (const message of connection) {
    const expected = messages[received++]!;
    expectSame("echo", typeof message, typeof expected);
    expectSame("echo", Buffer.compare(Buffer.from(message), Buffer.from(expected)), 0);
    if (received === MESSAGES) break;
  }
  expectSame("echoes", received, MESSAGES);
  const { code, wasClean } = await connection.close(4000, "Done");
  expectSame("close", `${code} ${wasClean}`, "4000 true");
}

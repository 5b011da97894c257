// The flags of every command that dials: what the handshake asks for, TLS, the way there. Turns them into a URL and options
// of `connect`, and says what is dangerous about them.
import type { ConnectOptions, TlsOptions } from "@ws/client";
import { type Command, Option } from "commander";
import { type CommandIo, note } from "../command-io.ts";
import { usageError } from "../command-error.ts";
import { readKeyPair, readPem } from "./pem-files.ts";
import { collect, parseDuration, wholeNumber } from "./quantity.ts";

export interface TargetFlags {
  readonly header?: readonly string[];
  readonly subprotocol?: readonly string[];
  readonly origin?: string;
  readonly auth?: string;
  readonly ca?: string;
  readonly cert?: string;
  readonly key?: string;
  readonly servername?: string;
  readonly insecure?: true;
  readonly proxy?: string | false;
  readonly unixSocket?: string;
  readonly compress?: true;
  readonly http2?: "auto" | "only" | true;
  readonly maxRedirects?: number;
  readonly timeout?: number;
  readonly maxMessage?: number;
}

/** Where to, and how. */
export interface Target {
  readonly url: URL;
  readonly options: ConnectOptions;
  /** Those among the options. */
  readonly headers: readonly (readonly [string, string])[];
}

const MAX_MESSAGE_BYTES = 1024 * 1024 * 1024;

export function addTargetFlags(command: Command): Command {
  return command
    .option("-H, --header <name: value>", "a header of the request; may be repeated", collect)
    .option("-s, --subprotocol <name>", "a subprotocol to offer; may be repeated", collect)
    .option("-o, --origin <origin>", "the Origin to claim")
    .option("-a, --auth <user:password>", "credentials for HTTP Basic")
    .option("--ca <file>", "certificates to trust, in PEM, instead of the well-known ones")
    .option("--cert <file>", "a client certificate, in PEM")
    .option("--key <file>", "its key, in PEM")
    .option("--servername <name>", "the name that the server's certificate must have")
    .option("--insecure", "take any certificate: whoever is in between can read and change everything")
    .option("--proxy <url>", "http:, https:, socks5h:, … instead of what the environment says")
    .option("--no-proxy", "dial directly, whatever the environment says")
    .option("--unix-socket <path>", "dial this socket; the URL still says what is asked for")
    .option("-c, --compress", "offer permessage-deflate")
    .addOption(new Option("--http2 [mode]", "WebSocket over HTTP/2").choices(["auto", "only"]).preset("auto"))
    .option("--max-redirects <n>", "how many redirects are followed (default: 0)", wholeNumber(0, 20))
    .option("--timeout <duration>", "for the handshake and all before it (default: 10s)", parseDuration)
    .option(
      "--max-message <bytes>",
      "the largest message to accept (default: 16 MiB)",
      wholeNumber(1, MAX_MESSAGE_BYTES),
    );
}

/** @throws CommandError for flags that make no sense, or name files that cannot be read */
export async function readTarget(address: string, flags: TargetFlags, io: CommandIo): Promise<Target> {
  const { subprotocol, origin, proxy, unixSocket, http2, maxRedirects, timeout, maxMessage } = flags;
  const url = readUrl(address);
  if (flags.insecure === true) note(io.stderr, "warning: nobody checks who the server is (--insecure)");
  const tls = await readTls(flags);
  const headers = readHeaders(flags);
  return {
    url,
    headers,
    options: {
      headers,
      ...(subprotocol !== undefined && { protocols: subprotocol }),
      ...(origin !== undefined && { origin }),
      ...(Object.keys(tls).length > 0 && { tls }),
      ...(proxy !== undefined && { proxy }),
      ...(unixSocket !== undefined && { socketPath: unixSocket }),
      ...(flags.compress === true && { perMessageDeflate: { thresholdBytes: 0 } }),
      ...(http2 !== undefined && { http2: http2 === true ? "auto" : http2 }),
      ...(maxRedirects !== undefined && { maxRedirects }),
      ...(timeout !== undefined && { handshakeTimeoutMs: timeout }),
      ...(maxMessage !== undefined && { maxMessageBytes: maxMessage }),
      whenBufferFull: "wait",
    },
  };
}

/** A URL, which may lack its scheme: `localhost:8080/chat` is `ws:`. */
export function readUrl(address: string): URL {
  const text = /^[a-z][a-z0-9+.-]*:\/\//i.test(address) ? address : `ws://${address}`;
  if (!URL.canParse(text)) throw usageError(`Cannot connect to ${address}: it is no URL`);
  const url = new URL(text);
  if (url.protocol === "http:") url.protocol = "ws:";
  if (url.protocol === "https:") url.protocol = "wss:";
  if (url.protocol !== "ws:" && url.protocol !== "wss:") {
    throw usageError(`Cannot connect to ${address}: its scheme is neither ws nor wss`);
  }
  // RFC 6455 §3: "Fragment identifiers are meaningless in the context of WebSocket URIs and MUST NOT be used on these URIs."
  if (url.hash !== "") throw usageError(`Cannot connect to ${address}: a WebSocket URL has no fragment`);
  return url;
}

/** @throws CommandError for what is no header */
export function readHeaders({ header = [], auth }: Pick<TargetFlags, "header" | "auth">): [string, string][] {
  const headers = header.map((line): [string, string] => {
    const colon = line.indexOf(":");
    if (colon < 1)
      throw usageError(`Cannot send header ${JSON.stringify(line)}: it has the form "Name: value"`);
    return [line.slice(0, colon).trim(), line.slice(colon + 1).trim()];
  });
  if (auth !== undefined) {
    if (!auth.includes(":")) throw usageError("Cannot use --auth: it has the form user:password");
    headers.push(["Authorization", `Basic ${Buffer.from(auth).toString("base64")}`]);
  }
  return headers;
}

async function readTls(flags: TargetFlags): Promise<TlsOptions> {
  const { ca, servername, insecure } = flags;
  return {
    ...(await readKeyPair(flags, "use a client certificate")),
    ...(ca !== undefined && { ca: await readPem(ca) }),
    ...(servername !== undefined && { servername }),
    ...(insecure === true && { rejectUnauthorized: false }),
  };
}

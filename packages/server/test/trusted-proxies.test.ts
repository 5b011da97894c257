// Whose handshake it is, behind proxies: what is believed, what never is, and that no header can throw.
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { describe, expect, it } from "vitest";
import { reject, WebSocketServer, type WebSocketServerOptions } from "@ws/server";
import { HANDSHAKE, requestText } from "./raw-client.ts";
import { answerTo, listen } from "./servers.ts";

/** The address that a server makes of these headers, from a client on this machine. */
async function seenBy(
  options: WebSocketServerOptions,
  headers: Readonly<Record<string, string>>,
): Promise<string | undefined> {
  const { port } = await listen({
    ...options,
    host: "127.0.0.1",
    authenticate: (_request, { remoteAddress }) => reject(403, `[${remoteAddress}]`),
  });
  const response = await answerTo(port, requestText("/", { ...HANDSHAKE, ...headers }));
  return /\[(.*)\]$/.exec(response)?.[1];
}

const LOCAL = "127.0.0.1";
const PROXIES = [LOCAL, "10.0.0.0/8", "fd00::/8"];

describe("trustedProxies › X-Forwarded-For", () => {
  it.each([
    ["never believed unless told to", {}, "1.2.3.4", LOCAL],
    ["not of a stranger", { trustedProxies: ["10.0.0.0/8"] }, "1.2.3.4", LOCAL],
    ["of a trusted proxy", { trustedProxies: PROXIES }, "1.2.3.4", "1.2.3.4"],
    [
      "only the last of what a stranger may have written",
      { trustedProxies: PROXIES },
      "6.6.6.6, 1.2.3.4",
      "1.2.3.4",
    ],
    [
      "through several trusted ones",
      { trustedProxies: PROXIES },
      "6.6.6.6, 1.2.3.4, 10.1.2.3, fd00::7",
      "1.2.3.4",
    ],
    ["where all are trusted, the first", { trustedProxies: PROXIES }, "10.0.0.1, 10.0.0.2", "10.0.0.1"],
    ["with ports and brackets", { trustedProxies: PROXIES }, "[2001:DB8::1]:4711", "2001:db8::1"],
    ["an IPv4 port", { trustedProxies: PROXIES }, "1.2.3.4:4711", "1.2.3.4"],
    ["bare IPv6", { trustedProxies: PROXIES }, "2001:db8::1", "2001:db8::1"],
    ["IPv4 in IPv6, in any spelling", { trustedProxies: PROXIES }, "::ffff:102:304", "1.2.3.4"],
    ["a trusted IPv4 in IPv6", { trustedProxies: PROXIES }, "1.2.3.4, ::ffff:10.0.0.1", "1.2.3.4"],
    [
      "unknown: the proxy that said so",
      { trustedProxies: PROXIES },
      "1.2.3.4, unknown, 10.0.0.1",
      "10.0.0.1",
    ],
    ["nonsense: the proxy that said so", { trustedProxies: PROXIES }, "1.2.3.4, <script>", LOCAL],
    ["empty", { trustedProxies: PROXIES }, "", LOCAL],
    ["a comma", { trustedProxies: PROXIES }, ",", LOCAL],
    ["one proxy", { trustedProxies: 1 }, "6.6.6.6, 1.2.3.4", "1.2.3.4"],
    ["two proxies", { trustedProxies: 2 }, "6.6.6.6, 1.2.3.4, 5.5.5.5", "1.2.3.4"],
    ["more proxies than there are addresses", { trustedProxies: 5 }, "1.2.3.4", "1.2.3.4"],
    ["no proxy", { trustedProxies: 0 }, "1.2.3.4", LOCAL],
    [
      "a function",
      { trustedProxies: (_address: string | undefined, hop: number) => hop < 1 },
      "1.2.3.4",
      "1.2.3.4",
    ],
    [
      "a function that answers with a promise",
      { trustedProxies: (async () => true) as never },
      "1.2.3.4",
      LOCAL,
    ],
    [
      "nothing in the other header",
      { trustedProxies: PROXIES, forwardedHeader: "forwarded" },
      "1.2.3.4",
      LOCAL,
    ],
  ] as const)("%s", async (_what, options, header, expected) => {
    expect(await seenBy(options, { "X-Forwarded-For": header })).toBe(expected);
  });
});

describe("trustedProxies › Forwarded (RFC 7239)", () => {
  it.each([
    ["a plain address (§4)", "for=1.2.3.4", "1.2.3.4"],
    ["among other parameters, in any case (§4)", "proto=https;FOR=1.2.3.4;by=10.0.0.1", "1.2.3.4"],
    ["with spaces around (§4)", "for=6.6.6.6 , for=1.2.3.4 ; proto=http", "1.2.3.4"],
    ["quoted IPv6 with a port (§6)", 'for="[2001:db8:cafe::17]:4711"', "2001:db8:cafe::17"],
    ["a quoted IPv4 with a port (§6)", 'for="1.2.3.4:80"', "1.2.3.4"],
    ["commas and semicolons in quotes (§4)", 'for=1.2.3.4;host="a,b;for=6.6.6.6"', "1.2.3.4"],
    ["escaped quotes (§4)", 'for=1.2.3.4;host="a\\",for=6.6.6.6"', "1.2.3.4"],
    ["through trusted proxies (§7.4)", "for=6.6.6.6, for=1.2.3.4, for=10.0.0.9", "1.2.3.4"],
    ["unknown (§6.2)", "for=1.2.3.4, for=unknown", LOCAL],
    ["an obfuscated name (§6.3)", "for=1.2.3.4, for=_hidden", LOCAL],
    ["an element without for", "for=1.2.3.4, by=10.0.0.1", LOCAL],
    ["two of them in one element", "for=1.2.3.4;for=6.6.6.6", LOCAL],
    // A client that opens a quote must not swallow what the proxy appends, and be taken for the proxy.
    ["an open quote of the client", 'for=", for=1.2.3.4', "1.2.3.4"],
    ["an open quote behind an escape", 'for="\\, for=1.2.3.4', "1.2.3.4"],
    ["an IPv6 address without its end", 'for="[2001:db8::1"', LOCAL],
    ["a word behind the brackets", 'for="[2001:db8::1]x"', LOCAL],
    ["half a quote", 'for="', LOCAL],
  ])("%s", async (_what, header, expected) => {
    const options = { trustedProxies: PROXIES, forwardedHeader: "forwarded" } as const;
    expect(await seenBy(options, { Forwarded: header })).toBe(expected);
  });

  it("is not read unless told to: proxies pass it on as the client wrote it", async () => {
    const headers = { Forwarded: "for=6.6.6.6", "X-Forwarded-For": "1.2.3.4" };
    expect(await seenBy({ trustedProxies: PROXIES }, headers)).toBe("1.2.3.4");
  });
});

describe("trustedProxies ›", () => {
  it.each([
    ["a name", ["proxy.example"]],
    ["a network with too many bits", ["10.0.0.0/33"]],
    ["a network with no bits", ["10.0.0.0/"]],
    ["a network with more than one slash", ["10.0.0.0/8/8"]],
    ["an address with a zone", ["fe80::1%eth0"]],
    ["a fraction", 1.5],
    ["a negative number", -1],
    ["an object", {}],
  ])("refuses %s", (_what, trustedProxies) => {
    expect(() => new WebSocketServer({ noServer: true, trustedProxies: trustedProxies as never })).toThrow(
      /Cannot trust/,
    );
  });

  it("refuses a header that it does not read", () => {
    expect(() => new WebSocketServer({ noServer: true, forwardedHeader: "x-real-ip" as never })).toThrow(
      TypeError,
    );
  });

  it("never throws, and answers fast, whatever the header (fuzz; security: quadratic parsers)", async () => {
    const addresses: (string | undefined)[] = [];
    const PIECES = [
      "for=",
      '"',
      "\\",
      ",",
      ";",
      "[",
      "]",
      ":",
      "::",
      "1.2.3.4",
      "2001:db8::1",
      "unknown",
      "_x",
      " ",
      "%",
      "ÿ",
      "10.0.0.1",
      "/",
      "=",
      "::ffff:",
    ];
    // A generator of its own, so that a failure can be repeated.
    let seed = 20_261_120;
    const random = (below: number): number => {
      seed = (seed * 1_103_515_245 + 12_345) % 2 ** 31;
      return Math.floor((seed / 2 ** 31) * below);
    };
    const headers = Array.from({ length: 300 }, () =>
      Array.from({ length: 1 + random(30) }, () => PIECES[random(PIECES.length)]!).join(""),
    );
    const HUGE = [
      '"'.repeat(15_000),
      '\\"'.repeat(7000),
      ",".repeat(15_000),
      "for=10.0.0.1,".repeat(1100),
      ";".repeat(15_000),
      ":".repeat(15_000),
    ];
    for (const forwardedHeader of ["x-forwarded-for", "forwarded"] as const) {
      const { server, port } = await listen({
        trustedProxies: (address) => (addresses.push(address), true),
        forwardedHeader,
        authenticate: () => reject(403, "seen"),
      });
      server.on("handshakeError", (error) => expect.unreachable(String(error)));
      for (const header of [...headers, ...HUGE]) {
        const begun = performance.now();
        const response = await answerTo(port, requestText("/", { ...HANDSHAKE, [forwardedHeader]: header }));
        expect(response).toMatch(/^HTTP\/1\.1 403 [\s\S]*seen$/);
        expect(performance.now() - begun).toBeLessThan(2000);
      }
    }
    const isPlain = (address: string | undefined): boolean =>
      address !== undefined && /^[\da-f.:]+$/.test(address);
    expect(addresses.filter((address) => !isPlain(address))).toEqual([]);
  });
});

describe("addressOf", () => {
  it.each([
    ["as the handshake's", {}, "6.6.6.6, 1.2.3.4", "1.2.3.4"],
    ["the network of an IPv6 address", {}, "2001:db8::1", "2001:db8:0:0::/64"],
    ["no word of a stranger", { trustedProxies: ["10.0.0.0/8"] }, "1.2.3.4", LOCAL],
  ])("tells who sends a plain request: %s", async (_what, options, forwarded, expected) => {
    const http = createServer((request, response) => response.end(server.addressOf(request)));
    const server = new WebSocketServer({ server: http, trustedProxies: PROXIES, ...options });
    http.listen(0, LOCAL);
    await once(http, "listening");
    const { port } = http.address() as AddressInfo;
    const response = await fetch(`http://${LOCAL}:${port}/`, { headers: { "X-Forwarded-For": forwarded } });
    expect(await response.text()).toBe(expected);
    http.closeAllConnections();
    http.close();
    await server.close();
  });
});

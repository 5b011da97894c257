import { createServer, type TLSSocket } from "node:tls";
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { describe, expect, it, onTestFinished } from "vitest";
import { connect } from "@ws/client";
import { certificate } from "./certificate.ts";
import { echoServer, expectEcho } from "./echo.ts";
import { letGo, listen, rawServer } from "./raw-server.ts";

describe("client › TLS (RFC 6455 §4.1)", () => {
  it("verifies certificates by default, and takes a CA (CVE-2016-10536: TLS was not verified)", async () => {
    const tls = await certificate();
    const server = await rawServer(echoServer, { tls });
    await expect(connect(server.url)).rejects.toMatchObject({
      code: "NETWORK",
      cause: { code: "DEPTH_ZERO_SELF_SIGNED_CERT" },
    });
    // Nothing of the handshake was said to whoever that was.
    expect(server.requests).toEqual([]);
    await letGo(server.sockets);
    await expectEcho(await connect(server.url, { tls: { ca: tls.cert } }));
  });

  it("refuses a certificate of another host, and takes it for the name in tls.servername", async () => {
    const tls = await certificate("chat.example.org");
    const server = await rawServer(echoServer, { tls });
    await expect(connect(server.url, { tls: { ca: tls.cert } })).rejects.toMatchObject({
      cause: { code: "ERR_TLS_CERT_ALTNAME_INVALID" },
    });
    expect(server.requests).toEqual([]);
    await expectEcho(await connect(server.url, { tls: { ca: tls.cert, servername: "chat.example.org" } }));
  });

  it("names the host it dials (RFC 6066 §3), and offers HTTP/1.1 alone (RFC 7301)", async () => {
    const tls = await certificate();
    const seen: unknown[] = [];
    const server = createServer({ ...tls, ALPNProtocols: ["h2", "http/1.1"] }, (socket: TLSSocket) => {
      seen.push((socket as { servername?: unknown }).servername, socket.alpnProtocol);
      socket.end();
    });
    server.listen(0, "localhost");
    await once(server, "listening");
    onTestFinished(() => void server.close());
    const { port } = server.address() as AddressInfo;
    await expect(connect(`wss://localhost:${port}/`, { tls: { ca: tls.cert } })).rejects.toMatchObject({
      code: "NETWORK",
    });
    expect(seen).toEqual(["localhost", "http/1.1"]);
  });

  it("shows a client certificate to a server that wants one, and is turned away without", async () => {
    const ours = await certificate("client");
    const tls = await certificate();
    const server = await rawServer(
      (socket, key) => {
        const { subject } = (socket as TLSSocket).getPeerCertificate();
        expect(subject.CN).toBe("client");
        echoServer(socket, key);
      },
      { tls: { ...tls, requestCert: true, rejectUnauthorized: true, ca: ours.cert } },
    );
    await expectEcho(await connect(server.url, { tls: { ca: tls.cert, ...ours } }));
    await expect(connect(server.url, { tls: { ca: tls.cert } })).rejects.toMatchObject({ code: "NETWORK" });
    expect(server.requests).toHaveLength(1);
  });

  it("never falls back from wss: to ws:, whatever the server says", async () => {
    const heard: Buffer[] = [];
    const server = await listen((socket) => {
      socket.on("data", (chunk) => heard.push(chunk));
      socket.write("HTTP/1.1 400 Bad Request\r\n\r\nThis is no TLS\r\n");
    });
    await expect(connect(`wss://localhost:${server.port}/`)).rejects.toMatchObject({ code: "NETWORK" });
    await letGo(server.sockets);
    expect(server.sockets).toHaveLength(1);
    expect(Buffer.concat(heard).toString("latin1")).not.toMatch(/GET|websocket/i);
  });

  it("refuses a certificate that is none, and leaves no socket behind", async () => {
    const server = await listen(() => {});
    await expect(
      connect(`wss://localhost:${server.port}/`, { tls: { cert: "nonsense", key: "nonsense" } }),
    ).rejects.toMatchObject({ code: expect.stringMatching(/^ERR_OSSL/) as string });
    await letGo(server.sockets);
  });

  it("gives up on TLS that does not begin after handshakeTimeoutMs, and leaves no socket behind", async () => {
    const server = await listen(() => {});
    await expect(
      connect(`wss://localhost:${server.port}/`, { handshakeTimeoutMs: 50 }),
    ).rejects.toMatchObject({ code: "HANDSHAKE_TIMEOUT" });
    await letGo(server.sockets);
  });
});

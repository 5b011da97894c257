import { fork } from "node:child_process";
import net from "node:net";
import { once } from "node:events";
import http from "node:http";
import http2 from "node:http2";
import { WebSocketServer, Connection } from "@ws/server";
const [mode = "own", N = 5000] = process.argv.slice(2);
const REQ =
  "GET /chat?x=1 HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\nUser-Agent: Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36\r\nCookie: session=0123456789abcdef0123456789abcdef\r\nAccept-Language: en-US,en;q=0.9\r\n\r\n";
if (mode === "client" || mode === "clienth2") {
  const port = +process.argv[4];
  if (mode === "client") {
    const all = [];
    for (let i = 0; i < +N; i++) {
      const s = net.connect(port, "127.0.0.1");
      s.on("error", () => {});
      await once(s, "connect");
      s.write(REQ);
      await once(s, "data");
      all.push(s);
    }
  } else {
    for (let i = 0; i < +N / 100; i++) {
      const c = http2.connect("http://127.0.0.1:" + port);
      c.on("error", () => {});
      await once(c, "remoteSettings");
      for (let j = 0; j < 100; j++) {
        const st = c.request(
          {
            ":method": "CONNECT",
            ":protocol": "websocket",
            ":scheme": "http",
            ":authority": "localhost",
            ":path": "/",
            "sec-websocket-version": "13",
          },
          { endStream: false },
        );
        st.on("error", () => {});
        await once(st, "response");
      }
    }
  }
  process.send("done");
  setInterval(() => {}, 1e6);
} else {
  let serverPort,
    server,
    conns = new Set();
  const opt = { maxPendingHandshakes: 0 };
  if (mode === "bare") {
    const s = net
      .createServer({ noDelay: true, allowHalfOpen: true }, (sock) => {
        conns.add(sock);
        sock.on("error", Function.prototype);
        sock.once("data", () => sock.write("HTTP/1.1 101 x\r\n\r\n"));
      })
      .listen(0);
    await once(s, "listening");
    serverPort = s.address().port;
  }
  if (mode === "conn") {
    const s = net
      .createServer({ noDelay: true, allowHalfOpen: true }, (sock) => {
        sock.on("error", Function.prototype);
        sock.once("data", () => {
          sock.write("HTTP/1.1 101 x\r\n\r\n");
          conns.add(new Connection(sock, { role: "server" }));
        });
      })
      .listen(0);
    await once(s, "listening");
    serverPort = s.address().port;
  }
  if (mode === "own" || mode === "ownh2" || mode === "auth" || mode === "h2") {
    server = new WebSocketServer({
      port: 0,
      ...opt,
      ...(mode === "ownh2" || mode === "h2" ? { http2: true } : {}),
      ...(mode === "auth" ? { authenticate: async () => ({ context: 1 }) } : {}),
    });
    await once(server, "listening");
    serverPort = server.address().port;
  }
  if (mode === "http") {
    const h = http.createServer();
    server = new WebSocketServer({ server: h, ...opt });
    h.listen(0);
    await once(h, "listening");
    serverPort = h.address().port;
  }
  if (mode === "http-noserver") {
    const h = http.createServer();
    h.on("upgrade", (r, sock) => {
      sock.on("error", Function.prototype);
      sock.write("HTTP/1.1 101 x\r\n\r\n");
      conns.add(new Connection(sock, { role: "server" }));
    });
    h.listen(0);
    await once(h, "listening");
    serverPort = h.address().port;
  }
  const used = () => {
    for (let i = 0; i < 4; i++) gc();
    const m = process.memoryUsage();
    return { heap: m.heapUsed, ext: m.external, rss: m.rss };
  };
  const run = async (n) => {
    const c = fork(import.meta.filename, [mode === "h2" ? "clienth2" : "client", n, serverPort]);
    await once(c, "message");
    await new Promise((r) => setTimeout(r, 1500));
    return c;
  };
  const w = await run(mode === "h2" ? 100 : 200);
  const a = used();
  const c = await run(N);
  const b = used();
  if (process.env.SNAP) {
    const v8 = await import("node:v8");
    v8.writeHeapSnapshot(process.env.SNAP);
  }
  console.log(
    mode.padEnd(14),
    "heap/conn",
    ((b.heap - a.heap) / N).toFixed(0),
    "ext/conn",
    ((b.ext - a.ext) / N).toFixed(0),
    "rss/conn",
    ((b.rss - a.rss) / N).toFixed(0),
    "clients",
    server?.clients.size ?? conns.size,
  );
  w.kill();
  c.kill();
  process.exit(0);
}

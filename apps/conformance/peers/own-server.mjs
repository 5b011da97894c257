// An echo server over `@ws/server`. Prints its port, and serves until its input ends.
//   node own-server.mjs '{ "compression": true, "http2": true, "cert": "cert.pem", "key": "key.pem" }'
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { WebSocketServer } from "@ws/server";

const { compression = true, http2 = false, cert, key } = JSON.parse(process.argv[2] ?? "{}");
const options = {
  // Our defaults, but for the cases of 16 MiB, and compression that does all it can: small messages, context takeover.
  maxMessageBytes: 16 * 1024 * 1024,
  perMessageDeflate: compression && {
    thresholdBytes: 0,
    serverNoContextTakeover: false,
    clientNoContextTakeover: false,
  },
};

const tls = cert && { cert: readFileSync(cert), key: readFileSync(key) };
const server = new WebSocketServer({ ...options, port: 0, host: "127.0.0.1", http2, ...(tls && { tls }) });
server.on("connection", (connection) => {
  connection.on("message", (data) => connection.send(data));
});

await once(server, "listening");
console.log(server.address().port);
process.stdin.on("end", () => process.exit()).resume();

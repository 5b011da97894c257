// The WebSocket class that a newer Node brings along: `URL` converses.
import { isSame, messages } from "./conversation.mjs";

const socket = new WebSocket(process.argv[2], "interop");
socket.binaryType = "arraybuffer";
const next = (name) =>
  new Promise((resolve, reject) => {
    socket.addEventListener(name, resolve, { once: true });
    socket.addEventListener("error", () => reject(new Error("The connection failed")), { once: true });
  });

await next("open");
let echoed = true;
for (const message of messages) {
  socket.send(message);
  echoed &&= isSame(message, (await next("message")).data);
}
const { protocol, extensions } = socket;
socket.close(4000, "done");
await next("close");
console.log(JSON.stringify({ echoed, protocol, compressed: extensions.includes("permessage-deflate") }));

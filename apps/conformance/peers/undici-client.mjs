// Loops Node's own WebSocket client, from the npm package `undici`, over the cases of a list.
//   node undici-client.mjs <list URL> '{ "ca": "ca.pem" }'
import { Agent, WebSocket } from "undici";
import { loop, options } from "./case-loop.mjs";

const dispatcher = new Agent({ connect: { ca: options.ca } });

await loop(
  ({ url, protocols = [] }) =>
    new Promise((resolve) => {
      try {
        const socket = new WebSocket(url, { protocols, dispatcher });
        socket.binaryType = "arraybuffer";
        socket.addEventListener("message", ({ data }) => socket.send(data));
        socket.addEventListener("close", resolve);
      } catch {
        // A URL it does not take.
        resolve();
      }
    }),
);

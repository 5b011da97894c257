// Loops the npm package `ws`, as a client, over the cases of a list.
//   node npm-ws-client.mjs <list URL> '{ "compression": true, "ca": "ca.pem" }'
import { WebSocket } from "ws";
import { loop, options } from "./case-loop.mjs";

await loop(
  ({ url, protocols = [] }) =>
    new Promise((resolve) => {
      try {
        const socket = new WebSocket(url, protocols, {
          ca: options.ca,
          perMessageDeflate: options.compression,
        });
        socket.on("error", () => {});
        socket.on("message", (data, isBinary) => socket.send(data, { binary: isBinary }));
        socket.on("close", resolve);
      } catch {
        // A URL it does not take.
        resolve();
      }
    }),
);

// Loops `@ws/client` over the cases of a list.
//   node own-client.mjs <list URL> '{ "compression": true, "http2": true, "ca": "ca.pem" }'
import { connect } from "@ws/client";
import { loop, options } from "./case-loop.mjs";

// One object for all: connections over HTTP/2 share a session only where their TLS options are the very same.
const tls = { ca: options.ca };

await loop(async ({ url, protocols = [] }) => {
  try {
    const connection = await connect(url, {
      protocols,
      tls,
      http2: options.http2 ? "only" : false,
      perMessageDeflate: options.compression && { thresholdBytes: 0 },
    });
    connection.on("message", (data) => connection.send(data));
    await connection.closed;
  } catch {
    // A case may be one that no client should open.
  }
});

// Loops `@ws/client` over the cases of a list.
//   node own-client.mjs <list URL> '{ "compression": true, "ca": "ca.pem" }'
import { connect } from "@ws/client";
import { loop, options } from "./case-loop.mjs";

await loop(async ({ url, protocols = [] }) => {
  try {
    const connection = await connect(url, {
      protocols,
      tls: { ca: options.ca },
      perMessageDeflate: options.compression && { thresholdBytes: 0 },
    });
    connection.on("message", (data) => connection.send(data));
    await connection.closed;
  } catch {
    // A case may be one that no client should open.
  }
});

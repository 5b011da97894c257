// In a browser: one connection, and one that comes back after it was cut off, with what was sent meanwhile.
import { connect, ReconnectingConnection } from "@ws/client";

globalThis.run = async (url) => {
  const connection = await connect(`${url}echo`);
  connection.send("hello");
  connection.send(new Uint8Array([1, 2, 3]));
  const received = [];
  for await (const message of connection) {
    received.push(typeof message === "string" ? message : [...message]);
    if (received.length === 2) break;
  }
  const { code } = await connection.close();

  const client = new ReconnectingConnection({
    connect,
    url: `${url}flaky/${Math.random()}`,
    baseDelayMs: 10,
  });
  const states = [];
  client.on("statechange", ({ state }) => states.push(state));
  // The server hangs up on whoever comes first.
  await new Promise((resolve) => client.on("statechange", ({ state }) => state === "waiting" && resolve()));
  const receipt = await client.send("sent meanwhile");
  const again = await new Promise((resolve) => client.on("message", resolve));
  const fate = await receipt.settled;
  await client.close();
  return { received, code, again, fate, hasComeBack: states.lastIndexOf("open") > states.indexOf("waiting") };
};

// MQTT.js over WebSocket, with aedes for a broker behind a stream: subscriptions, binary payloads, every quality of service,
// a last will.
import { Aedes } from "aedes";
import mqtt, { type MqttClient } from "mqtt";
import { expect, it, onTestFinished } from "vitest";
import { createWebSocketStream, WebSocketServer } from "ws";
import { serve } from "./http-server.ts";

async function connect(url: string, options: mqtt.IClientOptions = {}): Promise<MqttClient> {
  const client = await mqtt.connectAsync(url, { reconnectPeriod: 0, ...options });
  onTestFinished(() => void client.end(true));
  return client;
}

it("MQTT.js › publishes and hears, and leaves a will", async () => {
  const { http, url } = await serve();
  const broker = await Aedes.createBroker();
  onTestFinished(() => broker.close());
  const wss = new WebSocketServer({
    server: http,
    handleProtocols: (protocols) => protocols.has("mqtt") && "mqtt",
  });
  wss.on(
    "connection",
    (socket, request) => void broker.handle(createWebSocketStream(socket) as never, request as never),
  );

  const reader = await connect(url);
  const heard: string[] = [];
  reader.on("message", (topic, payload) =>
    heard.push(`${topic} ${payload.length} ${payload.toString().slice(0, 5)}`),
  );
  await reader.subscribeAsync(["news/#", "will"], { qos: 2 });
  const writer = await connect(url, {
    keepalive: 1,
    will: { topic: "will", payload: Buffer.from("gone"), qos: 1, retain: false },
  });
  for (const qos of [0, 1, 2] as const) await writer.publishAsync(`news/${qos}`, `qos ${qos}`, { qos });
  await writer.publishAsync("news/large", Buffer.alloc(300_000, "x"), { qos: 1 });
  // Gone without a word.
  writer.stream.destroy();
  await expect.poll(() => heard.length).toBe(5);
  expect(heard).toEqual([
    "news/0 5 qos 0",
    "news/1 5 qos 1",
    "news/2 5 qos 2",
    "news/large 300000 xxxxx",
    "will 4 gone",
  ]);
  await reader.endAsync();
  await expect.poll(() => wss.clients.size).toBe(0);
});

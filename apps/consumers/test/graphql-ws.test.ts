// graphql-ws: subscriptions over its protocol, server and client.
import type * as GraphQL from "graphql";
import { createRequire } from "node:module";
import { createClient } from "graphql-ws";
import { useServer } from "graphql-ws/use/ws";
import { expect, it, onTestFinished } from "vitest";
import { WebSocket, WebSocketServer } from "ws";
import { serve } from "./http-server.ts";

// The one that graphql-ws has: schemas are no good to another copy.
const { buildSchema } = createRequire(import.meta.url)("graphql") as typeof GraphQL;

const schema = buildSchema(
  "type Query { hello(name: String!): String } type Subscription { count(to: Int!): Int }",
);

async function start(): Promise<{ url: string; ended: string[] }> {
  const { http, url } = await serve();
  const ended: string[] = [];
  const server = useServer(
    {
      schema,
      roots: {
        query: { hello: ({ name }: { name: string }) => `hello ${name}` },
        subscription: {
          count: async function* count({ to }: { to: number }) {
            try {
              for (let i = 1; i <= to; i++) yield { count: i };
            } finally {
              ended.push(`counted to ${to}`);
            }
          },
        },
      },
      onConnect: ({ connectionParams }) => connectionParams?.["token"] === "right",
    },
    new WebSocketServer({ server: http, path: "/graphql" }) as never,
  );
  onTestFinished(async () => server.dispose());
  return { url: `${url}/graphql`, ended };
}

function connect(url: string, token: string): ReturnType<typeof createClient> {
  const client = createClient({
    url,
    webSocketImpl: WebSocket,
    connectionParams: { token },
    retryAttempts: 0,
  });
  onTestFinished(() => void client.dispose());
  return client;
}

it("graphql-ws › queries, and subscriptions to their end", async () => {
  const { url, ended } = await start();
  const client = connect(url, "right");
  const results: unknown[] = [];
  for await (const result of client.iterate({ query: 'query { hello(name: "you") }' }))
    results.push(result.data);
  for await (const result of client.iterate({ query: "subscription { count(to: 3) }" }))
    results.push(result.data);
  expect(results).toEqual([{ hello: "hello you" }, { count: 1 }, { count: 2 }, { count: 3 }]);
  expect(ended).toEqual(["counted to 3"]);
});

it("graphql-ws › a subscription that is left ends at the server, too", async () => {
  const { url, ended } = await start();
  const client = connect(url, "right");
  for await (const _ of client.iterate({ query: "subscription { count(to: 1000000) }" })) break;
  await expect.poll(() => ended).toEqual(["counted to 1000000"]);
});

it("graphql-ws › who may not connect hears 4403", async () => {
  const { url } = await start();
  const client = connect(url, "wrong");
  const event = new Promise((resolve) => client.on("closed", resolve));
  const failed = (async () => {
    for await (const _ of client.iterate({ query: 'query { hello(name: "you") }' })) expect.unreachable();
  })();
  await expect(failed).rejects.toMatchObject({ code: 4403, reason: "Forbidden" });
  expect(await event).toMatchObject({ code: 4403, reason: "Forbidden", wasClean: true });
});

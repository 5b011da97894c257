// tRPC's WebSocket adapter: queries, mutations, subscriptions, and its own pings.
import { createTRPCClient, createWSClient, wsLink } from "@trpc/client";
import { initTRPC, tracked } from "@trpc/server";
import { applyWSSHandler } from "@trpc/server/adapters/ws";
import { expect, it, onTestFinished } from "vitest";
import { WebSocket, WebSocketServer } from "ws";
import { serve } from "./http-server.ts";

const t = initTRPC.context<{ user: string | undefined }>().create();

const said: string[] = [];
const router = t.router({
  who: t.procedure.query(({ ctx }) => ctx.user),
  say: t.procedure.input((value: unknown) => String(value)).mutation(({ input }) => said.push(input)),
  count: t.procedure
    .input((value: unknown) => Number(value))
    .subscription(async function* count({ input }) {
      for (let i = 1; i <= input; i++) yield tracked(String(i), i);
    }),
});

it("tRPC › asks, tells, and subscribes", async () => {
  const { http, url } = await serve();
  const wss = new WebSocketServer({ server: http });
  const handler = applyWSSHandler({
    wss: wss as never,
    router,
    createContext: ({ info }) => ({ user: info.connectionParams?.["user"] }),
    keepAlive: { enabled: true, pingMs: 20, pongWaitMs: 2000 },
  });
  const client = createWSClient({
    url,
    WebSocket: WebSocket as never,
    connectionParams: { user: "me" },
    retryDelayMs: () => 10,
  });
  onTestFinished(() => void client.close());
  const trpc = createTRPCClient<typeof router>({ links: [wsLink({ client })] });
  expect(await trpc.who.query()).toBe("me");
  expect(await trpc.say.mutate("hello")).toBe(1);
  expect(said).toEqual(["hello"]);
  const counted: unknown[] = [];
  await new Promise<void>((resolve, reject) => {
    trpc.count.subscribe(3, {
      onData: ({ data }) => counted.push(data),
      onComplete: resolve,
      onError: reject,
    });
  });
  expect(counted).toEqual([1, 2, 3]);
  // It closes all, and the client comes back by itself.
  handler.broadcastReconnectNotification();
  await expect.poll(async () => trpc.who.query()).toBe("me");
  await expect.poll(() => wss.clients.size).toBe(1);
});

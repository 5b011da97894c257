// Hono and WebSockets on one port. Who may come in is asked of the app itself: a Hono app is a function from a request to a
// response, so the handshake is put to it as a request, and passes through the very middleware that guards its routes.
import { randomBytes } from "node:crypto";
import { serve } from "@hono/node-server";
import { Hono } from "hono";
import { bearerAuth } from "hono/bearer-auth";
import { reject, WebSocketServer } from "@ws/server";

const token = process.env["TOKEN"] ?? randomBytes(16).toString("hex");

const app = new Hono();
app.get("/", (c) => c.text("Everybody may read this\n"));
app.use("/private/*", bearerAuth({ token }));
app.get("/private/clock", (c) => c.text(`${new Date().toISOString()}\n`));

const http = serve({ fetch: app.fetch, port: Number(process.env["PORT"] ?? 8080) }, ({ port }) => {
  console.log(`Hono at http://localhost:${port}, with the token ${token}`);
});

const server = new WebSocketServer({
  server: http,
  path: "/private/clock",
  authenticate: async ({ headers: { authorization = "" } }, { path, signal }) => {
    const response = await app.request(path, { headers: { authorization }, signal });
    if (!response.ok) {
      const challenge = response.headers.get("WWW-Authenticate");
      return reject(response.status, response.statusText, challenge ? { "WWW-Authenticate": challenge } : {});
    }
    return { context: undefined };
  },
});

server.on("connection", (connection) => {
  const tell = (): void => void connection.send(new Date().toISOString());
  tell();
  const timer = setInterval(tell, 1_000);
  connection.on("close", () => clearInterval(timer));
});

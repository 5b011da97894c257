// Express and WebSockets on one port. Who has logged in over HTTP is known on the WebSocket: the same middleware reads the
// same cookie, before the handshake is answered.
import { randomBytes } from "node:crypto";
import { createServer, ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import express, { type Request, type Response } from "express";
import session from "express-session";
import { type Connection, reject, WebSocketServer } from "@ws/server";

declare module "express-session" {
  interface SessionData {
    name: string;
  }
}

const sessions = session({
  secret: randomBytes(32).toString("hex"),
  cookie: { httpOnly: true, sameSite: "lax" },
  resave: false,
  saveUninitialized: false,
});

/** The connections that are open, with the session of each. */
const open = new Map<Connection, string>();

const app = express();
app.use(sessions);
app.post("/login/:name", (request, response) => {
  // Here an application would look at a password. Nobody keeps the session that they had before.
  request.session.regenerate(() => {
    request.session.name = request.params.name;
    response.send(`Welcome, ${request.params.name}\n`);
  });
});
app.post("/logout", (request, response) => {
  // A WebSocket would outlive its session, because nobody looks at the cookie again.
  for (const [connection, id] of open)
    if (id === request.sessionID) void connection.close(4001, "Logged out");
  request.session.destroy(() => response.send("Goodbye\n"));
});

const http = createServer(app);
const server = new WebSocketServer({
  server: http,
  path: "/chat",
  authenticate: async (upgrade) => {
    // Express middleware wants what Express made of a request and a response; this one looks at cookies and ids only.
    const request = upgrade as Request;
    await new Promise((next) => sessions(request, new ServerResponse(upgrade) as Response, next));
    const { name } = request.session;
    return name === undefined
      ? reject(401, "Log in first")
      : { context: { name, sessionId: request.sessionID } };
  },
});

server.on("connection", (connection, _request, { context: { name, sessionId } }) => {
  open.set(connection, sessionId);
  connection.on("close", () => open.delete(connection));
  connection.on("message", (text) => {
    for (const other of server.clients) other.send(`${name}: ${String(text)}`);
  });
});

http.listen(Number(process.env["PORT"] ?? 8080), () => {
  console.log(`Express at http://localhost:${(http.address() as AddressInfo).port}`);
});

// Rooms with authorisation. Who somebody is, the cookie says, once for each connection; what they may, one function says, for
// each room and action. A right that is taken away is gone at once.
import { randomBytes } from "node:crypto";
import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { RoomServer } from "@ws/rooms";
import { reject, WebSocketServer } from "@ws/server";
import { protocol } from "./protocol.ts";

const SESSION_MS = 8 * 60 * 60 * 1000;

const ROLES = ["none", "reader", "writer"] as const;
type Role = (typeof ROLES)[number];

interface Session {
  readonly name: string;
  readonly expiresAt: number;
}

/** By person and room. An application would ask its database. */
const roles = new Map<string, Role>([
  ["ann team/red", "writer"],
  ["ben team/red", "reader"],
]);
const roleOf = (person = "", room: string): Role => roles.get(`${person} ${room}`) ?? "none";

/** By the secret in the cookie. */
const sessions = new Map<string, Session>();
function sessionOf({ headers: { cookie = "" } }: IncomingMessage): Session | undefined {
  const session = sessions.get(/(?:^|; )session=(\w+)/.exec(cookie)?.[1] ?? "");
  return session !== undefined && session.expiresAt > Date.now() ? session : undefined;
}

const http = createServer((request, response) => {
  const [, action, person = "", kind, team, wanted] = request.url!.split("/");
  const role = ROLES.find((known) => known === wanted);
  if (request.method === "POST" && action === "login") {
    // Here an application would look at a password.
    const secret = randomBytes(16).toString("hex");
    sessions.set(secret, { name: person, expiresAt: Date.now() + SESSION_MS });
    response.setHeader("Set-Cookie", `session=${secret}; HttpOnly; SameSite=Lax; Path=/`).end();
  } else if (request.method === "POST" && action === "role" && role !== undefined) {
    // /role/ben/team/red/writer: who may write in a room says who else may.
    const room = `${kind}/${team}`;
    if (roleOf(sessionOf(request)?.name, room) === "writer") {
      roles.set(`${person} ${room}`, role);
      // Asks `authorize` again about every room that they are in.
      for (const peer of hub.peers) if (peer.person === person) void peer.recheck();
    } else response.statusCode = 403;
    response.end();
  } else response.writeHead(404).end();
});

const hub = new RoomServer(protocol, {
  authorize(action, { person }, room) {
    const role = roleOf(person, room);
    // To hear, to be told what one has missed, and to read what was said need the same right.
    return action === "publish" ? role === "writer" : role !== "none";
  },
});

const server = new WebSocketServer({
  server: http,
  protocols: [hub.subprotocol],
  authenticate(request) {
    const session = sessionOf(request);
    return session === undefined ? reject(401, "Log in first") : { context: session };
  },
});
server.on("connection", (connection, _request, { context: { name, expiresAt } }) => {
  // At `expiresAt` all rights are asked for again; nobody prolongs this session, so they end.
  hub.attach(connection, { person: name, expiresAt });
});

http.listen(Number(process.env["PORT"] ?? 8080), () => {
  console.log(`Rooms at http://localhost:${(http.address() as AddressInfo).port}`);
});

// Puts the lab on the chat's HTTP server: the echo with and without compression, and the agent. Owns who comes in at their
// doors: people with a session, and the agent on behalf of one.
import { randomBytes } from "node:crypto";
import type { IncomingMessage } from "node:http";
import { CloseCode, type Connection, reject, WebSocketServer, type WebSocketServerOptions } from "@ws/server";
import { LAB_LIMITS } from "../../shared/lab/lab-limits.ts";
import { LabClose, LabPath } from "../../shared/lab/lab-paths.ts";
import type { Mounted, MountContext } from "../mount.ts";
import { echo, readEchoQuery } from "./echo-endpoint.ts";
import { serveAgent } from "./lab-agent.ts";
import { LabBudget, type LabGuest } from "./lab-budget.ts";
import { ownAddress } from "./own-address.ts";

/** Each may hold twice the largest message for a moment. */
const MAX_ECHO_CONNECTIONS = 12;
const MAX_AGENT_CONNECTIONS = 200;
const MAX_AGENT_HANDSHAKES_PER_SECOND = 10;
const MAX_CONNECTIONS_PER_PERSON = 4;
const MAX_ORDER_BYTES = 64 * 1024;
const STOP_DEADLINE_MS = 2000;
const TICKET_HEADER = "x-lab-ticket";
const TICKET_BYTES = 16;

type GuestServer = WebSocketServer<LabGuest | undefined>;

/** Called before the http server listens. */
export function mountLab({ http, sockets, readSession, onSessionEnd, log }: MountContext): Mounted {
  const echoes = new LabBudget(MAX_CONNECTIONS_PER_PERSON);
  const agents = new LabBudget(MAX_CONNECTIONS_PER_PERSON);
  /** What lets the agent in, once, and in whose name. */
  const tickets = new Map<string, LabGuest>();
  const open = new Map<Connection, LabGuest>();

  const guestOf = (request: IncomingMessage, address: string | undefined): LabGuest | undefined => {
    const session = readSession(request);
    return session && { personKey: session.person.key, address: address ?? "" };
  };
  const common = {
    server: http,
    ...(sockets.origin !== undefined && { origin: sockets.origin }),
    ...(sockets.trustedProxies !== undefined && { trustedProxies: sockets.trustedProxies }),
  } satisfies WebSocketServerOptions<LabGuest | undefined>;

  /** Counts the connection among its guest's; false when there are too many, and then it is closed. */
  const admit = (connection: Connection, guest: LabGuest, budget: LabBudget): boolean => {
    const leave = budget.enter(guest);
    if (leave === undefined) {
      void connection.close(CloseCode.tryAgainLater, "Too many connections of yours are open");
      return false;
    }
    open.set(connection, guest);
    connection.on("close", () => {
      open.delete(connection);
      leave();
    });
    return true;
  };

  const createEcho = (path: string, perMessageDeflate: boolean): GuestServer => {
    const server: GuestServer = new WebSocketServer<LabGuest | undefined>({
      ...common,
      path,
      perMessageDeflate,
      maxMessageBytes: LAB_LIMITS.maxMessageBytes,
      maxBufferedBytes: 2 * LAB_LIMITS.maxMessageBytes,
      maxConnections: MAX_ECHO_CONNECTIONS,
      authenticate: (request, { remoteAddress }) => {
        const ticket = String(request.headers[TICKET_HEADER] ?? "");
        const guest = tickets.get(ticket) ?? guestOf(request, remoteAddress);
        tickets.delete(ticket);
        return guest === undefined ? reject(401, "Enter the chat first") : { context: guest };
      },
    });
    server.on("connection", (connection, _request, { context: guest, query }) => {
      if (guest === undefined || !admit(connection, guest, echoes)) return;
      const spend = (bytes: number): number => echoes.spendBytes(guest, bytes);
      // A reply that a peer does not want any more ends with its connection, and so do we.
      echo(connection, { ...readEchoQuery(query), spend }).catch(() => connection.terminate());
    });
    return server;
  };

  const agent: GuestServer = new WebSocketServer<LabGuest | undefined>({
    ...common,
    path: LabPath.agent,
    maxMessageBytes: MAX_ORDER_BYTES,
    maxConnections: MAX_AGENT_CONNECTIONS,
    maxConnectionsPerAddress: sockets.maxConnectionsPerAddress,
    maxHandshakesPerSecondPerAddress: MAX_AGENT_HANDSHAKES_PER_SECOND,
    maxMessagesPerSecond: 200,
    // A page cannot see why a handshake was refused, so whoever has no session is let in to be told.
    authenticate: (request, { remoteAddress }) => ({ context: guestOf(request, remoteAddress) }),
  });
  agent.on("connection", (connection, request, { context: guest }) => {
    if (guest === undefined) {
      void connection.close(LabClose.noSession, "Enter the chat first");
      return;
    }
    if (!admit(connection, guest, agents)) return;
    const { cookie } = request.headers;
    serveAgent(connection, {
      own: () => ownAddress(http),
      asGuest: async (use) => {
        const ticket = randomBytes(TICKET_BYTES).toString("base64url");
        tickets.set(ticket, guest);
        try {
          // The cookie as well, so that an inspector knows whose connection that is.
          return await use({ [TICKET_HEADER]: ticket, ...(cookie !== undefined && { Cookie: cookie }) });
        } finally {
          tickets.delete(ticket);
        }
      },
      spendCraft: () => agents.spendCraft(guest),
      log,
    });
  });

  const servers = [createEcho(LabPath.echo, false), createEcho(LabPath.compressedEcho, true), agent];
  const forgetSessions = onSessionEnd((personKey) => {
    for (const [connection, guest] of open) {
      if (guest.personKey === personKey) void connection.close(LabClose.noSession, "The session has ended");
    }
  });
  return {
    async stop() {
      forgetSessions();
      await Promise.all(servers.map((server) => server.shutdown({ deadlineMs: STOP_DEADLINE_MS })));
    },
  };
}

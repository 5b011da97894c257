import fc from "fast-check";
import { it } from "vitest";
import { inspect } from "./inspect.ts";
import { concat, expectSame, prose, side } from "./messages.ts";

const CONNECTIONS = 40;

/** Messages that resemble each other, and say whose they are. */
function messageOf(connection: number, turn: number): Uint8Array {
  return concat([
    prose(300, connection % 3),
    Buffer.from(`secret of ${connection}, ${turn}`),
    prose(200, turn),
  ]);
}

it("isolation › many connections, their messages in any order: each compresses as if it were alone", () => {
  const alone = Array.from({ length: CONNECTIONS }, (_, connection) => {
    const deflate = side("server", 12);
    return Array.from({ length: 5 }, (__, turn) => deflate.compress(messageOf(connection, turn))!.slice());
  });
  const order = fc.shuffledSubarray(
    Array.from({ length: CONNECTIONS * 5 }, (_, i) => i % CONNECTIONS),
    { minLength: CONNECTIONS * 5 },
  );
  fc.assert(
    fc.property(order, (connections) => {
      const servers = Array.from({ length: CONNECTIONS }, () => side("server", 12));
      const clients = Array.from({ length: CONNECTIONS }, () => side("client", 12));
      const turns = Array.from({ length: CONNECTIONS }, () => 0);
      for (const connection of connections) {
        const turn = turns[connection]!++;
        const data = servers[connection]!.compress(messageOf(connection, turn))!;
        expectSame(data, alone[connection]![turn]!);
        expectSame(clients[connection]!.decompress(data, 10_000), messageOf(connection, turn));
      }
    }),
    { numRuns: 10 },
  );
});

it("isolation › a failure on one connection is none on another", () => {
  const from = side("client");
  const to = side("server");
  const others = Array.from({ length: 10 }, () => side("server"));
  for (let i = 0; i < 20; i++) {
    const data = from.compress(messageOf(1, i))!;
    for (const other of others) other.decompress(data.slice(0, i), 10);
    expectSame(to.decompress(data, 10_000), messageOf(1, i));
  }
});

it("isolation › what a connection sends refers to nothing that another one sent", () => {
  const connections = Array.from({ length: 10 }, () => side("server"));
  const histories = connections.map(() => new Uint8Array(0));
  for (let turn = 0; turn < 3; turn++) {
    connections.forEach((connection, i) => {
      // A reference to bytes that this connection has not sent would be one to before its beginning.
      const message = messageOf(i, turn);
      expectSame(inspect(connection.compress(message)!, histories[i]).bytes, message);
      histories[i] = concat([histories[i]!, message]);
    });
  }
});

it("isolation › the two directions of a connection share nothing", () => {
  const server = side("server");
  const client = side("client");
  const message = prose(2000);
  const down = server.compress(message)!.slice();
  expectSame(client.decompress(down, 2000), message);
  // The client has received this very text, and compresses it as if it had never seen it.
  expectSame(client.compress(message)!, down);
});

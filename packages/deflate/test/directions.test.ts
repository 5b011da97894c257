import { MessageDeflate, resolveDeflateOptions } from "@ws/deflate";
import { describe, expect, it } from "vitest";
import { agreement, expectSame, prose, ROLES, type Role } from "./messages.ts";

const OTHER = { client: "server", server: "client" } as const;

describe.each(ROLES)("directions › only the %s remembers (RFC 7692 §7.1.1)", (keeper) => {
  const agreed = { ...agreement(15, true), [`${keeper}NoContextTakeover`]: false };
  const create = (role: Role): MessageDeflate =>
    new MessageDeflate(role, agreed, resolveDeflateOptions(role, { thresholdBytes: 0 }));

  it.each(ROLES)("what the %s sends twice refers back, or does not, and is read", (sender) => {
    const [from, to, message] = [create(sender), create(OTHER[sender]), prose(2000)];
    const [first, second] = [from.compress(message)!, from.compress(message)!];
    expect(second.length < first.length / 2).toBe(sender === keeper);
    for (const data of [first, second]) expectSame(to.decompress(data, 2000), message);
  });
});

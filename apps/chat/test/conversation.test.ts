import { describe, expect, it } from "vitest";
import type { ChatMessage } from "../src/shared/protocol.ts";
import * as conversation from "../src/web/state/conversation.ts";
import type { Conversation } from "../src/web/state/conversation.ts";

const ada = { id: "a", name: "Ada" };
const message = (seq: number, id = `m${seq}`): ChatMessage => ({ id, seq, author: ada, at: seq, text: id });
const content = (
  recovery: "fresh" | "recovered" | "gap",
  seqs: readonly number[],
  latest: number,
  epoch = "e",
) => ({
  recovery,
  position: { epoch, seq: latest },
  messages: seqs.map((seq) => message(seq)),
  members: [ada],
});
const seqs = ({ messages }: Conversation): readonly number[] => messages.map(({ seq }) => seq);
const begun = conversation.joined(conversation.emptyConversation("lobby"), content("fresh", [1, 2, 3], 3));

describe("conversation", () => {
  it("begins with what the server has", () => {
    expect(seqs(begun)).toEqual([1, 2, 3]);
    expect(begun).toMatchObject({ isLive: true, position: { epoch: "e", seq: 3 } });
  });

  it("shows a message once, however often it arrives", () => {
    const twice = conversation.received(conversation.received(begun, message(4)), message(4));
    expect(seqs(twice)).toEqual([1, 2, 3, 4]);
  });

  it("puts a message that comes late in its place", () => {
    const late = conversation.received(conversation.received(begun, message(5)), message(4));
    expect(seqs(late)).toEqual([1, 2, 3, 4, 5]);
    expect(late.position?.seq).toBe(5);
  });

  it("adds what was missed after a break", () => {
    const back = conversation.joined(conversation.interrupted(begun), content("recovered", [4, 5], 5));
    expect(seqs(back)).toEqual([1, 2, 3, 4, 5]);
    expect(back.isLive).toBe(true);
  });

  it("keeps live messages that overtook the recovered ones", () => {
    const overtaken = conversation.received(conversation.interrupted(begun), message(6));
    const back = conversation.joined(overtaken, content("recovered", [4, 5], 5));
    expect(seqs(back)).toEqual([1, 2, 3, 4, 5, 6]);
    expect(back.position?.seq).toBe(6);
  });

  it("forgets what it has when there is a gap", () => {
    expect(seqs(conversation.joined(begun, content("gap", [1, 2], 2, "new")))).toEqual([1, 2]);
    expect(seqs(conversation.joined(begun, content("gap", [90, 91], 91)))).toEqual([90, 91]);
  });

  it("replaces a pending message by its confirmed self", () => {
    const pending = conversation.queued(begun, { id: "mine", at: 9, text: "mine" });
    expect(pending.outgoing).toMatchObject([{ id: "mine", state: "pending" }]);
    const delivered = conversation.received(pending, message(4, "mine"));
    expect(delivered.outgoing).toEqual([]);
    expect(seqs(delivered)).toEqual([1, 2, 3, 4]);
  });

  it("recognises in recovered messages what it thought pending", () => {
    const pending = conversation.queued(begun, { id: "m4", at: 9, text: "m4" });
    expect(conversation.joined(pending, content("recovered", [4], 4)).outgoing).toEqual([]);
  });

  it("lets a message fail, be retried, and be given up", () => {
    const pending = conversation.queued(begun, { id: "mine", at: 9, text: "mine" });
    const failed = conversation.failed(pending, "mine", "no");
    expect(failed.outgoing).toEqual([{ id: "mine", at: 9, text: "mine", state: "failed", reason: "no" }]);
    expect(conversation.retried(failed, "mine").outgoing).toEqual([
      { id: "mine", at: 9, text: "mine", state: "pending" },
    ]);
    expect(conversation.discarded(failed, "mine").outgoing).toEqual([]);
  });

  it("keeps pending messages over a gap", () => {
    const pending = conversation.queued(begun, { id: "mine", at: 9, text: "mine" });
    expect(conversation.joined(pending, content("gap", [], 0, "new")).outgoing).toHaveLength(1);
  });

  it("knows its members, each once and by name", () => {
    const bob = { id: "b", name: "Bob" };
    const cleo = { id: "c", name: "Cleo" };
    const three = [cleo, bob, bob].reduce(conversation.memberJoined, begun);
    expect(three.members).toEqual([ada, bob, cleo]);
    expect(conversation.memberLeft(three, "b").members).toEqual([ada, cleo]);
  });

  it("stays bounded", () => {
    let full = begun;
    for (let seq = 4; seq <= conversation.MAX_MESSAGES + 50; seq++)
      full = conversation.received(full, message(seq));
    expect(full.messages).toHaveLength(conversation.MAX_MESSAGES);
    expect(full.messages.at(-1)?.seq).toBe(conversation.MAX_MESSAGES + 50);
  });
});

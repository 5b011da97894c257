// Whatever happens, what a slow member gets is what a simple model says.
import { expect, it } from "vitest";
import fc from "fast-check";
import { Rooms, type SlowPolicyName } from "@ws/rooms";
import { SlowListener } from "./members.ts";

const POLICIES = ["wait", "drop-newest", "drop-oldest", "conflate"] as const;

const step = fc.oneof(
  { weight: 4, arbitrary: fc.record({ room: fc.nat(1), key: fc.option(fc.nat(2)), bytes: fc.nat(6) }) },
  { weight: 1, arbitrary: fc.record({ drain: fc.integer({ min: 1, max: 4 }) }) },
);

interface Sent {
  readonly room: string;
  readonly key: string | undefined;
  text: string;
}

/** What waits, as one list; undefined once the member was closed. */
function model(queue: Sent[], sent: Sent, policy: SlowPolicyName, maxMessages: number, maxBytes: number) {
  const ofRoom = (): Sent[] => queue.filter(({ room }) => room === sent.room);
  const bytes = (): number => ofRoom().reduce((sum, { text }) => sum + text.length, 0);
  const former = (): Sent | undefined =>
    policy === "conflate" && sent.key !== undefined
      ? ofRoom().find(({ key }) => key === sent.key)
      : undefined;
  const fits = (): boolean =>
    bytes() + sent.text.length - (former()?.text.length ?? 0) <= maxBytes &&
    (former() !== undefined || ofRoom().length < maxMessages);
  const mayDrop = policy === "drop-oldest" || policy === "conflate";
  if (sent.text.length <= maxBytes) {
    if (mayDrop) while (!fits() && ofRoom().length > 0) queue.splice(queue.indexOf(ofRoom()[0]!), 1);
    if (fits()) {
      const place = former();
      if (place === undefined) queue.push(sent);
      else place.text = sent.text;
      return queue;
    }
  }
  return policy === "wait" ? undefined : queue;
}

it.each(POLICIES)("slow members › %s › deliver what the model says, within the bounds", (policy) => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 4 }),
      fc.integer({ min: 1, max: 12 }),
      fc.array(step, { maxLength: 60 }),
      (maxMessages, maxBytes, steps) => {
        const rooms = new Rooms<SlowListener>({ slowPolicy: { policy, maxMessages, maxBytes } });
        const member = new SlowListener();
        for (const room of ["0", "1"]) rooms.join(room, member);
        rooms.broadcast("0", "first");
        const expected = ["first"];
        let isSlow = true;
        let queue: Sent[] | undefined = [];
        let room = 0;
        for (const [i, each] of steps.entries()) {
          if ("drain" in each) {
            if (queue === undefined || !isSlow) continue;
            room = each.drain;
            for (const { text } of queue.splice(0, room)) {
              expected.push(text);
              room--;
            }
            isSlow = room <= 0;
            member.drain(each.drain);
          } else {
            const text = String.fromCodePoint(65 + (i % 60)).repeat(each.bytes);
            const key = each.key === null ? undefined : String(each.key);
            const sent = { room: String(each.room), key, text };
            if (!isSlow) {
              expected.push(text);
              isSlow = --room <= 0;
            } else if (queue !== undefined) queue = model(queue, sent, policy, maxMessages, maxBytes);
            rooms.broadcast(sent.room, text, { key });
          }
          expect(member.received).toEqual(expected);
          const { waiting, waitingBytes } = rooms.getSlowStats();
          expect(waiting).toBe(queue?.length ?? 0);
          expect(waitingBytes).toBe((queue ?? []).reduce((sum, { text }) => sum + text.length, 0));
          for (const name of ["0", "1"]) {
            expect(rooms.getSlowStats(name).waiting).toBeLessThanOrEqual(maxMessages);
            expect(rooms.getSlowStats(name).waitingBytes).toBeLessThanOrEqual(maxBytes);
          }
          expect(member.closedWith).toBe(queue === undefined ? 1013 : undefined);
        }
      },
    ),
    { numRuns: 300 },
  );
});

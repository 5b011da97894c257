// Judges the ways in which a server says no.
import type { HeadRead } from "../opening/read-head.ts";
import type { Judgement } from "../suite/verdict.ts";
import { type Head, statusOf } from "../wire/http-head.ts";

/** RFC 6455 §4.2.1: "return an HTTP response with an appropriate error code". */
export function gradeRefusal(judgement: Judgement, read: HeadRead): void {
  const head = gradeAnswered(judgement, read);
  if (head === undefined) return;
  const status = statusOf(head);
  if (status === 101) judgement.failed("accepted the request");
  else if (status !== undefined && status < 400)
    judgement.note(`treats it as a plain HTTP request: ${head.startLine}`);
}

/** RFC 6455 §4.2.2, /version/. */
export function gradeVersionRefusal(judgement: Judgement, read: HeadRead, acceptIsNoted: boolean): void {
  const head = gradeAnswered(judgement, read);
  if (head === undefined) return;
  const status = statusOf(head);
  if (status === 101) {
    if (acceptIsNoted)
      judgement.note(
        'accepts this version of a draft (allowed, §4.4: versions it "is capable of understanding")',
      );
    else judgement.failed("accepted the request");
    return;
  }
  if (status === undefined || status < 400)
    judgement.nonStrict(`answered "${head.startLine}", which is no error`);
  const offered = head.tokens("Sec-WebSocket-Version");
  if (!offered.includes("13")) {
    judgement.failed(`named no version it understands: Sec-WebSocket-Version is "${offered.join(", ")}"`);
  }
}

function gradeAnswered(judgement: Judgement, read: HeadRead): Head | undefined {
  if (read.kind === "head") return read.head;
  if (read.kind === "quiet") judgement.failed("neither refused nor accepted");
  else judgement.nonStrict("dropped the connection without an HTTP response");
  return undefined;
}

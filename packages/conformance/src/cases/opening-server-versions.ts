// RFC 6455 §4.4: versions that are not 13.
import type { OpeningRequest } from "../opening/server-probe.ts";
import { removeField, setField } from "../wire/http-head.ts";
import type { Variant } from "./opening-variant.ts";

const versionRule =
  'A version that is not understood gets "an appropriate HTTP error code (such as 426 Upgrade Required) and a |Sec-WebSocket-Version| header field".';

export const versionRequests: readonly Variant[] = [
  "0",
  "1",
  "7",
  "8",
  "12",
  "14",
  "99",
  "255",
  "256",
  "013",
  "-13",
  "13.0",
  "text",
  "",
  "13, 8",
  "8, 13",
]
  .map((version): Variant => ({
    id: `4.4-version-${version === "" ? "empty" : version.replaceAll(/[^\w.-]+/g, "-")}`,
    section: "RFC 6455 §4.2.1, §4.2.2, §4.4",
    rule: versionRule,
    sends: `Sec-WebSocket-Version: ${version}`,
    outcome: "version",
    form: ["8", "14", "text"].includes(version) ? "short" : "full",
    acceptIsNoted: version === "7" || version === "8",
    change: (request: OpeningRequest) => setField(request, "Sec-WebSocket-Version", version),
  }))
  .concat([
    {
      id: "4.4-version-missing",
      section: "RFC 6455 §4.2.1",
      rule: "A |Sec-WebSocket-Version| header field, with a value of 13, is required.",
      sends: "no Sec-WebSocket-Version",
      outcome: "refuse",
      form: "short",
      change: (request) => removeField(request, "Sec-WebSocket-Version"),
    },
    {
      id: "11.3.5-version-twice",
      section: "RFC 6455 §11.3.5",
      rule: 'The |Sec-WebSocket-Version| header field "MUST NOT appear more than once in an HTTP request".',
      sends: "Sec-WebSocket-Version: 13 on two lines",
      outcome: "refuse",
      form: "full",
      change: (request) => request.fields.push(["Sec-WebSocket-Version", "13"]),
    },
  ]);

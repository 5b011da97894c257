// RFC 6455 §4.1: responses over which a client must fail the connection: status, accept value, Upgrade and Connection.
import type { Form } from "../suite/case.ts";
import { removeField, setField } from "../wire/http-head.ts";
import { acceptIn, type ResponseVariant } from "./response-variant.ts";

const acceptRule =
  'A |Sec-WebSocket-Accept| that is missing or not the right value: "the client MUST _Fail the WebSocket Connection_".';
const upgradeRule =
  'If |Upgrade| is missing or "not an ASCII case-insensitive match for the value "websocket", the client MUST _Fail the WebSocket Connection_".';
const connectionRule =
  'If |Connection| is missing or "doesn\'t contain a token that is an ASCII case-insensitive match for the value "Upgrade", the client MUST _Fail the WebSocket Connection_".';
const statusRule =
  'Only 101 opens a connection: "If the status code received from the server is not 101, the client handles the response per HTTP".';

const status = (line: string, id: string, form: Form = "full"): ResponseVariant => ({
  id: `status-${id}`,
  rule: statusRule,
  responds: `"${line}" with everything else right`,
  outcome: "fail",
  form,
  change: (response) => {
    response.startLine = line;
    response.fields.push(["Content-Length", "0"]);
  },
});

export const unbelievable: readonly ResponseVariant[] = [
  {
    id: "accept-missing",
    rule: acceptRule,
    responds: "no Sec-WebSocket-Accept",
    outcome: "fail",
    form: "short",
    change: (response) => removeField(response, "Sec-WebSocket-Accept"),
  },
  {
    id: "accept-empty",
    rule: acceptRule,
    responds: "an empty Sec-WebSocket-Accept",
    outcome: "fail",
    change: (response) => setField(response, "Sec-WebSocket-Accept", ""),
  },
  {
    id: "accept-wrong",
    rule: acceptRule,
    responds: "the accept value of another key",
    outcome: "fail",
    form: "short",
    change: (response) => setField(response, "Sec-WebSocket-Accept", "s3pPLMBiTxaQ9kYGzzhZRbK+xOo="),
  },
  {
    id: "accept-case",
    rule: acceptRule,
    responds: "the right value with its case inverted",
    outcome: "fail",
    form: "short",
    change: (response, call) => setField(response, "Sec-WebSocket-Accept", invert(acceptIn(response, call))),
  },
  {
    id: "accept-is-key",
    rule: acceptRule,
    responds: "the client's own key",
    outcome: "fail",
    change: (response, call) => setField(response, "Sec-WebSocket-Accept", call.key),
  },
  {
    id: "accept-longer",
    rule: acceptRule,
    responds: "the right value and one character more",
    outcome: "fail",
    change: (response, call) => setField(response, "Sec-WebSocket-Accept", `${acceptIn(response, call)}A`),
  },
  {
    id: "accept-shorter",
    rule: acceptRule,
    responds: "the right value without its last character",
    outcome: "fail",
    change: (response, call) =>
      setField(response, "Sec-WebSocket-Accept", acceptIn(response, call).slice(0, -1)),
  },
  {
    id: "accept-twice",
    section: "RFC 6455 §11.3.3",
    rule: 'Sec-WebSocket-Accept "MUST NOT appear more than once in an HTTP response".',
    responds: "the right value and a wrong one on two lines",
    outcome: "fail",
    change: (response) => response.fields.push(["Sec-WebSocket-Accept", "s3pPLMBiTxaQ9kYGzzhZRbK+xOo="]),
  },
  {
    id: "upgrade-missing",
    rule: upgradeRule,
    responds: "no Upgrade",
    outcome: "fail",
    form: "short",
    change: (response) => removeField(response, "Upgrade"),
  },
  {
    id: "upgrade-other",
    rule: upgradeRule,
    responds: "Upgrade: h2c",
    outcome: "fail",
    change: (response) => setField(response, "Upgrade", "h2c"),
  },
  {
    id: "upgrade-alike",
    rule: upgradeRule,
    responds: "Upgrade: websockets",
    outcome: "fail",
    change: (response) => setField(response, "Upgrade", "websockets"),
  },
  {
    id: "connection-missing",
    rule: connectionRule,
    responds: "no Connection",
    outcome: "fail",
    form: "short",
    change: (response) => removeField(response, "Connection"),
  },
  {
    id: "connection-close",
    rule: connectionRule,
    responds: "Connection: close",
    outcome: "fail",
    change: (response) => setField(response, "Connection", "close"),
  },
  {
    id: "connection-alike",
    rule: connectionRule,
    responds: "Connection: upgraded",
    outcome: "fail",
    change: (response) => setField(response, "Connection", "upgraded"),
  },

  status("HTTP/1.1 200 OK", "200", "short"),
  status("HTTP/1.1 201 Created", "201"),
  status("HTTP/1.1 204 No Content", "204"),
  status("HTTP/1.1 301 Moved Permanently", "301"),
  status("HTTP/1.1 400 Bad Request", "400"),
  status("HTTP/1.1 401 Unauthorized", "401"),
  status("HTTP/1.1 403 Forbidden", "403", "short"),
  status("HTTP/1.1 404 Not Found", "404"),
  status("HTTP/1.1 426 Upgrade Required", "426"),
  status("HTTP/1.1 500 Internal Server Error", "500"),
  status("HTTP/1.1 503 Service Unavailable", "503"),
  {
    ...status("HTTP/1.0 101 Switching Protocols", "http-1.0"),
    outcome: "should fail",
    rule: "A response that switches protocols is one of HTTP/1.1.",
    section: "RFC 6455 §4.2.2",
  },
  status("HTTP/1.1 1010 Switching Protocols", "1010"),
  status("WS/1.1 101 Switching Protocols", "other-protocol"),
  status("101 Switching Protocols", "no-protocol"),
];
function invert(text: string): string {
  return text.replaceAll(/[a-z]/gi, (char) =>
    char === char.toLowerCase() ? char.toUpperCase() : char.toLowerCase(),
  );
}

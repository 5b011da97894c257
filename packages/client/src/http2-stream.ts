// What a stream of HTTP/2 does otherwise than a socket, and a connection expects of its transport: being cut off by the
// peer is an error, and to destroy it is to cut the peer off.
import { type ClientHttp2Stream, constants } from "node:http2";

const { NGHTTP2_CANCEL } = constants;

/** RFC 8441 §5: "RST exceptions are represented with the RST_STREAM frame" */
export function resetAsTcpDoes(stream: ClientHttp2Stream): void {
  const destroy = stream.destroy.bind(stream);
  let isOurs = false;
  stream.destroy = (error) => {
    // Left to itself, Node would say that there is no error.
    if (!stream.closed) {
      isOurs = true;
      stream.close(NGHTTP2_CANCEL);
    }
    return destroy(error);
  };
  // For Node a peer that cancels is in its good right; every other code is an error already.
  stream.once("close", () => {
    if (isOurs || stream.rstCode !== NGHTTP2_CANCEL || stream.errored) return;
    const error = new Error("The stream was reset with the code CANCEL");
    stream.emit("error", Object.assign(error, { code: "ECONNRESET" }));
  });
}

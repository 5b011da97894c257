// What a stream of HTTP/2 does otherwise than a socket, and a connection expects of its transport (RFC 8441 §5): to be cut
// off by the peer is an error, and to destroy it is to cut the peer off.
import type { Http2Stream } from "node:http2";

// RFC 9113 §7; spelt out, because node:http2 is not to be loaded where nobody speaks it.
const NO_ERROR = 0x00;
const CANCEL = 0x08;

/** Makes a stream of `node:http2`, of either role, a transport for a connection. To be called before anything else. */
export function resetLikeTcp(stream: Http2Stream): void {
  let isOurs = false;
  // Node ends a stream that was cancelled without an error.
  stream.on("close", () => {
    if (isOurs || stream.rstCode === NO_ERROR || stream.errored) return;
    const error = new Error(`Cannot keep the connection: its stream was reset with code ${stream.rstCode}`);
    stream.emit("error", Object.assign(error, { code: "ECONNRESET" }));
  });
  const destroy = stream.destroy.bind(stream);
  stream.destroy = (error?: Error) => {
    const hasEnded = stream.writableFinished && stream.readableEnded;
    if (!hasEnded && !stream.closed) {
      // A session that ends destroys its streams by the same way.
      isOurs = stream.session?.destroyed === false;
      // RFC 8441 §5: "RST exceptions are represented with the RST_STREAM frame"
      // First, and not only for the code: to destroy a stream that was not closed, amid the end of another one that its
      // peer has reset, sends Node 20 into a loop without end.
      stream.close(CANCEL);
    }
    return destroy(error);
  };
}

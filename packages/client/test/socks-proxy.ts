// A SOCKS proxy (versions 4, 4a and 5) that leads every tunnel to one port of this machine, whatever the name.
import { once } from "node:events";
import type { Socket } from "node:net";
import { joinTo } from "./http-proxy.ts";
import { listen } from "./raw-server.ts";

export interface SocksProxy {
  readonly port: number;
  readonly sockets: Socket[];
  /** What was asked for: `5 name example.org:80`, `4 address 127.0.0.1:80`. */
  readonly requests: string[];
  /** `user:password`, or the user of SOCKS 4. */
  readonly credentials: string[];
}

export interface SocksOptions {
  readonly port?: number;
  /** What it wants to hear before it does anything. Default: nothing. */
  readonly password?: string;
  /** Its answer to the request: 0 is yes in SOCKS 5. */
  readonly reply?: number;
  /** Bytes that share a segment with that answer. */
  readonly behind?: Uint8Array;
}

export async function socksProxy(options: SocksOptions = {}): Promise<SocksProxy> {
  const { port = 0, password, reply = 0, behind = Buffer.alloc(0) } = options;
  const requests: string[] = [];
  const credentials: string[] = [];
  const listening = await listen((socket) => {
    const next = async (): Promise<Buffer> => ((await once(socket, "data")) as [Buffer])[0];
    const serve = async (): Promise<void> => {
      const hello = await next();
      if (hello[0] === 4) {
        const [user = "", name = ""] = hello.subarray(8).toString().split("\0");
        credentials.push(user);
        const isName = hello.readUInt32BE(4) < 256;
        const host = isName ? `name ${name}` : `address ${[...hello.subarray(4, 8)].join(".")}`;
        requests.push(`4 ${host}:${hello.readUInt16BE(2)}`);
        socket.write(Buffer.concat([Buffer.from([0, reply === 0 ? 90 : 91, 0, 0, 0, 0, 0, 0]), behind]));
      } else if (hello[0] === 5) {
        if (password !== undefined) {
          socket.write(Buffer.from([5, 2]));
          const given = await next();
          const user = given.subarray(2, 2 + given[1]!);
          credentials.push(`${user.toString()}:${given.subarray(3 + given[1]!).toString()}`);
          const isRight = credentials.at(-1)!.endsWith(`:${password}`);
          socket.write(Buffer.from([1, isRight ? 0 : 1]));
          if (!isRight) return void socket.end();
        } else socket.write(Buffer.from([5, 0]));
        const request = await next();
        const host =
          request[3] === 3
            ? `name ${request.subarray(5, -2).toString()}`
            : `address ${[...request.subarray(4, -2)].join(request[3] === 1 ? "." : ",")}`;
        requests.push(`5 ${host}:${request.readUInt16BE(request.length - 2)}`);
        socket.write(Buffer.concat([Buffer.from([5, reply, 0, 1, 0, 0, 0, 0, 0, 0]), behind]));
      }
      if (reply === 0 && behind.length === 0) joinTo(socket, port);
    };
    serve().catch(() => socket.destroy());
  });
  return { ...listening, requests, credentials };
}

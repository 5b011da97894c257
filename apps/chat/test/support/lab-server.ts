// The lab on an HTTP server of its own: anybody with a cookie `who=<name>` has a session, until it is ended.
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { connect, type Connection } from "@ws/client";
import { pino } from "pino";
import { readConfig } from "../../src/server/config.ts";
import { mountLab } from "../../src/server/lab/mount-lab.ts";
import { type AgentAnswer, type AgentOrder, readAnswer } from "../../src/shared/lab/agent-protocol.ts";
import { LabPath } from "../../src/shared/lab/lab-paths.ts";

export class LabServer {
  readonly url: string;
  readonly endSession: (name: string) => void;
  readonly stop: () => Promise<void>;

  private constructor(url: string, endSession: (name: string) => void, stop: () => Promise<void>) {
    this.url = url;
    this.endSession = endSession;
    this.stop = stop;
  }

  static async start(): Promise<LabServer> {
    const http = createServer((_request, response) => response.writeHead(404).end());
    const listeners = new Set<(personKey: string) => void>();
    const lab = mountLab({
      http,
      sockets: { maxConnectionsPerAddress: 20 },
      config: readConfig({}),
      readSession: ({ headers: { cookie } }) => {
        const name = /^who=(\w+)$/.exec(cookie ?? "")?.[1];
        return name === undefined ? undefined : { person: { key: name, name }, expiresAt: Infinity };
      },
      onSessionEnd: (listener) => {
        listeners.add(listener);
        return () => listeners.delete(listener);
      },
      log: pino({ level: "silent" }),
    });
    http.listen(0, "127.0.0.1");
    await once(http, "listening");
    const { port } = http.address() as AddressInfo;
    return new LabServer(
      `ws://127.0.0.1:${port}`,
      (name) => listeners.forEach((listener) => listener(name)),
      async () => {
        const closed = once(http, "close");
        http.close();
        await lab.stop();
        await closed;
      },
    );
  }

  connect(
    path: string,
    name: string | undefined,
    options: { readonly compress?: boolean } = {},
  ): Promise<Connection> {
    return connect(this.url + path, {
      headers: name === undefined ? {} : { Cookie: `who=${name}` },
      perMessageDeflate: options.compress ?? false,
      maxMessageBytes: 32 * 1024 * 1024,
    });
  }

  async agent(name: string): Promise<TestAgent> {
    const agent = new TestAgent(await this.connect(LabPath.agent, name));
    const first = await agent.next();
    if (first.type !== "ready") throw new Error(`The agent is not ready: ${first.type}`);
    return agent;
  }
}

/** Gives orders, and takes the answers. */
export class TestAgent {
  readonly connection: Connection;
  readonly #messages: AsyncIterator<string | Uint8Array>;

  constructor(connection: Connection) {
    this.connection = connection;
    this.#messages = connection[Symbol.asyncIterator]();
  }

  order(order: AgentOrder): void {
    this.connection.send(JSON.stringify(order));
  }

  async next(): Promise<AgentAnswer> {
    const { value } = await this.#messages.next();
    const answer = readAnswer(value);
    if (answer === undefined) throw new Error(`Not an answer: ${String(value)}`);
    return answer;
  }

  /** The next answer that is not about progress. */
  async result(): Promise<Exclude<AgentAnswer, { readonly type: "progress" }>> {
    for (;;) {
      const answer = await this.next();
      if (answer.type !== "progress") return answer;
    }
  }
}

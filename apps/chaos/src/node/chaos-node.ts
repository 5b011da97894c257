// One node as a run sees it: its process of the moment, and its two links, which outlive it.
import { Child } from "load/process/child";
import type { EngineServer } from "../engine/engine.ts";
import { Link } from "../link.ts";
import type { NodeAnswers, NodeSettings } from "./main.ts";

/** From `src`, which the tests load, and from `dist` alike: processes run what was built. */
const ENTRY = new URL("../../dist/node/main.js", import.meta.url);

export class ChaosNode implements AsyncDisposable {
  readonly toEngine: Link;
  readonly toMembers: Link;
  readonly #settings: Omit<NodeSettings, "port">;
  readonly #onNote: (note: string) => void;
  #child: Child<NodeAnswers> | undefined;
  #isServing = false;
  /** What is under way: one thing after another. */
  #turn: Promise<void> = Promise.resolve();
  kills = 0;

  private constructor(
    settings: Omit<NodeSettings, "port">,
    links: { readonly toEngine: Link; readonly toMembers: Link },
    onNote: (note: string) => void,
  ) {
    this.#settings = settings;
    this.toEngine = links.toEngine;
    this.toMembers = links.toMembers;
    this.#onNote = onNote;
  }

  /** @param onNote told what must not be: what it could not use, and that it ended without being killed */
  static async open(
    settings: Omit<NodeSettings, "port">,
    server: EngineServer,
    onNote: (note: string) => void,
  ): Promise<ChaosNode> {
    const toEngine = await Link.open();
    toEngine.lead(server.port);
    return new ChaosNode(settings, { toEngine, toMembers: await Link.open() }, onNote);
  }

  /** Whether members can be sent here. */
  get isServing(): boolean {
    return this.#isServing;
  }

  start(): Promise<void> {
    return this.#inTurn(async () => {
      if (this.#child !== undefined) return;
      const child = new Child<NodeAnswers>(ENTRY, this.#onNote);
      this.#child = child;
      void this.#watch(child);
      const port = await child.ask("start", { ...this.#settings, port: this.toEngine.port });
      this.toMembers.lead(port);
      this.#isServing = true;
    });
  }

  kill(): Promise<void> {
    return this.#inTurn(async () => {
      const child = this.#child;
      if (child === undefined) return;
      this.kills++;
      this.#isServing = false;
      this.#child = undefined;
      this.toMembers.lead(undefined);
      await child.kill();
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.kill();
    await this.toEngine[Symbol.asyncDispose]();
    await this.toMembers[Symbol.asyncDispose]();
  }

  async #watch(child: Child<NodeAnswers>): Promise<void> {
    const how = await child.ended;
    if (this.#child === child) this.#onNote(`ended by itself: ${how}`);
  }

  #inTurn(what: () => Promise<void>): Promise<void> {
    this.#turn = this.#turn.then(what);
    return this.#turn;
  }
}

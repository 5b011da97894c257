// All nodes of a run.
import type { EngineServer } from "../engine/engine.ts";
import { ChaosNode } from "./chaos-node.ts";
import type { NodeSettings } from "./main.ts";

export interface NodesSettings extends Omit<NodeSettings, "port"> {
  readonly server: EngineServer;
  /** Told what must not be, and of which node. */
  readonly onNote: (note: string) => void;
}

export class Nodes implements AsyncDisposable {
  readonly all: readonly ChaosNode[];

  private constructor(all: readonly ChaosNode[]) {
    this.all = all;
  }

  static async open(count: number, { server, onNote, ...settings }: NodesSettings): Promise<Nodes> {
    const all: ChaosNode[] = [];
    for (let i = 0; i < count; i++) {
      all.push(await ChaosNode.open(settings, server, (note) => onNote(`node ${i}: ${note}`)));
    }
    return new Nodes(all);
  }

  /** Those that are not running. */
  async start(): Promise<void> {
    await Promise.all(this.all.map((node) => node.start()));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.all.map((node) => node[Symbol.asyncDispose]()));
  }
}

// Does to nodes, links and the engine what the plan says, and mends all of it in the end.
import { setTimeout as sleep } from "node:timers/promises";
import { nowMs } from "load/clock";
import type { EngineServer } from "./engine/engine.ts";
import type { ChaosNode } from "./node/chaos-node.ts";
import type { Step } from "./plan.ts";
import type { Random } from "./random.ts";

export class Scene {
  readonly #server: EngineServer;
  readonly #nodes: readonly ChaosNode[];
  readonly #random: Random;
  /** The engine is killed and started in turn. */
  #engineTurn: Promise<void> = Promise.resolve();
  #isEngineUp = true;
  readonly #done: Promise<void>[] = [];
  engineRestarts = 0;
  linkFaults = 0;

  constructor(server: EngineServer, nodes: readonly ChaosNode[], random: Random) {
    this.#server = server;
    this.#nodes = nodes;
    this.#random = random;
  }

  get kills(): number {
    return this.#nodes.reduce((sum, { kills }) => sum + kills, 0);
  }

  async play(steps: readonly Step[], durationMs: number): Promise<void> {
    const startMs = nowMs();
    for (const step of steps) {
      await sleep(Math.max(0, startMs + step.atMs - nowMs()));
      this.#done.push(this.#take(step));
    }
    await sleep(Math.max(0, startMs + durationMs - nowMs()));
  }

  async mend(): Promise<void> {
    for (const { toEngine, toMembers } of this.#nodes) {
      toEngine.restore();
      toMembers.restore();
    }
    await this.#startEngine();
    // A node that was starting may have waited for just that.
    await Promise.all(this.#done);
    await Promise.all(this.#nodes.map((node) => node.start()));
  }

  get summary(): string {
    return `${this.kills} nodes killed, ${this.engineRestarts} engines, ${this.linkFaults} links broken`;
  }

  async #take(step: Step): Promise<void> {
    switch (step.what) {
      case "kill-node":
        return this.#nodes[step.node]!.kill();
      case "start-node":
        return this.#nodes[step.node]!.start();
      case "kill-engine":
        return this.#killEngine();
      case "start-engine":
        return this.#startEngine();
      default:
        return this.#breakLink(step);
    }
  }

  #breakLink({ what, link: { side, node } }: Extract<Step, { readonly link: unknown }>): void {
    const { toEngine, toMembers } = this.#nodes[node]!;
    const link = side === "engine" ? toEngine : toMembers;
    if (what !== "restore") this.linkFaults++;
    if (what === "thin") link.thin(this.#random);
    else link[what]();
  }

  #killEngine(): Promise<void> {
    return this.#inTurn(async () => {
      if (!this.#isEngineUp) return;
      this.#isEngineUp = false;
      await this.#server.kill();
    });
  }

  #startEngine(): Promise<void> {
    return this.#inTurn(async () => {
      if (this.#isEngineUp) return;
      await this.#server.start();
      this.#isEngineUp = true;
      this.engineRestarts++;
    });
  }

  #inTurn(what: () => Promise<void>): Promise<void> {
    this.#engineTurn = this.#engineTurn.then(what);
    return this.#engineTurn;
  }
}

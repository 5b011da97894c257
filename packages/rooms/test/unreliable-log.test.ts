// The double is an engine too: it is held to the contract, whose tests of outages have nothing else in this package to run on.
import { vi } from "vitest";
import { MemoryLog } from "@ws/rooms";
import { roomLogContract, UnreliableLog } from "@ws/rooms/contract";

roomLogContract("unreliable log", {
  traits: {
    isDurable: true,
    canBeDown: true,
    survivesRestart: false,
    canForget: true,
    canBePoisoned: false,
    nodesDieAlone: false,
  },
  create: async (options) => {
    vi.useFakeTimers({ toFake: ["Date"] });
    const memory = new MemoryLog({ ...options, maxRooms: 100 });
    const nodes = [new UnreliableLog(memory)];
    let isBroken = false;
    return {
      log: nodes[0]!,
      second: async () => {
        const node = new UnreliableLog(new MemoryLog({ sharedWith: memory }));
        nodes.push(node);
        if (isBroken) await node.breakLink();
        return node;
      },
      pass: async (ms) => void vi.setSystemTime(Date.now() + ms),
      forget: async () => {
        for (let i = 0; i < 100; i++) await memory.read(`other ${i}`, { after: 0, limit: 1 });
      },
      breakLink: async () => {
        isBroken = true;
        for (const node of nodes) await node.breakLink();
      },
      healLink: async () => {
        isBroken = false;
        for (const node of nodes) node.healLink();
      },
      close: async () => {
        for (const node of nodes) await node.close();
        vi.useRealTimers();
      },
    };
  },
});

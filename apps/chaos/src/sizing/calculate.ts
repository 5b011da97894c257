// From what was measured and what is assumed to what is needed: nodes, engine shards, bandwidth. Pure: put in your own numbers.
import type { Costs } from "./costs.ts";

/** What people do, and what a machine may be asked for. */
export interface Assumptions {
  readonly connections: number;
  /** Rooms that one connection is in. */
  readonly roomsPerConnection: number;
  /** Members of one room, on all nodes together. */
  readonly roomMembers: number;
  /** Messages that one connection publishes in a second. */
  readonly publishedPerSecond: number;
  /** One message as a member gets it, with its frame and its share of TCP and IP headers, in bytes. */
  readonly wireBytes: number;
  /** What TLS adds to a connection, in bytes; 0 where something in front of the nodes ends it. */
  readonly tlsBytes: number;
  /** Memory of a node, in bytes, and how much of it may be used at most, from 0 to 1. */
  readonly nodeMemoryBytes: number;
  readonly maxMemoryUse: number;
  /** How much of a core may be used on average, from 0 to 1: what is left is for bursts, and for those of a node that died. */
  readonly maxCpuUse: number;
  /** Connections of one node at most, whatever memory says: so many come at once to the others when it dies. */
  readonly maxNodeConnections: number;
}

/** What is needed. Nodes and shards are processes of one core each. */
export interface Sizing {
  readonly nodes: number;
  /** What decides how many: the memory of connections and rooms, the time for messages, or the number of connections. */
  readonly boundBy: "memory" | "cpu" | "connections";
  readonly connectionsPerNode: number;
  readonly nodeMemoryBytes: number;
  /** Of a core, on each node, on average. */
  readonly nodeCpuUse: number;
  /** Of the engine, each with a part of the rooms; 0 where it is in the node. */
  readonly shards: number;
  readonly publishedPerSecond: number;
  readonly deliveredPerSecond: number;
  /** From all nodes to members, in bits a second. */
  readonly memberBitsPerSecond: number;
  /** From the engine to all nodes, in bits a second: each message goes to every node that has one of its members. */
  readonly engineBitsPerSecond: number;
  /** Nodes on which there is a member of the average room. */
  readonly nodesPerRoom: number;
}

/** @throws RangeError for an engine that was not measured, or an assumption that makes no sense */
export function calculate(costs: Costs, engine: string, assumed: Assumptions): Sizing {
  const publish = costs.publish[engine];
  if (publish === undefined) throw new RangeError(`Cannot calculate for ${engine}: it was not measured`);
  for (const [name, value] of Object.entries(assumed)) {
    if (!(value >= 0) || !Number.isFinite(value))
      throw new RangeError(`Cannot assume ${name} to be ${value}`);
  }
  const { connections, maxCpuUse, nodeMemoryBytes, maxMemoryUse } = assumed;
  const publishedPerSecond = connections * assumed.publishedPerSecond;
  const deliveredPerSecond = publishedPerSecond * assumed.roomMembers;

  /** Cores of all of them together: the more nodes there are, the more of them hear of one message. */
  const coresOf = (nodes: number): number => {
    const heardPerSecond = publishedPerSecond * spread(assumed.roomMembers, nodes);
    const us = publishedPerSecond * publish.nodeUs + heardPerSecond * publish.hearUs;
    return (us + deliveredPerSecond * costs.deliveryUs) / 1e6;
  };
  const memoryOf = (nodes: number): number => {
    const here = connections / nodes;
    const rooms = roomsOn(here, assumed);
    return (
      costs.nodeBytes +
      here * (costs.connectionBytes + assumed.tlsBytes + assumed.roomsPerConnection * costs.membershipBytes) +
      rooms * costs.roomBytes
    );
  };
  const needed = {
    cpu: fewest((nodes) => coresOf(nodes) <= nodes * maxCpuUse),
    connections: Math.ceil(connections / assumed.maxNodeConnections),
    memory: fewest((nodes) => memoryOf(nodes) <= nodeMemoryBytes * maxMemoryUse),
  };
  const nodes = Math.max(1, ...Object.values(needed));
  const boundBy = (["memory", "cpu", "connections"] as const).find((what) => needed[what] === nodes);
  const nodesPerRoom = spread(assumed.roomMembers, nodes);
  return {
    nodes,
    boundBy: boundBy ?? "connections",
    connectionsPerNode: Math.ceil(connections / nodes),
    nodeMemoryBytes: Math.round(memoryOf(nodes)),
    nodeCpuUse: coresOf(nodes) / nodes,
    shards: Math.ceil(
      (publishedPerSecond * (publish.engineUs + nodesPerRoom * publish.passUs)) / 1e6 / maxCpuUse,
    ),
    publishedPerSecond,
    deliveredPerSecond,
    memberBitsPerSecond: deliveredPerSecond * assumed.wireBytes * 8,
    engineBitsPerSecond: publishedPerSecond * nodesPerRoom * assumed.wireBytes * 8,
    nodesPerRoom,
  };
}

/** Rooms that somebody on a node is in, where members are spread at random. */
function roomsOn(here: number, { connections, roomsPerConnection, roomMembers }: Assumptions): number {
  if (roomMembers === 0) return 0;
  const rooms = (connections * roomsPerConnection) / roomMembers;
  const chance = connections === 0 ? 0 : here / connections;
  return rooms * (1 - (1 - chance) ** roomMembers);
}

/** Nodes that have at least one of so many members, spread at random. */
function spread(members: number, nodes: number): number {
  return nodes * (1 - (1 - 1 / nodes) ** members);
}

const MOST = 2 ** 30;

/** The smallest number from which on it holds. */
function fewest(holds: (nodes: number) => boolean): number {
  if (!holds(MOST))
    throw new RangeError("Cannot calculate: however many nodes there are, one of them has too much to do");
  let [low, high] = [1, MOST];
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    if (holds(middle)) high = middle;
    else low = middle + 1;
  }
  return low;
}

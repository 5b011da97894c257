// What was measured, in the units that the calculation takes.

/** What one unit of work costs, on one core of the machine that measured. */
export interface Costs {
  /** Memory of a node with nobody on it, in bytes. */
  readonly nodeBytes: number;
  /** Memory of a node for one idle connection, over plain TCP, in bytes. */
  readonly connectionBytes: number;
  /** Memory of a node for one member in one room that is open there, in bytes. */
  readonly membershipBytes: number;
  /** Memory of a node for one room that somebody there is in, in bytes. */
  readonly roomBytes: number;
  /** Time of a node for one message handed to one member, in µs. */
  readonly deliveryUs: number;
  /** By the name of the engine. */
  readonly publish: Readonly<Record<string, PublishCost>>;
}

/** What a published message costs until it is acknowledged. */
export interface PublishCost {
  /** Of the node that its publisher is on, in µs. */
  readonly nodeUs: number;
  /** Of the engine's own process, in µs; 0 where it is in the node. */
  readonly engineUs: number;
  /** Of each node that has a member of the room, for hearing it once, in µs; the deliveries come on top. */
  readonly hearUs: number;
  /** Of the engine's own process, for passing it on to one such node, in µs. */
  readonly passUs: number;
}

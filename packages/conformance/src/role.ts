// The two ends of a WebSocket. In this suite a role is always that of the endpoint under test.

/** Which end of a WebSocket is under test. */
export type Role = "server" | "client";

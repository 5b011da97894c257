export { NatsLog } from "./nats-log.ts";
export type { NatsLogOptions } from "./nats-log-options.ts";

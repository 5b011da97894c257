export type { RedisLogOptions } from "./options.ts";
export { RedisLog } from "./redis-log.ts";

// What engines have in common, for those who write one: the same defaults, checks and names everywhere. Not for users of rooms.
export { checkEntries, checkRange, checkRoom, MAX_ID_LENGTH, MAX_ROOM_LENGTH } from "./arguments.ts";
export { EngineListeners } from "./engine-listeners.ts";
export { escapeName, unescapeName } from "./escape-name.ts";
export { LocalHub } from "./local-hub.ts";
export { LocalLog, type LocalStore } from "./local-log.ts";
export { MAX_TIMER_MS, numberOption } from "../number-option.ts";
export { randomName } from "./random-name.ts";
export { reportUncaught } from "./report-uncaught.ts";
export { resolveRoomLogOptions, type ResolvedRoomLogOptions } from "./resolve-options.ts";

// Reads a stretch of a room's history, and says where it begins and ends, in one go. A room without a history gets one.
import type { Script } from "./script.ts";
import { script } from "./script.ts";
import { ROOM_STATE_LUA, STATE_ARGUMENT_COUNT } from "./room-state.ts";

/** The arguments behind those of the state. */
export interface ReadArguments {
  readonly command: "XRANGE" | "XREVRANGE";
  /** Where to begin, as the command has it. */
  readonly start: string;
  readonly limit: number;
  /** After how many bytes of data to stop and say where, so that no reply is larger than a connection can take. */
  readonly budgetBytes: number;
}

export function readArguments(read: ReadArguments): readonly (string | number)[] {
  return [read.command, read.start, read.limit, read.budgetBytes];
}

/** Returns the epoch, the first and the last number, where to go on (or nothing where all was read), and raw entries. */
export const READ_SCRIPT: Script = script(`${ROOM_STATE_LUA}
local at = ${STATE_ARGUMENT_COUNT}
local command, start, limit, budget = ARGV[at + 1], ARGV[at + 2], tonumber(ARGV[at + 3]), tonumber(ARGV[at + 4])
if is_lost() then begin_anew() end
trim()
if is_changed then save() end
stay()

local stop = command == 'XRANGE' and '+' or '-'
local entries, read_bytes, go_on = {}, 0, false
while #entries < limit and not go_on do
  local page = redis.call(command, log, start, stop, 'COUNT', math.min(limit - #entries, 64))
  if #page == 0 then break end
  for _, raw in ipairs(page) do
    entries[#entries + 1] = raw
    local _, _, size = describe(raw)
    read_bytes = read_bytes + size
    start = '(' .. raw[1]
    if read_bytes > budget then
      go_on = start
      break
    end
  end
end
if not go_on and #entries == limit then go_on = start end
return {epoch, first, seq, go_on, entries}
`);

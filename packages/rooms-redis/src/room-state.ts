// The part that the scripts of append-script.ts and read-script.ts have in common: what is known of a room, when its history
// begins anew, and how it is trimmed. The state of a room is a hash beside its stream, and outlives its entries:
//   epoch · seq, the last that was given · first, the oldest that is kept · bytes, of data that is kept
//   since, when the oldest was appended · turned, when the ids of entries were last turned over
//   run and safe: on which run of the server it was written to last, and whether that server keeps whatever it has acknowledged

/** The keys of a room, in the order in which the scripts take them. */
export interface RoomKeys {
  readonly state: string;
  readonly log: string;
  /** Id → seq, of the entries since the ids were last turned over. */
  readonly ids: string;
  /** The same of those before; the ones before those are forgotten. */
  readonly olderIds: string;
}

/** What the scripts are to know of the server that they run on. */
export interface ServerState {
  readonly run: string;
  /** Whether it keeps what it has acknowledged. */
  readonly isSafe: boolean;
}

/** The arguments that both scripts begin with. */
export interface StateArguments {
  /** The epoch of the room if it has none. */
  readonly epoch: string;
  readonly maxEntries: number;
  readonly maxBytes: number;
  readonly maxAgeMs: number;
  readonly forgetMs: number;
  /** For those who look into Redis by hand. */
  readonly room: string;
}

export function keyArguments(keys: RoomKeys): readonly string[] {
  return [keys.state, keys.log, keys.ids, keys.olderIds];
}

export function stateArguments(
  state: StateArguments,
  { run, isSafe }: ServerState,
): readonly (string | number)[] {
  const { epoch, maxEntries, maxBytes, maxAgeMs, forgetMs, room } = state;
  return [epoch, run, isSafe ? "1" : "0", maxEntries, maxBytes, maxAgeMs, forgetMs, room];
}

/** How many arguments {@link stateArguments} makes. */
export const STATE_ARGUMENT_COUNT = 8;

export const ROOM_STATE_LUA = `
local state, log, ids, older = KEYS[1], KEYS[2], KEYS[3], KEYS[4]
local run, safe = ARGV[2], ARGV[3]
local max_entries, max_bytes, max_age = tonumber(ARGV[4]), tonumber(ARGV[5]), tonumber(ARGV[6])
local forget, room = ARGV[7], ARGV[8]

local clock = redis.call('TIME')
local now = clock[1] * 1000 + math.floor(clock[2] / 1000)
local known = redis.call('HMGET', state, 'epoch', 'run', 'safe', 'seq', 'first', 'bytes', 'since', 'turned')
local epoch = known[1]
local seq, first, bytes = tonumber(known[4]), tonumber(known[5]), tonumber(known[6])
local since, turned = tonumber(known[7]), tonumber(known[8])
local is_changed = known[2] ~= run or known[3] ~= safe

-- Another run of the server, after one that may lose what it has acknowledged: so it may have. Somebody may have heard what is
-- gone, and its numbers would be given again.
local function is_lost()
  return not (epoch and seq and first and bytes and since and turned) or (known[2] ~= run and known[3] ~= '1')
end

local function begin_anew()
  redis.call('UNLINK', state, log, ids, older)
  epoch, seq, first, bytes, since, turned = ARGV[1], 0, 1, 0, 0, now
  is_changed = true
end

local function number(value)
  return string.format('%.0f', value)
end

local function save()
  redis.call('HSET', state, 'epoch', epoch, 'run', run, 'safe', safe, 'seq', number(seq), 'first', number(first),
    'bytes', number(bytes), 'since', number(since), 'turned', number(turned), 'room', room)
end

local function stay()
  redis.call('PEXPIRE', state, forget)
end

-- Of what is no entry of ours only the place counts.
local function describe(raw)
  local place, fields = tonumber(string.match(raw[1], '^(%d+)')), raw[2]
  if #fields == 6 and fields[5] == 'd' then
    return place, tonumber(fields[4]) or now, #fields[6]
  end
  return place, now, 0
end

local function trim()
  local kept = redis.call('XLEN', log)
  local function is_too_much()
    return kept > max_entries or bytes > max_bytes or since <= now - max_age
  end
  while kept > 0 and is_too_much() do
    local page = redis.call('XRANGE', log, '-', '+', 'COUNT', math.min(math.max(kept - max_entries, 1), 64) + 1)
    local all_gone = true
    for _, raw in ipairs(page) do
      local place, time, size = describe(raw)
      first, since = math.min(place, seq + 1), time
      if not is_too_much() then
        all_gone = false
        break
      end
      kept, bytes = kept - 1, math.max(bytes - size, 0)
    end
    redis.call('XTRIM', log, 'MAXLEN', kept)
    -- The oldest that is left was not looked at yet.
    if all_gone then since = -1 end
    is_changed = true
  end
  if kept == 0 and (first ~= seq + 1 or bytes ~= 0) then
    first, bytes, since, is_changed = seq + 1, 0, now, true
  end
end
`;

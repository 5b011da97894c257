// Appends a batch in one go: establishes the epoch, finds duplicates, numbers, remembers, trims, and tells who listens. As it
// is one script, the numbers have no holes and the notifications come in their order. It writes to the stream before anything
// that it could not do twice: a server that is out of memory refuses the first write of a script, and lets the others pass.
import { type Appended, EngineError, type NewEntry } from "@ws/rooms";
import { type Script, script } from "./script.ts";
import { ROOM_STATE_LUA, STATE_ARGUMENT_COUNT } from "./room-state.ts";

/** The arguments behind those of the state; then id and data of each entry. */
export interface AppendArguments {
  readonly dedupeMs: number;
  readonly publish: "PUBLISH" | "SPUBLISH";
  readonly channel: string;
  /** Data of more than this is not told: whoever listens reads it. */
  readonly maxNotifiedBytes: number;
}

export function appendArguments(append: AppendArguments): readonly (string | number)[] {
  return [append.dedupeMs, append.publish, append.channel, append.maxNotifiedBytes];
}

/** What a notification of entries begins with; notification.ts has its form. */
export const ENTRIES_MARK = "E";

/** Instead of the length of data that is not told. */
export const NOT_TOLD = 0xffff_ffff;

/**
 * Returns the epoch, how many entries were removed that were in the way, then the number of each entry: negative for one that was
 * there already.
 */
export const APPEND_SCRIPT: Script = script(`${ROOM_STATE_LUA}
local at = ${STATE_ARGUMENT_COUNT}
local dedupe, publish, channel, max_told = tonumber(ARGV[at + 1]), ARGV[at + 2], ARGV[at + 3], tonumber(ARGV[at + 4])
if is_lost() then begin_anew() end
local is_fresh = redis.call('EXISTS', log) == 0
local reply, told, told_bytes = {epoch, 0}, {}, 0
local turn = now - turned >= dedupe
local forget_all = now - turned >= 2 * dedupe

local function seq_of(id)
  local found = not forget_all and redis.call('HGET', ids, id)
  if not found and not turn then found = redis.call('HGET', older, id) end
  return tonumber(found)
end

local function turn_over()
  if forget_all or redis.call('EXISTS', ids) == 0 then
    redis.call('UNLINK', ids, older)
  else
    redis.call('RENAME', ids, older)
  end
  turned, turn, forget_all = now, false, false
end

local function add(id, data)
  return redis.pcall('XADD', log, number(seq + 1) .. '-0', 'i', id, 't', number(now), 'd', data)
end

-- Somebody else has written behind our last entry, where the next of ours has to be.
local function remove_strangers()
  repeat
    local page = redis.call('XREVRANGE', log, '+', number(seq + 1) .. '-0', 'COUNT', 100)
    for _, raw in ipairs(page) do redis.call('XDEL', log, raw[1]) end
    reply[2] = reply[2] + #page
  until #page == 0
  redis.call('XSETID', log, number(seq) .. '-18446744073709551615')
end

local function tell()
  if #told == 0 then return end
  redis.call(publish, channel, '${ENTRIES_MARK}' .. struct.pack('>I1', #epoch) .. epoch .. table.concat(told))
  told, told_bytes = {}, 0
end

for i = at + 5, #ARGV, 2 do
  local id, data = ARGV[i], ARGV[i + 1]
  local there = seq_of(id)
  if there then
    reply[#reply + 1] = -there
  else
    local added = add(id, data)
    if added.err and (string.find(added.err, 'equal or smaller', 1, true) or string.find(added.err, 'exhausted', 1, true)) then
      remove_strangers()
      added = add(id, data)
    end
    if added.err then return added end
    if turn then turn_over() end
    seq = seq + 1
    if is_fresh then
      first, bytes, since, is_fresh = seq, 0, now, false
    end
    bytes = bytes + #data
    redis.call('HSET', ids, id, number(seq))
    reply[#reply + 1] = seq
    if #data > max_told then
      told[#told + 1] = struct.pack('>ddI2I4', seq, now, #id, ${NOT_TOLD}) .. id
    else
      told[#told + 1] = struct.pack('>ddI2I4', seq, now, #id, #data) .. id .. data
      told_bytes = told_bytes + #data
    end
    is_changed = true
    if told_bytes > max_told then tell() end
  end
end

if is_changed then
  trim()
  save()
  redis.call('PEXPIRE', log, number(max_age))
  redis.call('PEXPIRE', ids, number(2 * dedupe))
end
stay()
tell()
return reply
`);

export function entryArguments(entries: readonly NewEntry[]): readonly (string | Buffer)[] {
  return entries.flatMap(({ id, data }) => [id, asBuffer(data)]);
}

/** What the script answers. */
export function parseAppended(
  reply: unknown,
  count: number,
): { appended: readonly Appended[]; removed: number } {
  const [epoch, removed, ...seqs] = Array.isArray(reply) ? (reply as unknown[]) : [];
  if (!Buffer.isBuffer(epoch) || typeof removed !== "number" || seqs.length !== count) {
    throw new EngineError(
      "ENGINE_FAULT",
      "Cannot append: the answer of Redis has another form than that of our script",
    );
  }
  const name = epoch.toString("latin1");
  const appended = seqs.map((seq) => ({
    epoch: name,
    seq: Math.abs(Number(seq)),
    isDuplicate: Number(seq) < 0,
  }));
  return { appended, removed };
}

function asBuffer(data: Uint8Array): Buffer {
  return Buffer.from(data.buffer, data.byteOffset, data.byteLength);
}

/**
 * The atomic steps. `#!lua` makes Redis refuse a script before its first write when memory is out, and refuse keys of
 * another slot. Nothing is written before every condition has been looked at, because Redis does not take back what a
 * failing script has written.
 */
import { createHash } from 'node:crypto';

export interface Script {
  readonly source: string;
  readonly sha1: string;
}

const script = (source: string): Script => ({ source, sha1: createHash('sha1').update(source).digest('hex') });

/**
 * One commit. Calls of Redis cost more than anything else here, so they are gathered.
 * KEYS: all, expiry, changes, then (index, counts) for each declared index, layout, copying, changed, then one record per
 *   operation. While somebody copies the city (`copying` exists), the names of what is written are noted in `changed`.
 * ARGV: layout, message for `changes`, names of the declared indexes (`kind/index`, each ended by LF), how many, then
 *   for each operation: type (`put`, `delete`, `check`), kind, id, revision (`any` or a number); a put also: version,
 *   expires (ms or `-`), entries (JSON), body, number of rows, then for each row: number of its index, member, group
 *   (NUL = not counted).
 * Returns 0 = done; n = the condition of operation n does not hold; `new` = the city is not registered yet; `layout x`
 *   = the city's data has another layout; `index name` = this index must be declared, too. Anything but 0 wrote nothing.
 */
export const COMMIT = script(`#!lua
local first = 4 + 2 * tonumber(ARGV[4])
local before = {}
for i = first, #KEYS, 1000 do
  local values = redis.call('MGET', unpack(KEYS, i, math.min(i + 999, #KEYS)))
  for j = 1, #values do before[i - first + j - 3] = values[j] end
end
local layout, copied = before[-2], before[-1]
if not layout then return 'new' end
if layout ~= ARGV[1] then return 'layout ' .. layout end

local indexes
local function indexOf(name)
  if not indexes then
    indexes = {}
    local at = 4
    for declared in string.gmatch(ARGV[3], '[^\\n]+') do
      indexes[declared] = at
      at = at + 2
    end
  end
  return indexes[name]
end

local operations, arg = {}, 4
while arg < #ARGV do
  local n = #operations + 1
  local op = { put = ARGV[arg + 1] == 'put', at = arg, revision = 0, old = false, expires = '-' }
  operations[n] = op
  local value, entries = before[n], nil
  if value then
    local revision, expires, length, start = string.match(value, '^(%d+) %d+ (%S+) (%d+)\\n()')
    op.revision, op.expires = tonumber(revision), expires
    entries = string.sub(value, start, start + length - 1)
  end
  local want = ARGV[arg + 4]
  if want ~= 'any' and tonumber(want) ~= op.revision then return n end
  if ARGV[arg + 1] == 'check' then
    op.check = true
  elseif entries then
    op.same = op.put and entries == ARGV[arg + 7]
    if not op.same then
      op.old = cjson.decode(entries)
      for i = 1, #op.old do
        local name = ARGV[arg + 2] .. '/' .. op.old[i][1]
        op.old[i][1] = indexOf(name)
        if not op.old[i][1] then return 'index ' .. name end
      end
    end
  end
  arg = arg + (op.put and 9 + 3 * tonumber(ARGV[arg + 9]) or 4)
end

local counts = {}
local function count(at, group, by)
  local groups = counts[at]
  if not groups then
    groups = {}
    counts[at] = groups
  end
  groups[group] = (groups[group] or 0) + by
end
local set, drop, named, unnamed, ending, unending, written = {}, {}, {}, {}, {}, {}, {}
for n, op in ipairs(operations) do
  local at, id = op.at, ARGV[op.at + 3]
  local name = ARGV[at + 2] .. '/' .. id
  if copied and not op.check then written[#written + 1] = name end
  local stays = {}
  if op.old then
    local gone = {}
    for _, entry in ipairs(op.old) do
      gone[entry[1] .. entry[2]] = entry
      if entry[3] ~= cjson.null then count(entry[1] + 1, entry[3], -1) end
    end
    if op.put then
      for row = at + 10, at + 7 + 3 * ARGV[at + 9], 3 do
        local same = (2 + 2 * ARGV[row]) .. string.sub(ARGV[row + 1], 1, -2 - #id)
        if gone[same] then
          gone[same] = nil
          stays[row] = true
        end
      end
    end
    for _, entry in pairs(gone) do redis.call('ZREM', KEYS[entry[1]], entry[2] .. '\\0' .. id) end
  end
  if op.put then
    if not op.same then
      for row = at + 10, at + 7 + 3 * ARGV[at + 9], 3 do
        local index = 2 + 2 * ARGV[row]
        if not stays[row] then redis.call('ZADD', KEYS[index], 0, ARGV[row + 1]) end
        if ARGV[row + 2] ~= '\\0' then count(index + 1, ARGV[row + 2], 1) end
      end
    end
    local expires, entries = ARGV[at + 6], ARGV[at + 7]
    set[#set + 1] = KEYS[first + 2 + n]
    set[#set + 1] = (op.revision + 1) .. ' ' .. ARGV[at + 5] .. ' ' .. expires .. ' ' .. #entries .. '\\n' .. entries
      .. ARGV[at + 8]
    if op.revision == 0 then
      named[#named + 1] = 0
      named[#named + 1] = name
    end
    if expires ~= op.expires then
      if expires == '-' then
        unending[#unending + 1] = name
      else
        ending[#ending + 1] = expires
        ending[#ending + 1] = name
      end
    end
  elseif not op.check and op.revision > 0 then
    drop[#drop + 1] = KEYS[first + 2 + n]
    unnamed[#unnamed + 1] = name
    if op.expires ~= '-' then unending[#unending + 1] = name end
  end
end
local function all(list, ...)
  local start = { ... }
  local width = #start
  for i = 1, #list, 1000 do
    for j = i, math.min(i + 999, #list) do start[width + j - i + 1] = list[j] end
    redis.call(unpack(start, 1, width + math.min(1000, #list - i + 1)))
  end
end
all(set, 'MSET')
all(drop, 'DEL')
all(named, 'ZADD', KEYS[1])
all(unnamed, 'ZREM', KEYS[1])
all(ending, 'ZADD', KEYS[2])
all(unending, 'ZREM', KEYS[2])
all(written, 'SADD', KEYS[first + 2])
for at, groups in pairs(counts) do
  for group, by in pairs(groups) do
    if by ~= 0 and redis.call('HINCRBY', KEYS[at], group, by) <= 0 then redis.call('HDEL', KEYS[at], group) end
  end
end
if ARGV[2] ~= '' then redis.call('SPUBLISH', KEYS[3], ARGV[2]) end
return 0
`);

/**
 * The rows of an index with their records, seen at one moment.
 * KEYS: index. ARGV: what stands before a record's id in its key, ZRANGE's two bounds, limit, `REV` or nothing.
 * Returns row, record, row, record …; a record is nil only while its slot moves to another node.
 */
export const LIST = script(`#!lua flags=no-writes
local rows = ARGV[5] == 'REV'
  and redis.call('ZRANGE', KEYS[1], ARGV[2], ARGV[3], 'BYLEX', 'REV', 'LIMIT', 0, ARGV[4])
  or redis.call('ZRANGE', KEYS[1], ARGV[2], ARGV[3], 'BYLEX', 'LIMIT', 0, ARGV[4])
local found = {}
for i, row in ipairs(rows) do
  found[2 * i - 1] = row
  found[2 * i] = redis.call('GET', ARGV[1] .. string.sub(row, string.find(row, '\\0', 1, true) + 1))
end
return found
`);

/**
 * From now on commits note what they write. The empty member keeps the set, and with it its end, when all is taken.
 * KEYS: copying, changed. ARGV: token, life in ms. Returns 1, or 0 while somebody else copies.
 */
export const BEGIN_COPY = script(`#!lua
if not redis.call('SET', KEYS[1], ARGV[1], 'NX', 'PX', ARGV[2]) then return 0 end
redis.call('DEL', KEYS[2])
redis.call('SADD', KEYS[2], '')
redis.call('PEXPIRE', KEYS[2], ARGV[2])
return 1
`);

/**
 * What was noted, with each record as it is at this moment; once all of it fits, nothing more is noted (if asked so).
 * KEYS: copying, changed. ARGV: token, life in ms, how many at most, what stands before a record's name in its key,
 *   `1` = end when that was all.
 * Returns `lost` when the token or the notes are not there any more, else `all` or `more`, then name, record, name, record …; a record
 *   is nil when it is gone.
 */
export const TAKE_CHANGED = script(`#!lua
if redis.call('GET', KEYS[1]) ~= ARGV[1] or redis.call('EXISTS', KEYS[2]) == 0 then return 'lost' end
local found = {}
local names = redis.call('SPOP', KEYS[2], ARGV[3])
local state = redis.call('SCARD', KEYS[2]) == 0 and 'all' or 'more'
found[1] = state
for _, name in ipairs(names) do
  if name ~= '' then
    found[#found + 1] = name
    found[#found + 1] = redis.call('GET', ARGV[4] .. name)
  end
end
if state == 'all' and ARGV[5] == '1' then
  redis.call('DEL', KEYS[1], KEYS[2])
else
  redis.call('SADD', KEYS[2], '')
  redis.call('PEXPIRE', KEYS[1], ARGV[2])
  redis.call('PEXPIRE', KEYS[2], ARGV[2])
end
return found
`);

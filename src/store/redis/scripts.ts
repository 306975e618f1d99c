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
 * Several commits of one city, one after the other; each holds or fails by itself. Calls of Redis cost more than anything
 * else here, so they are gathered over all of them: a record is read once and written once.
 * KEYS: all, expiry, changes, then (index, counts) for each declared index, layout, copying, changed, then one record per
 *   operation. While somebody copies the city (`copying` exists), the names of what is written are noted in `changed`.
 * ARGV: layout, who writes (for `changes`), names of the declared indexes (`kind/index`, each ended by LF), how many, how
 *   many commits; then for each commit: number of operations, what it says on `changes` (JSON without the brackets), and
 *   for each operation: type (`put`, `delete`, `check`, `none`), kind, id (of `none`: the prefix, and its index stands in
 *   KEYS in place of a record), revision (`any` or a number); a put also: version,
 *   expires (ms or `-`), entries (JSON), length of the body, number of rows, then for each row: number of its index, member, group
 *   (NUL = not counted). At the end all bodies, one after the other.
 * Returns for each commit 0 = done, or n = the condition of its operation n does not hold and it wrote nothing; or
 *   instead, when nothing at all was written: `new` = the city is not registered yet; `layout x` = the city's data has
 *   another layout; `index name` = this index must be declared, too.
 */
export const COMMIT = script(`#!lua
local first = 4 + 2 * tonumber(ARGV[4])
local values = {}
for i = first, #KEYS, 1000 do
  local some = redis.call('MGET', unpack(KEYS, i, math.min(i + 999, #KEYS)))
  for j = 1, #some do values[i - first + j - 1] = some[j] end
end
if not values[0] then return 'new' end
if values[0] ~= ARGV[1] then return 'layout ' .. values[0] end
local copied, base = values[1], first + 2

local indexes = {}
do
  local at = 4
  for declared in string.gmatch(ARGV[3], '[^\\n]+') do
    indexes[declared] = at
    at = at + 2
  end
end

-- What stands in Redis and what will, by the record's key.
local before, after, touched = {}, {}, {}
for n = 1, #KEYS - base do
  local key = KEYS[base + n]
  if not before[key] then
    local record = { revision = 0, expires = '-' }
    local value = values[2 + n]
    if value then
      local revision, expires, length, start = string.match(value, '^(%d+) %d+ (%S+) (%d+)\\n()')
      record.revision, record.expires = tonumber(revision), expires
      record.entries = string.sub(value, start, start + length - 1)
    end
    before[key], after[key] = record, record
    touched[#touched + 1] = key
  end
end

-- Where each operation's words begin; an index that only an older record stands in must be declared before anything is written.
local bodies, body = ARGV[#ARGV], 1
local commits, arg, n = {}, 5, 0
for c = 1, tonumber(ARGV[5]) do
  local operations = { says = ARGV[arg + 2] }
  local count = tonumber(ARGV[arg + 1])
  arg = arg + 2
  for i = 1, count do
    n = n + 1
    local type = ARGV[arg + 1]
    local put = type == 'put'
    local key = KEYS[base + n]
    local check = type == 'check' or type == 'none'
    operations[i] = { at = arg, key = key, put = put, check = check, none = type == 'none', body = body }
    if put then body = body + tonumber(ARGV[arg + 8]) end
    local entries = before[key].entries
    if entries and not operations[i].check and not (put and entries == ARGV[arg + 7]) then
      for _, entry in ipairs(cjson.decode(entries)) do
        local name = ARGV[arg + 2] .. '/' .. entry[1]
        if not indexes[name] then return 'index ' .. name end
      end
    end
    arg = arg + (put and 9 + 3 * tonumber(ARGV[arg + 9]) or 4)
  end
  commits[c] = operations
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

local function apply(op)
  local at, id, old = op.at, ARGV[op.at + 3], after[op.key]
  local entries = op.put and ARGV[at + 7] or nil
  if old.entries ~= entries then
    local gone, stays = {}, {}
    if old.entries then
      for _, entry in ipairs(cjson.decode(old.entries)) do
        local index = indexes[ARGV[at + 2] .. '/' .. entry[1]]
        gone[index .. entry[2]] = { index, entry[2] }
        if entry[3] ~= cjson.null then count(index + 1, entry[3], -1) end
      end
    end
    if op.put then
      for row = at + 10, at + 7 + 3 * ARGV[at + 9], 3 do
        local index = 2 + 2 * ARGV[row]
        local same = index .. string.sub(ARGV[row + 1], 1, -2 - #id)
        if gone[same] then
          gone[same] = nil
        else
          redis.call('ZADD', KEYS[index], 0, ARGV[row + 1])
        end
        if ARGV[row + 2] ~= '\\0' then count(index + 1, ARGV[row + 2], 1) end
      end
    end
    for _, entry in pairs(gone) do redis.call('ZREM', KEYS[entry[1]], entry[2] .. '\\0' .. id) end
  end
  local name = ARGV[at + 2] .. '/' .. id
  if not op.put then
    after[op.key] = { revision = 0, expires = '-', name = name }
    return
  end
  local revision, expires = old.revision + 1, ARGV[at + 6]
  after[op.key] = {
    revision = revision,
    expires = expires,
    entries = entries,
    name = name,
    value = revision .. ' ' .. ARGV[at + 5] .. ' ' .. expires .. ' ' .. #entries .. '\\n' .. entries
      .. string.sub(bodies, op.body, op.body + tonumber(ARGV[at + 8]) - 1),
  }
end

local results, said = {}, {}
for c, operations in ipairs(commits) do
  results[c] = 0
  for i, op in ipairs(operations) do
    local want, prefix = ARGV[op.at + 4], ARGV[op.at + 3]
    local found = op.none and redis.call('ZRANGE', op.key, '[' .. prefix, '(' .. prefix .. '\\255', 'BYLEX', 'LIMIT', 0, 1)
    if found and #found > 0 or want ~= 'any' and tonumber(want) ~= after[op.key].revision then
      results[c] = i
      break
    end
  end
  if results[c] == 0 then
    for _, op in ipairs(operations) do
      if not op.check and (op.put or after[op.key].revision > 0) then apply(op) end
    end
    if operations.says ~= '' then said[#said + 1] = operations.says end
  end
end

local set, drop, named, unnamed, ending, unending, written = {}, {}, {}, {}, {}, {}, {}
for _, key in ipairs(touched) do
  local old, new = before[key], after[key]
  if new ~= old then
    if copied then written[#written + 1] = new.name end
    if new.value then
      set[#set + 1] = key
      set[#set + 1] = new.value
      if old.revision == 0 then
        named[#named + 1] = 0
        named[#named + 1] = new.name
      end
    elseif old.revision > 0 then
      drop[#drop + 1] = key
      unnamed[#unnamed + 1] = new.name
    end
    if new.expires ~= old.expires then
      if new.expires == '-' then
        unending[#unending + 1] = new.name
      else
        ending[#ending + 1] = new.expires
        ending[#ending + 1] = new.name
      end
    end
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
all(written, 'SADD', KEYS[base])
for at, groups in pairs(counts) do
  for group, by in pairs(groups) do
    if by ~= 0 and redis.call('HINCRBY', KEYS[at], group, by) <= 0 then redis.call('HDEL', KEYS[at], group) end
  end
end
if #said > 0 then redis.call('SPUBLISH', KEYS[3], '["' .. ARGV[2] .. '",' .. table.concat(said, ',') .. ']') end
return results
`);

/**
 * The rows of several indexes of one city with their records, seen at one moment.
 * KEYS: the indexes. ARGV, for each: what stands before a record's id in its key, ZRANGE's two bounds, limit, `REV` or nothing.
 * Returns for each: row, record, row, record …; a record is nil only while its slot moves to another node.
 */
export const LIST = script(`#!lua flags=no-writes
local all = {}
for n, index in ipairs(KEYS) do
  local at = 5 * n - 5
  local rows = ARGV[at + 5] == 'REV'
    and redis.call('ZRANGE', index, ARGV[at + 2], ARGV[at + 3], 'BYLEX', 'REV', 'LIMIT', 0, ARGV[at + 4])
    or redis.call('ZRANGE', index, ARGV[at + 2], ARGV[at + 3], 'BYLEX', 'LIMIT', 0, ARGV[at + 4])
  local found = {}
  for i, row in ipairs(rows) do
    found[2 * i - 1] = row
    found[2 * i] = redis.call('GET', ARGV[at + 1] .. string.sub(row, string.find(row, '\\0', 1, true) + 1))
  end
  all[n] = found
end
return all
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

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
 * One commit.
 * KEYS: layout, all, expiry, changes, then (index, counts) for each declared index, then one record per operation.
 * ARGV: layout, message for `changes`, number of indexes, their names (`kind/index`), then for each operation: type
 *   (`put`, `delete`, `check`), kind, id, revision (`any` or a number); a put also: version, expires (ms or `-`),
 *   entries (JSON), body.
 * Returns 0 = done; n = the condition of operation n does not hold; `new` = the city is not registered yet; `layout x`
 *   = the city's data has another layout; `index name` = this index must be declared, too. Anything but 0 wrote nothing.
 */
export const COMMIT = script(`#!lua
local layout = redis.call('GET', KEYS[1])
if not layout then return 'new' end
if layout ~= ARGV[1] then return 'layout ' .. layout end
local declared, indexes = tonumber(ARGV[3]), {}
for i = 1, declared do indexes[ARGV[3 + i]] = 3 + 2 * i end
local key, arg, operations = 4 + 2 * declared, 3 + declared, {}
while arg < #ARGV do
  key = key + 1
  local op = { key = KEYS[key], type = ARGV[arg + 1], kind = ARGV[arg + 2], id = ARGV[arg + 3], revision = 0,
    entries = '[]', expires = '-', old = {}, new = {} }
  local want = ARGV[arg + 4]
  if op.type == 'put' then
    op.version, op.toExpire, op.toEntries, op.body = ARGV[arg + 5], ARGV[arg + 6], ARGV[arg + 7], ARGV[arg + 8]
    arg = arg + 8
  else
    op.toEntries = '[]'
    arg = arg + 4
  end
  operations[#operations + 1] = op
  local head = redis.call('GETRANGE', op.key, 0, 1023)
  if head ~= '' then
    local revision, expires, length, start = string.match(head, '^(%d+) %d+ (%S+) (%d+)\\n()')
    op.revision, op.expires = tonumber(revision), expires
    local stop = start + length - 1
    op.entries = stop <= #head and string.sub(head, start, stop) or redis.call('GETRANGE', op.key, start - 1, stop - 1)
  end
  if want ~= 'any' and tonumber(want) ~= op.revision then return #operations end
  if op.type ~= 'check' and op.entries ~= op.toEntries then
    op.old, op.new = cjson.decode(op.entries), cjson.decode(op.toEntries)
    for _, entry in ipairs(op.old) do
      local name = op.kind .. '/' .. entry[1]
      if not indexes[name] then return 'index ' .. name end
    end
  end
end

local counts = {}
local function count(at, group, by)
  if group == cjson.null then return end
  counts[at] = counts[at] or {}
  counts[at][group] = (counts[at][group] or 0) + by
end
for _, op in ipairs(operations) do
  local name = op.kind .. '/' .. op.id
  local stays = {}
  for _, entry in ipairs(op.new) do stays[entry[1] .. '\\0' .. entry[2]] = 1 end
  for _, entry in ipairs(op.old) do
    local at, row = indexes[op.kind .. '/' .. entry[1]], entry[1] .. '\\0' .. entry[2]
    if stays[row] then stays[row] = 2 else redis.call('ZREM', KEYS[at], entry[2] .. '\\0' .. op.id) end
    count(at + 1, entry[3], -1)
  end
  for _, entry in ipairs(op.new) do
    local at = indexes[op.kind .. '/' .. entry[1]]
    if stays[entry[1] .. '\\0' .. entry[2]] == 1 then redis.call('ZADD', KEYS[at], 0, entry[2] .. '\\0' .. op.id) end
    count(at + 1, entry[3], 1)
  end
  if op.type == 'put' then
    redis.call('SET', op.key, string.format('%d %s %s %d\\n', op.revision + 1, op.version, op.toExpire, #op.toEntries)
      .. op.toEntries .. op.body)
    if op.revision == 0 then redis.call('ZADD', KEYS[2], 0, name) end
    if op.toExpire ~= op.expires then
      if op.toExpire == '-' then redis.call('ZREM', KEYS[3], name) else redis.call('ZADD', KEYS[3], op.toExpire, name) end
    end
  elseif op.type == 'delete' and op.revision > 0 then
    redis.call('DEL', op.key)
    redis.call('ZREM', KEYS[2], name)
    if op.expires ~= '-' then redis.call('ZREM', KEYS[3], name) end
  end
end
for at, groups in pairs(counts) do
  for group, by in pairs(groups) do
    if by ~= 0 and redis.call('HINCRBY', KEYS[at], group, by) <= 0 then redis.call('HDEL', KEYS[at], group) end
  end
end
if ARGV[2] ~= '' then redis.call('SPUBLISH', KEYS[4], ARGV[2]) end
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

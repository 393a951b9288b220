/**
 * The same as BullMQ's own promotion of a job without priority (commands/promote-9.lua), for those of the keys whose job
 * waits out a backoff that nobody asked for. In one script: between a look at the job and its promotion a worker could
 * run it and be told by the other side to wait.
 *
 * KEYS 1 delayed, 2 wait, 3 meta, 4 active, 5 events, 6 marker, 7... one deduplication key for each trigger id
 * ARGV 1 prefix of the queue's keys, 2 now in milliseconds
 */
export const promoteDelayed = `
local paused = redis.call('HEXISTS', KEYS[3], 'paused') == 1
local concurrency = tonumber(redis.call('HGET', KEYS[3], 'concurrency'))
local maxed = concurrency and redis.call('LLEN', KEYS[4]) >= concurrency
local promoted = 0
for index = 7, #KEYS do
  local id = redis.call('GET', KEYS[index])
  if id and redis.call('ZSCORE', KEYS[1], id) then
    local job = ARGV[1] .. id
    local progress = redis.call('HGET', job, 'progress')
    local read, content = pcall(cjson.decode, progress or '')
    local notBefore = read and type(content) == 'table' and tonumber(content['notBefore']) or 0
    if notBefore <= tonumber(ARGV[2]) then
      redis.call('ZREM', KEYS[1], id)
      redis.call('LPUSH', KEYS[2], id)
      redis.call('XADD', KEYS[5], '*', 'event', 'waiting', 'jobId', id, 'prev', 'delayed')
      redis.call('HSET', job, 'delay', 0)
      promoted = promoted + 1
    end
  end
end
if promoted > 0 and not paused and not maxed then redis.call('ZADD', KEYS[6], 0, '0') end
return promoted`;

/**
 * Which of the trigger ids have a job that waits, is delayed or runs. Lists are read once and not searched once for each
 * id; the window of a lane keeps them short.
 *
 * KEYS 1 wait, 2 active, 3 paused, 4 delayed, 5... one deduplication key for each trigger id
 * Returns one 0 or 1 for each of those.
 */
export const heldJobs = `
local known = {}
for list = 1, 3 do
  for _, id in ipairs(redis.call('LRANGE', KEYS[list], 0, -1)) do known[id] = true end
end
local held = {}
for index = 5, #KEYS do
  local id = redis.call('GET', KEYS[index])
  held[index - 4] = id and (known[id] or redis.call('ZSCORE', KEYS[4], id)) and 1 or 0
end
return held`;

/*
 * The gate's scripts. A domain of a gate has six keys:
 *
 *     s         its state: a hash; besides what every domain has, g and w (which incarnations of the server and of the
 *               record it belongs to), p (up to where the journal is fed), since (when it began)
 *     left      what can still be claimed of each account it knows
 *     open      what claims took of it that the journal did not show yet
 *     claims    what each claim took; 0 when the journal has shown it. A claim is the group's id and the account
 *     times     open claims by when they were made
 *     done      the others by when they were shown
 *
 * Each script begins with the same lines: of another incarnation of either, all is forgotten.
 */
#include "drivers/redis/driver.h"

#define BEGIN                                                                                    \
	"local s, left, open, claims = KEYS[1], KEYS[2], KEYS[3], KEYS[4]\n"                     \
	"local times, done, a = KEYS[5], KEYS[6], 2\n"                                           \
	"local function arg() a = a + 1 return ARGV[a] end\n"                                    \
	"local clock = redis.call('TIME')\n"                                                     \
	"local now = clock[1] * 1000 + math.floor(clock[2] / 1000)\n"                            \
	"local told = redis.call('HMGET', s, 'g', 'w', 'p', 'since')\n"                          \
	"local fed, since = tonumber(told[3] or '0'), tonumber(told[4] or '0')\n"                \
	"if told[1] ~= ARGV[1] or told[2] ~= ARGV[2] then\n"                                     \
	"  redis.call('UNLINK', left, open, claims, times, done)\n"                              \
	"  if told[2] ~= ARGV[2] then fed = 0 end\n"                                             \
	"  since = now\n"                                                                        \
	"  redis.call('HSET', s, 'g', ARGV[1], 'w', ARGV[2], 'p', string.format('%.0f', fed),\n" \
	"    'since', string.format('%.0f', now))\n"                                             \
	"end\n"

/* Takes an open claim back. */
#define GIVE                                                                                                   \
	"local function give(claim)\n"                                                                         \
	"  local took, account = redis.call('HGET', claims, claim), string.sub(claim, 17)\n"                   \
	"  if not took or took == '0' then return 0 end\n"                                                     \
	"  if redis.call('HEXISTS', left, account) == 1 then redis.call('HINCRBY', left, account, took) end\n" \
	"  redis.call('HINCRBY', open, account, '-' .. took)\n"                                                \
	"  redis.call('HDEL', claims, claim)\n"                                                                \
	"  redis.call('ZREM', times, claim)\n"                                                                 \
	"  return 1\n"                                                                                         \
	"end\n"

/* How long a claim is remembered, and a repeat of its group recognized. */
#define REMEMBERED "600000"

static const char *const texts[SC__SCRIPTS] = {
	/* ARGV, for each group: how many accounts, when its id was made, its id; of each account: which, how many.
	 * Answers for each group its verdict, and for each account what is left. */
	[SC__GATE_CLAIM] = BEGIN
	"local out = {}\n"
	"while a < #ARGV do\n"
	"  local count, made, id = tonumber(arg()), tonumber(arg()), arg()\n"
	"  local verdict, from, at = 1, a, #out + 1\n"
	"  out[at] = 1\n"
	"  if redis.call('HEXISTS', claims, id .. ARGV[from + 1]) == 0 then\n"
	"    for n = 1, count do\n"
	"      local has = redis.call('HGET', left, ARGV[from + 2 * n - 1])\n"
	"      if not has then verdict = 3\n"
	"      elseif tonumber(has) < tonumber(ARGV[from + 2 * n]) and verdict == 1 then verdict = 2 end\n"
	"      out[at + n] = tonumber(has or '0')\n"
	"    end\n"
	"    if verdict == 2 and (made < since or made < now - " REMEMBERED ") then verdict = 3 end\n"
	"    for n = 1, verdict == 1 and count or 0 do\n"
	"      local account, wants = ARGV[from + 2 * n - 1], ARGV[from + 2 * n]\n"
	"      redis.call('HINCRBY', left, account, '-' .. wants)\n"
	"      redis.call('HINCRBY', open, account, wants)\n"
	"      redis.call('HSET', claims, id .. account, wants)\n"
	"      redis.call('ZADD', times, string.format('%.0f', now), id .. account)\n"
	"    end\n"
	"    out[at] = verdict\n"
	"  else\n"
	"    for n = 1, count do out[at + n] = 0 end\n"
	"  end\n"
	"  a = from + 2 * count\n"
	"end\n"
	"return out\n",

	/* ARGV: claims. */
	[SC__GATE_GIVE] = BEGIN GIVE "while a < #ARGV do give(arg()) end\n"
				     "return 1\n",

	/* ARGV: an age, and how many at most. Answers how many were given back. */
	[SC__GATE_SWEEP] = BEGIN GIVE
	"local given, age, most = 0, tonumber(arg()), arg()\n"
	"local old = redis.call('ZRANGEBYSCORE', times, '-inf', string.format('%.0f', now - age), 'LIMIT', 0, most)\n"
	"for n = 1, #old do given = given + give(old[n]) end\n"
	"old = redis.call('ZRANGEBYSCORE', done, '-inf', string.format('%.0f', now - " REMEMBERED
	"), 'LIMIT', 0, most)\n"
	"for n = 1, #old do\n"
	"  redis.call('HDEL', claims, old[n])\n"
	"  redis.call('ZREM', done, old[n])\n"
	"end\n"
	"return given\n",

	[SC__GATE_FED] = BEGIN "return string.format('%.0f', fed)\n",

	/* ARGV: up to where; "begin" or "go on"; of each entry: position, account, what it is (h: a hold; x: no bound
	 * any more; -: anything else), group, by how much more can be claimed. */
	[SC__GATE_FEED] = BEGIN
	"local upto, how = arg(), arg()\n"
	"if how == 'begin' and fed ~= 0 then return 0 end\n"
	"while a < #ARGV do\n"
	"  local position, account, what, id, more = tonumber(arg()), arg(), arg(), arg(), tonumber(arg())\n"
	"  if position > fed then\n"
	"    local claim = id .. account\n"
	"    local took = what == 'h' and redis.call('HGET', claims, claim)\n"
	"    if took and took ~= '0' then\n"
	"      more = more + tonumber(took)\n"
	"      redis.call('HINCRBY', open, account, '-' .. took)\n"
	"      redis.call('ZREM', times, claim)\n"
	"    end\n"
	"    if what == 'h' then\n"
	"      redis.call('HSET', claims, claim, '0')\n"
	"      redis.call('ZADD', done, string.format('%.0f', now), claim)\n"
	"    end\n"
	"    if what == 'x' then redis.call('HDEL', left, account)\n"
	"    elseif more ~= 0 and redis.call('HEXISTS', left, account) == 1 then\n"
	"      redis.call('HINCRBY', left, account, string.format('%.0f', more))\n"
	"    end\n"
	"  end\n"
	"end\n"
	"if tonumber(upto) > fed then redis.call('HSET', s, 'p', upto) end\n"
	"return 1\n",

	/* ARGV: an account. Answers what is left (nil: not known), what is open, up to where it is fed. */
	[SC__GATE_LEVEL] = BEGIN
	"local account = arg()\n"
	"return { redis.call('HGET', left, account) or '', redis.call('HGET', open, account) or '0',\n"
	"  string.format('%.0f', fed) }\n",

	/* ARGV: an account, what is free of it, up to where that is so. */
	[SC__GATE_LEARN] = BEGIN "local account, free, upto = arg(), tonumber(arg()), tonumber(arg())\n"
				 "if fed ~= upto then return 0 end\n"
				 "local taken = tonumber(redis.call('HGET', open, account) or '0')\n"
				 "redis.call('HSET', left, account, string.format('%.0f', free - taken))\n"
				 "return 1\n",
};

const char *sc__gate_text(sc__script script)
{
	return texts[script];
}

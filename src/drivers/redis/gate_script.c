/*
 * The gate's scripts. A domain of a gate has four keys:
 *
 *     s         its state: a hash; besides what every domain has, g and w (which incarnations of the server and of the
 *               record it belongs to), p (up to where the journal is fed), since (when it began), scan (where the sweep
 *               goes on)
 *     left      what can still be claimed of each account it knows
 *     open      what claims took of it that the journal did not show yet
 *     claims    what each claim took, 0 when the journal has shown it, and when. A claim is the group's id and the
 *               account
 *
 * Each script begins with the same lines: of another incarnation of either, all is forgotten. What a batch reads and
 * writes goes into few commands, because each of them costs more than what is done with it, and again in the AOF.
 */
#include "drivers/redis/driver.h"

/* How long a claim is remembered, and a repeat of its group recognized. */
#define REMEMBERED "600000"

/* clang-format off */
#define BEGIN \
	"local s, left, open, claims = KEYS[1], KEYS[2], KEYS[3], KEYS[4]\n" \
	"local clock = redis.call('TIME')\n" \
	"local now = clock[1] * 1000 + math.floor(clock[2] / 1000)\n" \
	"local told = redis.call('HMGET', s, 'g', 'w', 'p', 'since')\n" \
	"local fed, since = tonumber(told[3] or '0'), tonumber(told[4] or '0')\n" \
	"if told[1] ~= ARGV[1] or told[2] ~= ARGV[2] then\n" \
	"  redis.call('UNLINK', left, open, claims)\n" \
	"  if told[2] ~= ARGV[2] then fed = 0 end\n" \
	"  since = now\n" \
	"  redis.call('HSET', s, 'g', ARGV[1], 'w', ARGV[2], 'p', string.format('%.0f', fed),\n" \
	"    'since', string.format('%.0f', now))\n" \
	"end\n"

/* Values of many fields at once; levels of accounts, read when they are first looked at; what is written at the end. */
#define TOGETHER \
	"local function fetch(fields)\n" \
	"  local found = {}\n" \
	"  for from = 1, #fields, 1000 do\n" \
	"    local to = math.min(from + 999, #fields)\n" \
	"    local values = redis.call('HMGET', claims, unpack(fields, from, to))\n" \
	"    for n = from, to do found[fields[n]] = values[n - from + 1] end\n" \
	"  end\n" \
	"  return found\n" \
	"end\n" \
	"local levels, changed, opened, written = {}, {}, {}, {}\n" \
	"local function level(account)\n" \
	"  if levels[account] == nil then levels[account] = tonumber(redis.call('HGET', left, account) or '') or false end\n" \
	"  return levels[account]\n" \
	"end\n" \
	"local function add(account, units)\n" \
	"  if level(account) then\n" \
	"    levels[account] = levels[account] + units\n" \
	"    changed[account] = true\n" \
	"  end\n" \
	"end\n" \
	"local stamp = string.format(' %.0f', now)\n" \
	"local function note(claim, units)\n" \
	"  written[#written + 1] = claim\n" \
	"  written[#written + 1] = units .. stamp\n" \
	"end\n" \
	"local function finish()\n" \
	"  for account in pairs(changed) do\n" \
	"    redis.call('HSET', left, account, string.format('%.0f', levels[account]))\n" \
	"  end\n" \
	"  for account, units in pairs(opened) do\n" \
	"    redis.call('HINCRBY', open, account, string.format('%.0f', units))\n" \
	"  end\n" \
	"  for from = 1, #written, 2000 do\n" \
	"    redis.call('HSET', claims, unpack(written, from, math.min(from + 1999, #written)))\n" \
	"  end\n" \
	"end\n" \
	"local function units_of(value) return tonumber(string.match(value, '^%d+')) end\n"

/* Takes an open claim back. */
#define GIVE \
	"local function give(claim, value)\n" \
	"  local account, units = string.sub(claim, 17), units_of(value)\n" \
	"  if units == 0 then return 0 end\n" \
	"  add(account, units)\n" \
	"  opened[account] = (opened[account] or 0) - units\n" \
	"  redis.call('HDEL', claims, claim)\n" \
	"  return 1\n" \
	"end\n"

static const char *const texts[SC__SCRIPTS] = {
	/* ARGV, for each group: how many accounts, when its id was made, its id; of each account: which, how many.
	 * Answers for each group its verdict, and for each account what is left. */
	[SC__GATE_CLAIM] = BEGIN TOGETHER
	"local out, fields, at = {}, {}, 2\n"
	"while at < #ARGV do\n"
	"  fields[#fields + 1] = ARGV[at + 3] .. ARGV[at + 4]\n"
	"  at = at + 3 + 2 * tonumber(ARGV[at + 1])\n"
	"end\n"
	"local seen = fetch(fields)\n"
	"at = 2\n"
	"while at < #ARGV do\n"
	"  local count, made, id = tonumber(ARGV[at + 1]), tonumber(ARGV[at + 2]), ARGV[at + 3]\n"
	"  local verdict, row, known = 1, #out + 1, seen[id .. ARGV[at + 4]]\n"
	"  out[row] = 1\n"
	"  for n = 1, count do\n"
	"    local has, wants = level(ARGV[at + 2 + 2 * n]), tonumber(ARGV[at + 3 + 2 * n])\n"
	"    if not has then verdict = 3 elseif has < wants and verdict == 1 then verdict = 2 end\n"
	"    out[row + n] = has or 0\n"
	"  end\n"
	"  if verdict == 2 and (made < since or made < now - " REMEMBERED ") then verdict = 3 end\n"
	"  if not known then\n"
	"    out[row] = verdict\n"
	"    for n = 1, verdict == 1 and count or 0 do\n"
	"      local account, wants = ARGV[at + 2 + 2 * n], tonumber(ARGV[at + 3 + 2 * n])\n"
	"      add(account, -wants)\n"
	"      opened[account] = (opened[account] or 0) + wants\n"
	"      note(id .. account, ARGV[at + 3 + 2 * n])\n"
	"      seen[id .. account] = true\n"
	"    end\n"
	"  end\n"
	"  at = at + 3 + 2 * count\n"
	"end\n"
	"finish()\n"
	"return out\n",

	/* ARGV: claims. */
	[SC__GATE_GIVE] = BEGIN TOGETHER GIVE
	"local fields = {}\n"
	"for n = 3, #ARGV do fields[#fields + 1] = ARGV[n] end\n"
	"for claim, value in pairs(fetch(fields)) do if value then give(claim, value) end end\n"
	"finish()\n"
	"return 1\n",

	/* ARGV: an age, and about how many are looked at. Answers how many were given back. */
	[SC__GATE_SWEEP] = BEGIN TOGETHER GIVE
	"local given, age = 0, tonumber(ARGV[3])\n"
	"local found = redis.call('HSCAN', claims, redis.call('HGET', s, 'scan') or '0', 'COUNT', ARGV[4])\n"
	"for n = 1, #found[2], 2 do\n"
	"  local claim, value = found[2][n], found[2][n + 1]\n"
	"  local old = now - tonumber(string.match(value, '%d+$'))\n"
	"  if units_of(value) > 0 then\n"
	"    if old >= age then given = given + give(claim, value) end\n"
	"  elseif old >= " REMEMBERED " then redis.call('HDEL', claims, claim) end\n"
	"end\n"
	"redis.call('HSET', s, 'scan', found[1])\n"
	"finish()\n"
	"return given\n",

	[SC__GATE_FED] = BEGIN "return string.format('%.0f', fed)\n",

	/* ARGV: up to where; "begin" or "go on"; of each entry: position, account, what it is (h: a hold; x: no bound any
	 * more; -: anything else), group, by how much more can be claimed. */
	[SC__GATE_FEED] = BEGIN TOGETHER
	"if ARGV[4] == 'begin' and fed ~= 0 then return 0 end\n"
	"local fields = {}\n"
	"for at = 5, #ARGV, 5 do\n"
	"  if ARGV[at + 2] == 'h' then fields[#fields + 1] = ARGV[at + 3] .. ARGV[at + 1] end\n"
	"end\n"
	"local seen, past = fetch(fields), false\n"
	"for at = 5, #ARGV, 5 do\n"
	"  local account, what, more = ARGV[at + 1], ARGV[at + 2], tonumber(ARGV[at + 4])\n"
	"  past = past or tonumber(ARGV[at]) > fed\n"
	"  if past then\n"
	"    if what == 'h' then\n"
	"      local claim = ARGV[at + 3] .. account\n"
	"      local took = seen[claim] and units_of(seen[claim]) or 0\n"
	"      if took > 0 then opened[account] = (opened[account] or 0) - took end\n"
	"      more = more + took\n"
	"      note(claim, '0')\n"
	"      seen[claim] = '0'\n"
	"    end\n"
	"    if what == 'x' then\n"
	"      redis.call('HDEL', left, account)\n"
	"      levels[account], changed[account] = false, nil\n"
	"    elseif more ~= 0 then add(account, more) end\n"
	"  end\n"
	"end\n"
	"finish()\n"
	"if tonumber(ARGV[3]) > fed then redis.call('HSET', s, 'p', ARGV[3]) end\n"
	"return 1\n",

	/* ARGV: an account. Answers what is left (empty: not known), what is open, up to where it is fed. */
	[SC__GATE_LEVEL] = BEGIN
	"return { redis.call('HGET', left, ARGV[3]) or '', redis.call('HGET', open, ARGV[3]) or '0',\n"
	"  string.format('%.0f', fed) }\n",

	/* ARGV: an account, what is free of it, up to where that is so. */
	[SC__GATE_LEARN] = BEGIN
	"if fed ~= tonumber(ARGV[5]) then return 0 end\n"
	"local taken = tonumber(redis.call('HGET', open, ARGV[3]) or '0')\n"
	"redis.call('HSET', left, ARGV[3], string.format('%.0f', tonumber(ARGV[4]) - taken))\n"
	"return 1\n",
};
/* clang-format on */

const char *sc__gate_text(sc__script script)
{
	return texts[script];
}

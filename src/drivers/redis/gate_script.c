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
 * writes goes into few commands, because each of them costs more than what is done with it, and again in the AOF. What
 * a batch says comes in one argument, for the same reason: a dozen small ones for each claim cost five times its
 * decision.
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

/* Values of many fields at once, in order; levels of accounts, read when they are first looked at; what is written at the end. */
#define TOGETHER \
	"local read, cut = struct.unpack, string.sub\n" \
	"local function fetch(fields)\n" \
	"  local found = {}\n" \
	"  for from = 1, #fields, 1000 do\n" \
	"    local values = redis.call('HMGET', claims, unpack(fields, from, math.min(from + 999, #fields)))\n" \
	"    if from == 1 then found = values\n" \
	"    else for n = 1, #values do found[from + n - 1] = values[n] end end\n" \
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
	"local stamp, stamped, noted = string.format(' %.0f', now), {}, 0\n" \
	"local function note(claim, units)\n" \
	"  stamped[units] = stamped[units] or string.format('%.0f', units) .. stamp\n" \
	"  written[noted + 1], written[noted + 2] = claim, stamped[units]\n" \
	"  noted = noted + 2\n" \
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
	"local parsed = {}\n" \
	"local function units_of(value)\n" \
	"  local units = parsed[value]\n" \
	"  if not units then\n" \
	"    units = tonumber(string.match(value, '^%d+'))\n" \
	"    parsed[value] = units\n" \
	"  end\n" \
	"  return units\n" \
	"end\n"

/* Takes an open claim back. */
#define GIVE \
	"local function give(claim, value)\n" \
	"  local account, units = cut(claim, 17), units_of(value)\n" \
	"  if units == 0 then return 0 end\n" \
	"  add(account, units)\n" \
	"  opened[account] = (opened[account] or 0) - units\n" \
	"  redis.call('HDEL', claims, claim)\n" \
	"  return 1\n" \
	"end\n"

static const char *const texts[SC__SCRIPTS] = {
	/* ARGV: groups; of each, how many accounts (two bytes), and of each of those how many units (six bytes), the
	 * claim's size (two) and the claim. Answers a digit for each group, its verdict; then for each account of a group that did
	 * not pass what is left. */
	[SC__GATE_CLAIM] = BEGIN TOGETHER
	"local batch, at = ARGV[3], 1\n"
	"local fields, wants, counts, lines, groups = {}, {}, {}, 0, 0\n"
	"while at <= #batch do\n"
	"  groups, lines = groups + 1, lines + 1\n"
	"  counts[groups], wants[lines], fields[lines], at = read('>I2I6I2c0', batch, at)\n"
	"  for n = 2, counts[groups] do\n"
	"    lines = lines + 1\n"
	"    wants[lines], fields[lines], at = read('>I6I2c0', batch, at)\n"
	"  end\n"
	"end\n"
	"local seen, mine, verdicts, short, last = fetch(fields), {}, {}, {}, 0\n"
	"local function take(n)\n"
	"  local claim, account, units = fields[n], cut(fields[n], 17), wants[n]\n"
	"  levels[account] = levels[account] - units\n"
	"  changed[account] = true\n"
	"  opened[account] = (opened[account] or 0) + units\n"
	"  note(claim, units)\n"
	"  mine[claim] = true\n"
	"end\n"
	"local function judge(first, last)\n"
	"  local verdict = 1\n"
	"  for n = first, last do\n"
	"    local has = level(cut(fields[n], 17))\n"
	"    if not has then verdict = 3 elseif has < wants[n] and verdict == 1 then verdict = 2 end\n"
	"  end\n"
	"  if verdict == 2 then\n"
	"    local made = read('>I6', fields[first])\n"
	"    if made < since or made < now - " REMEMBERED " then return 3 end\n"
	"  end\n"
	"  return verdict\n"
	"end\n"
	"for group = 1, groups do\n"
	"  local first, verdict = last + 1, 1\n"
	"  last = last + counts[group]\n"
	"  if not seen[first] and not mine[fields[first]] then\n"
	"    verdict = judge(first, last)\n"
	"    for n = first, last do\n"
	"      if verdict == 1 then take(n) else short[#short + 1] = level(cut(fields[n], 17)) or 0 end\n"
	"    end\n"
	"  end\n"
	"  verdicts[group] = verdict\n"
	"end\n"
	"finish()\n"
	"return { table.concat(verdicts), short }\n",

	/* ARGV: claims. */
	[SC__GATE_GIVE] = BEGIN TOGETHER GIVE
	"local fields = {}\n"
	"for n = 3, #ARGV do fields[#fields + 1] = ARGV[n] end\n"
	"local given = {}\n"
	"for n, value in ipairs(fetch(fields)) do\n"
	"  if value and not given[fields[n]] then give(fields[n], value) end\n"
	"  given[fields[n]] = true\n"
	"end\n"
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

	/* ARGV: up to where; "begin" or "go on"; entries: of each its position and by how much more can be claimed (eight
	 * bytes each), what it is (one: h, a hold; x, no bound any more; -, anything else), its claim's size (two) and
	 * claim. */
	[SC__GATE_FEED] = BEGIN TOGETHER
	"if ARGV[4] == 'begin' and fed ~= 0 then return 0 end\n"
	"local batch, at, fields, kinds, changes, count = ARGV[5], 1, {}, {}, {}, 0\n"
	"while at <= #batch do\n"
	"  local position, more, kind, claim\n"
	"  position, more, kind, claim, at = read('>I8i8c1I2c0', batch, at)\n"
	"  if position > fed then\n"
	"    count = count + 1\n"
	"    fields[count], kinds[count], changes[count] = claim, kind, more\n"
	"  end\n"
	"end\n"
	"local seen, shown = fetch(fields), {}\n"
	"for n = 1, count do\n"
	"  local claim, more, account = fields[n], changes[n], cut(fields[n], 17)\n"
	"  if kinds[n] == 'h' then\n"
	"    local took = seen[n] and not shown[claim] and units_of(seen[n]) or 0\n"
	"    if took > 0 then opened[account] = (opened[account] or 0) - took end\n"
	"    more = more + took\n"
	"    note(claim, 0)\n"
	"    shown[claim] = true\n"
	"  end\n"
	"  if kinds[n] == 'x' then\n"
	"    redis.call('HDEL', left, account)\n"
	"    levels[account], changed[account] = false, nil\n"
	"  elseif more ~= 0 then add(account, more) end\n"
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

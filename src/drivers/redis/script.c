/*
 * The scripts, and running them by their digest.
 *
 * A script does nothing that the library could decide: the commit checks that the rows are as they were read, draws
 * positions, puts them into the heads of rows and writes. Positions stay below 2^53, because Lua counts in doubles.
 */
#include "drivers/redis/driver.h"

#include "base/error.h"

#include <string.h>

static const char *const texts[SC__SCRIPTS] = {
	/* KEYS: state, journal, then one for each check and each operation, in order. ARGV: incarnation, time, how many
	 * positions, how many checks, the versions they want, the operations. Answers the first position; -1: a row
	 * changed; -2: another incarnation. A position that does not begin with a zero byte counts from the first. */
	[SC__COMMIT] = "local state, journal, k, a = KEYS[1], KEYS[2], 2, 4\n"
		       "local function key() k = k + 1 return KEYS[k] end\n"
		       "local function arg() a = a + 1 return ARGV[a] end\n"
		       "local told = redis.call('HMGET', state, 'i', 't')\n"
		       "if told[1] ~= ARGV[1] then return -2 end\n"
		       "for n = 1, tonumber(ARGV[4]) do\n"
		       "  if redis.call('GETRANGE', key(), 0, 7) ~= arg() then return -1 end\n"
		       "end\n"
		       "local drawn, first = tonumber(ARGV[3]), 0\n"
		       "if drawn > 0 then first = redis.call('HINCRBY', state, 'n', ARGV[3]) - drawn + 1 end\n"
		       "if tonumber(ARGV[2]) > tonumber(told[2]) then redis.call('HSET', state, 't', ARGV[2]) end\n"
		       "local function position(text)\n"
		       "  if string.byte(text) == 0 then return text end\n"
		       "  return struct.pack('>I8', first + tonumber(text))\n"
		       "end\n"
		       "while a < #ARGV do\n"
		       "  local operation = arg()\n"
		       "  if operation == 'W' then\n"
		       "    local at, row, ends = key(), position(arg()) .. position(arg()) .. arg(), arg()\n"
		       "    if ends == '' then redis.call('SET', at, row)\n"
		       "    else redis.call('SET', at, row, 'PXAT', ends) end\n"
		       "  elseif operation == 'I' then redis.call('SET', key(), position(arg()) .. arg())\n"
		       "  elseif operation == 'D' then redis.call('UNLINK', key())\n"
		       "  elseif operation == 'A' then redis.call('ZADD', key(), arg(), arg())\n"
		       "  elseif operation == 'R' then redis.call('ZREM', key(), arg())\n"
		       "  elseif operation == 'J' then\n"
		       "    redis.call('XADD', journal, string.format('%.0f-0', first + drawn - 1),\n"
		       "      'b', string.format('%.0f', first), 'e', arg())\n"
		       "  end\n"
		       "end\n"
		       "return first\n",
	/* KEYS: state, those to be checked, those to be read. ARGV: how many checks, the versions they want. Answers
	 * the values, or -1: a row changed. */
	[SC__READ] = "local checks, wanted = tonumber(ARGV[1]), {}\n"
		     "for n = 1, checks do\n"
		     "  if redis.call('GETRANGE', KEYS[n + 1], 0, 7) ~= ARGV[n + 1] then return -1 end\n"
		     "end\n"
		     "for n = checks + 2, #KEYS do wanted[#wanted + 1] = redis.call('GET', KEYS[n]) end\n"
		     "return wanted\n",
	/* KEYS: state. ARGV: the process that serves it, an incarnation to begin if that is another one than before,
	 * and how many domains there are, or '' when a domain that was never prepared is to stay so. */
	[SC__ADOPT] = "local told = redis.call('HMGET', KEYS[1], 'i', 'r')\n"
		      "if not told[1] then\n"
		      "  if ARGV[3] == '' then return false end\n"
		      "  redis.call('HSET', KEYS[1], 'v', '1', 'n', '0', 'f', '0', 'c', '0', 'd', ARGV[3])\n"
		      "  redis.call('HSETNX', KEYS[1], 't', '0')\n"
		      "end\n"
		      "if not told[1] or told[2] ~= ARGV[1] then\n"
		      "  redis.call('HSET', KEYS[1], 'i', ARGV[2], 'r', ARGV[1])\n"
		      "end\n"
		      "return redis.call('HMGET', KEYS[1], 'i', 'v', 'd')\n",
	/* KEYS: state, journal. ARGV: a field that only grows, what to raise it to; for 'c' the journal is trimmed too.
	 */
	[SC__RAISE] =
		"local most = tonumber(redis.call('HGET', KEYS[1], 'n'))\n"
		"local to = tonumber(ARGV[2])\n"
		"if ARGV[1] == 'c' and to > most then to = most end\n"
		"if to > tonumber(redis.call('HGET', KEYS[1], ARGV[1])) then\n"
		"  redis.call('HSET', KEYS[1], ARGV[1], string.format('%.0f', to))\n"
		"end\n"
		"if ARGV[1] == 'c' then redis.call('XTRIM', KEYS[2], 'MINID', string.format('%.0f-0', to + 1)) end\n"
		"return 1\n",
};

static const char *text_of(sc__script script)
{
	return texts[script] != NULL ? texts[script] : sc__gate_text(script);
}

static sc_status load_script(sc__domain *domain, const sc_call *call, sc__script script, sc_error *err)
{
	sc__redis *redis = domain->redis;
	sc_arena arena;
	sc__request request;
	sc_arena_init(&arena, redis->env);
	sc__request_init(&request, &arena);
	request.repeatable = true;
	sc__request_command(&request, 3, "SCRIPT");
	sc__request_text(&request, "LOAD");
	sc__request_text(&request, text_of(script));
	sc_status status = sc__domain_exchange(domain, call, &request, err);
	if (status == SC_OK && request.replies[0]->text.size != SC__SHA_SIZE)
		status = sc__fail(err, SC_SERVICE_FAILED, "Redis does not take the script: %.80s",
		                  request.replies[0]->text.size == 0 ? ""
		                                                     : (const char *)request.replies[0]->text.data);
	if (status == SC_OK) {
		redis->env->mutex_lock(redis->env->ctx, &redis->mutex);
		memcpy(redis->sha[script], request.replies[0]->text.data, SC__SHA_SIZE);
		redis->env->mutex_unlock(redis->env->ctx, &redis->mutex);
	}
	sc_arena_clear(&arena);
	return status;
}

sc_status sc__script_begin(sc__domain *domain, const sc_call *call, sc__script script, sc_arena *arena, size_t keys,
                           size_t arguments, sc__request *request, sc_error *err)
{
	sc__redis *redis = domain->redis;
	const sc_env *env = redis->env;
	char sha[SC__SHA_SIZE];
	env->mutex_lock(env->ctx, &redis->mutex);
	bool known = redis->sha[script][0] != '\0';
	env->mutex_unlock(env->ctx, &redis->mutex);
	sc_status status = known ? SC_OK : load_script(domain, call, script, err);
	if (status != SC_OK)
		return status;
	env->mutex_lock(env->ctx, &redis->mutex);
	memcpy(sha, redis->sha[script], sizeof sha);
	env->mutex_unlock(env->ctx, &redis->mutex);
	sc__name state;
	sc__name_init(&state, arena);
	sc__name_key(&state, domain, "s");
	sc__request_init(request, arena);
	sc__request_command(request, 3 + keys + arguments, "EVALSHA");
	sc__request_word(request, sha, sizeof sha);
	sc__request_number(request, (int64_t)keys);
	sc__request_bytes(request, sc__name_of(&state));
	request->no_memory = request->no_memory || state.no_memory;
	return SC_OK;
}

sc_status sc__script_run(sc__domain *domain, const sc_call *call, sc__script script, sc__request *request,
                         sc_error *err)
{
	sc_status status = sc__domain_exchange(domain, call, request, err);
	if (status == SC_OK && sc__reply_is_error(request->replies[0], "NOSCRIPT")) {
		status = load_script(domain, call, script, err);
		if (status == SC_OK)
			status = sc__domain_exchange(domain, call, request, err);
	}
	return status == SC_OK ? sc__reply_failed(request->replies[0], err) : status;
}

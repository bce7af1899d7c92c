#include "core/task.h"

sc_status sc__want_rows(sc__task *task, const sc_address *addresses, size_t count, uint32_t mask, sc_record *records,
                        sc__then then)
{
	task->want = SC__WANT_ROWS;
	task->addresses = addresses;
	task->count = count;
	task->mask = mask;
	task->records = records;
	task->then = then;
	return SC_OK;
}

sc_status sc__want_page(sc__task *task, const sc_range *range, sc_page *page, sc__then then)
{
	task->want = SC__WANT_PAGE;
	task->range = range;
	task->page = page;
	task->then = then;
	return SC_OK;
}

sc_status sc__want_outcome(sc__task *task, const sc_group *group, sc_outcome *outcome, sc__then then)
{
	task->want = SC__WANT_OUTCOME;
	task->group = group;
	task->outcome = outcome;
	task->then = then;
	return SC_OK;
}

sc_status sc__task_end(void *self, sc_status status)
{
	(void)self;
	return status;
}

sc_status sc__task_step(sc__task *task, sc_status status)
{
	const sc__then then = task->then;
	task->want = SC__WANT_NOTHING;
	return then.step(then.self, status);
}

static sc_status fetch(sc__task *task)
{
	switch (task->want) {
	case SC__WANT_ROWS:
		return sc__load(task->shop, task->call, task->addresses, task->count, task->mask, task->arena,
		                task->records, task->err);
	case SC__WANT_PAGE:
		return sc__range(task->shop, task->call, task->range, 1, task->arena, task->page, task->err);
	case SC__WANT_OUTCOME:
		return sc__apply_one(task->shop, task->call, task->group, task->outcome, task->err);
	case SC__WANT_ANSWER:
		return task->wait(task);
	case SC__WANT_NOTHING:
		break;
	}
	return SC_OK;
}

sc_status sc__task_run(sc__task *task, sc_status status)
{
	while (task->want != SC__WANT_NOTHING)
		status = sc__task_step(task, fetch(task));
	return status;
}

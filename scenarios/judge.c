/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "scenarios/judge.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

const char *scn_show_text(const uint8_t *bytes, size_t count, char *ret_text, size_t size)
{
	size_t used = 0;
	ret_text[0] = 0;
	for (size_t i = 0; i < count; i++) {
		char one[8];
		uint8_t b = bytes[i];
		if (b == '\n' || b == '\r' || b == '\t')
			snprintf(one, sizeof one, "\\%c", b == '\n' ? 'n' : b == '\r' ? 'r' : 't');
		else if (b < 32 || b > 126)
			snprintf(one, sizeof one, "\\x%02X", b);
		else
			snprintf(one, sizeof one, b == '"' || b == '\\' ? "\\%c" : "%c", b);
		if (used + strlen(one) + sizeof "…" > size) {
			snprintf(ret_text + used, size - used, "…");
			break;
		}
		used += (size_t)snprintf(ret_text + used, size - used, "%s", one);
	}
	return ret_text;
}

static double s(uint64_t ps)
{
	return (double)ps * 1e-12;
}

/* "once", "3 times" */
static const char *show_count(uint64_t count, char *text, size_t size)
{
	if (count == 1)
		snprintf(text, size, "once");
	else
		snprintf(text, size, "%llu times", (unsigned long long)count);
	return text;
}

/* " between 2 s and 3 s", " from 2 s on", " within 3 s" or nothing */
static void show_window(const struct scn_expectation *x, char *text, size_t size)
{
	bool from = x->from_ps > 0, to = x->to_ps != UINT64_MAX;
	text[0] = 0;
	if (from && to)
		snprintf(text, size, " between %.6g s and %.6g s", s(x->from_ps), s(x->to_ps));
	else if (from)
		snprintf(text, size, " from %.6g s on", s(x->from_ps));
	else if (to)
		snprintf(text, size, " within %.6g s", s(x->to_ps));
}

static void show_times(const struct scn_expectation *x, char *text, size_t size)
{
	char count[32];
	text[0] = 0;
	if (x->high == 0)
		snprintf(text, size, " never");
	else if (x->low == x->high)
		snprintf(text, size, " %s", show_count(x->low, count, sizeof count));
	else if (x->high != UINT64_MAX)
		snprintf(text, size, " %llu to %llu times", (unsigned long long)x->low,
			 (unsigned long long)x->high);
	else if (x->low != 1)
		snprintf(text, size, " at least %llu times", (unsigned long long)x->low);
}

static void set_name(const struct scn_expectation *x, struct scn_verdict *v)
{
	char what[80], times[64], window[64], score[32] = "";
	scn_show_text((const uint8_t *)x->text, x->length, what, sizeof what / 2);
	show_times(x, times, sizeof times);
	show_window(x, window, sizeof window);
	if (x->kind == SCN_EXPECT_LABEL && x->min_score > 0)
		snprintf(score, sizeof score, " with %.3g or more", x->min_score);
	if (x->kind == SCN_EXPECT_EXIT)
		snprintf(v->name, sizeof v->name, "exit with %d", x->exit_status);
	else
		snprintf(v->name, sizeof v->name,
			 x->kind == SCN_EXPECT_LABEL ? "label %s%s%s%s" : "uart \"%s\"%s%s%s", what, score, times,
			 window);
}

static bool in_window(const struct scn_expectation *x, uint64_t t_ps)
{
	return t_ps >= x->from_ps && t_ps <= x->to_ps;
}

/* What there was instead: for the detail of a label that did not come. */
static void show_others(const struct scn_expectation *x, const struct scn_evidence *e, char *text, size_t size)
{
	size_t used = 0, others = 0;
	const char *last = NULL;
	text[0] = 0;
	for (size_t i = 0; i < e->outputs; i++) {
		const struct scn_output *o = &e->output[i];
		if (!in_window(x, o->t_ps))
			continue;
		others++;
		if ((last && !strcmp(last, o->label)) || used + strlen(o->label) + 48 > size)
			continue;
		used += (size_t)snprintf(text + used, size - used, "%s%s %.3f at %.3f s",
					 last ? ", " : "; there was ", o->label, o->score, s(o->t_ps));
		last = o->label;
	}
	if (others == 0)
		snprintf(text, size, "; %s",
			 e->outputs ? "no inference ended there" : "no inference ended in this run");
}

static void judge_label(const struct scn_expectation *x, const struct scn_evidence *e, struct scn_verdict *v)
{
	uint64_t count = 0;
	const struct scn_output *first = NULL;
	char others[176] = "", times[32];
	for (size_t i = 0; i < e->outputs; i++) {
		const struct scn_output *o = &e->output[i];
		if (!in_window(x, o->t_ps) || strcmp(o->label, x->text) != 0 || !(o->score >= x->min_score))
			continue;
		count++;
		first = first ? first : o;
	}
	v->pass = count >= x->low && count <= x->high;
	if (first) {
		snprintf(v->detail, sizeof v->detail, "%s%s at %.6f s with %.3f", show_count(count, times, sizeof times),
			 count > 1 ? ", first" : "", s(first->t_ps), first->score);
	} else {
		show_others(x, e, others, sizeof others);
		snprintf(v->detail, sizeof v->detail, "not once%s", v->pass ? "" : others);
	}
}

/* Occurrences do not overlap. One counts at the time of its last byte. */
static void judge_uart(const struct scn_expectation *x, const struct scn_evidence *e, struct scn_verdict *v)
{
	const char *port = *x->port ? x->port : e->console;
	const struct scn_heard *h = NULL;
	uint64_t count = 0, first_ps = 0;
	char times[32];
	for (size_t i = 0; i < e->ports; i++)
		if (port && !strcmp(e->heard[i].port, port))
			h = &e->heard[i];
	for (size_t i = 0; h && i + x->length <= h->count;) {
		uint64_t t_ps = h->t_ps[i + x->length - 1];
		if (memcmp(h->bytes + i, x->text, x->length) != 0) {
			i++;
			continue;
		}
		i += x->length;
		if (!in_window(x, t_ps))
			continue;
		first_ps = count++ ? first_ps : t_ps;
	}
	v->pass = count >= x->low && count <= x->high;
	if (count)
		snprintf(v->detail, sizeof v->detail, "%s%s at %.6f s", show_count(count, times, sizeof times),
			 count > 1 ? ", first" : "", s(first_ps));
	else if (!h)
		snprintf(v->detail, sizeof v->detail, "nothing came from %s", port ? port : "any port");
	else
		snprintf(v->detail, sizeof v->detail, "not once in the %zu bytes that %s sent", h->count, port);
}

void scn_judge_expectation(const struct scn_expectation *x, const struct scn_evidence *e,
			   struct scn_verdict *ret_verdict)
{
	struct scn_verdict v = {0};
	set_name(x, &v);
	switch (x->kind) {
	case SCN_EXPECT_LABEL:
		judge_label(x, e, &v);
		break;
	case SCN_EXPECT_UART:
		judge_uart(x, e, &v);
		break;
	case SCN_EXPECT_EXIT:
		v.pass = e->exited && e->exit_status == x->exit_status;
		if (e->exited)
			snprintf(v.detail, sizeof v.detail, "exited with %d", e->exit_status);
		else
			snprintf(v.detail, sizeof v.detail, "still running at the end");
	}
	*ret_verdict = v;
}

void scn_judge_budget(const struct scn_budget *budget, const struct scn_evidence *e,
		      struct scn_budget_verdict *ret_verdict)
{
	struct scn_budget_verdict v = {.metric = budget->name, .limit = budget->limit};
	for (size_t i = 0; i < e->metrics && !v.known; i++)
		if (!strcmp(e->metric[i].path, budget->path) && isfinite(e->metric[i].value)) {
			v.known = true;
			v.actual = e->metric[i].value;
		}
	v.pass = v.known && (budget->direction == SCN_AT_MOST ? v.actual <= v.limit : v.actual >= v.limit);
	*ret_verdict = v;
}

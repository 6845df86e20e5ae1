/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The UART script of scenarios/stimulus.h. */
#include "scenarios/stimulus.h"

#include <stdio.h>
#include <string.h>

static bool read_text(const struct yaml_node *node, struct scn_line *line, struct err *err)
{
	if (!yaml_shape(node, YAML_TEXT, "text", err))
		return false;
	if (node->length == 0 || node->length > SCN_MAX_TEXT)
		return yaml_err(node, err, "%zu bytes of text; 1 to %d are accepted", node->length, SCN_MAX_TEXT);
	memcpy(line->text, node->text, node->length);
	line->length = (uint32_t)node->length;
	return true;
}

static bool read_line(const struct yaml_node *node, struct scn_line *ret_line, struct err *err)
{
	static const char *const send_keys[] = {"send", "at", "after", "port", NULL};
	static const char *const expect_keys[] = {"expect", "within", "port", "end", NULL};
	struct scn_line line = {.within_ps = SCN_FOREVER};
	if (!yaml_shape(node, YAML_MAP, "a line such as {at: 1s, send: \"go\"} or {expect: ready, within: 100ms}",
			err))
		return false;
	const struct yaml_node *send = yaml_get(node, "send"), *expect = yaml_get(node, "expect"),
			       *at = yaml_get(node, "at"), *after = yaml_get(node, "after");
	if (!send && !expect)
		return yaml_err(node, err, "a line needs 'send' or 'expect'");
	if (send && expect)
		return yaml_err_key(expect, err, "'expect' beside 'send': write two lines");
	line.expect = expect != NULL;
	line.timed = at != NULL;
	if (!yaml_keys(node, send ? send_keys : expect_keys, err))
		return false;
	if (at && after)
		return yaml_err_key(after, err, "'after' beside 'at': one of them is expected");
	if (!read_text(send ? send : expect, &line, err) || !yaml_time_ps(at, &line.at_ps, err) ||
	    !yaml_time_ps(after, &line.after_ps, err) ||
	    !yaml_time_ps(yaml_get(node, "within"), &line.within_ps, err) ||
	    !yaml_bool(yaml_get(node, "end"), &line.ends, err) ||
	    !yaml_copy(yaml_get(node, "port"), line.port, sizeof line.port, err))
		return false;
	*ret_line = line;
	return true;
}

bool scn_lines_read(const struct yaml_node *node, struct scn_line *ret_lines, unsigned *ret_count,
		    struct err *err)
{
	unsigned count = 0;
	if (!yaml_shape(node, YAML_LIST, "a list of lines such as {at: 1s, send: \"go\"}", err))
		return false;
	for (const struct yaml_node *n = node ? node->first : NULL; n; n = n->next) {
		if (count == SCN_MAX_LINES)
			return yaml_err(n, err, "more than %d lines", SCN_MAX_LINES);
		if (!read_line(n, &ret_lines[count++], err))
			return false;
	}
	*ret_count = count;
	return true;
}

void scn_script_start(struct scn_script *script, const struct scn_line *lines, unsigned count,
		      const char *console)
{
	*script = (struct scn_script){.lines = lines, .count = count, .console = console};
}

static const struct scn_line *current(const struct scn_script *script)
{
	return !script->failed && script->current < script->count ? &script->lines[script->current] : NULL;
}

static uint64_t later(uint64_t ps, uint64_t by_ps)
{
	return by_ps > SCN_FOREVER - ps ? SCN_FOREVER : ps + by_ps;
}

uint64_t scn_script_wake_ps(const struct scn_script *script)
{
	const struct scn_line *line = current(script);
	if (!line)
		return SCN_FOREVER;
	if (line->expect) /* what comes at the last moment still counts */
		return later(later(script->since_ps, line->within_ps), 1);
	if (line->timed)
		return line->at_ps > script->since_ps ? line->at_ps : script->since_ps;
	return later(script->since_ps, line->after_ps);
}

static void done(struct scn_script *script, uint64_t now_ps)
{
	script->met_ps[script->current++] = now_ps;
	script->since_ps = now_ps;
	script->heard_count = 0;
}

static const char *port_of(const struct scn_script *script, const struct scn_line *line)
{
	return *line->port ? line->port : script->console;
}

bool scn_script_step(struct scn_script *script, uint64_t now_ps, struct scn_send *ret_send)
{
	const struct scn_line *line = current(script);
	if (!line || now_ps < scn_script_wake_ps(script))
		return false;
	if (line->expect) {
		script->failed = true;
		return false;
	}
	*ret_send = (struct scn_send){port_of(script, line), line->text, line->length};
	done(script, now_ps);
	return true;
}

bool scn_script_heard(struct scn_script *script, const char *port, uint64_t now_ps, uint8_t byte)
{
	const struct scn_line *line = current(script);
	if (!line || !line->expect || strcmp(port_of(script, line), port) != 0 ||
	    now_ps >= scn_script_wake_ps(script))
		return false;
	if (script->heard_count == line->length)
		memmove(script->heard, script->heard + 1, --script->heard_count);
	script->heard[script->heard_count++] = byte;
	if (script->heard_count < line->length || memcmp(script->heard, line->text, line->length) != 0)
		return false;
	script->ended |= line->ends;
	done(script, now_ps);
	return true;
}

unsigned scn_script_judge(const struct scn_script *script, struct scn_verdict *ret_verdicts, unsigned room)
{
	unsigned n = 0;
	for (unsigned i = 0; i < script->count && n < room; i++) {
		const struct scn_line *line = &script->lines[i];
		if (!line->expect)
			continue;
		struct scn_verdict *v = &ret_verdicts[n++];
		char text[64];
		scn_show_text(line->text, line->length, text, sizeof text);
		snprintf(v->name, sizeof v->name, "uart line %u: expect \"%s\"", i + 1, text);
		v->pass = i < script->current;
		if (v->pass)
			snprintf(v->detail, sizeof v->detail, "came at %.6f s",
				 (double)script->met_ps[i] * 1e-12);
		else if (i > script->current)
			snprintf(v->detail, sizeof v->detail, "never waited for: line %u was not done",
				 script->current + 1);
		else if (line->within_ps == SCN_FOREVER || !script->failed)
			snprintf(v->detail, sizeof v->detail, "did not come by the end of the run");
		else
			snprintf(v->detail, sizeof v->detail, "did not come within %.6g s of %.6f s",
				 (double)line->within_ps * 1e-12, (double)script->since_ps * 1e-12);
	}
	return n;
}

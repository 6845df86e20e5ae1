/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The UART script of scenarios/stimulus.h. */
#include "scenarios/stimulus.h"

#include "base/file.h"
#include "scenarios/sensor.h"

#include <stdio.h>
#include <stdlib.h>
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

#define LOAD_PART 31 /* bytes of one command; the firmware's buffer holds no more */
#define LOAD_MOST (4u << 20)
static const char LOAD_ANSWER[] = "m-ready";

static bool read_load(const struct yaml_node *node, struct scn_line *line, struct err *err)
{
	char *path;
	struct err plain;
	if (!node)
		return true;
	if (!scn_file_beside(node, "the file", &path, err))
		return false;
	bool ok = file_read(path, LOAD_MOST, &line->data, &line->bytes, &plain);
	free(path);
	line->length = sizeof LOAD_ANSWER - 1;
	memcpy(line->text, LOAD_ANSWER, line->length);
	if (ok && line->bytes > 0)
		return true;
	free(line->data);
	line->data = NULL;
	return yaml_err(node, err, "%s", ok ? "the file is empty" : plain.text);
}

static bool read_line(const struct yaml_node *node, struct scn_line *ret_line, struct err *err)
{
	static const char *const send_keys[] = {"send", "at", "after", "port", NULL};
	static const char *const load_keys[] = {"load", "at", "after", "within", "port", NULL};
	static const char *const expect_keys[] = {"expect", "within", "port", "end", NULL};
	struct scn_line line = {.within_ps = SCN_FOREVER};
	if (!yaml_shape(node, YAML_MAP, "a line such as {at: 1s, send: \"go\"} or {expect: ready, within: 100ms}",
			err))
		return false;
	const struct yaml_node *send = yaml_get(node, "send"), *expect = yaml_get(node, "expect"), *load = yaml_get(node, "load"),
			       *at = yaml_get(node, "at"), *after = yaml_get(node, "after");
	if (!send && !expect && !load)
		return yaml_err(node, err, "a line needs 'send', 'expect' or 'load'");
	if (load && (send || expect))
		return yaml_err_key(load, err, "'load' beside '%s': write two lines", send ? "send" : "expect");
	if (send && expect)
		return yaml_err_key(expect, err, "'expect' beside 'send': write two lines");
	line.expect = expect != NULL;
	line.timed = at != NULL;
	if (!yaml_keys(node, load ? load_keys : send ? send_keys : expect_keys, err))
		return false;
	if (at && after)
		return yaml_err_key(after, err, "'after' beside 'at': one of them is expected");
	if ((!load && !read_text(send ? send : expect, &line, err)) || !yaml_time_ps(at, &line.at_ps, err) ||
	    !yaml_time_ps(after, &line.after_ps, err) ||
	    !yaml_time_ps(yaml_get(node, "within"), &line.within_ps, err) ||
	    !yaml_bool(yaml_get(node, "end"), &line.ends, err) ||
	    !yaml_copy(yaml_get(node, "port"), line.port, sizeof line.port, err) || !read_load(load, &line, err))
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
		if (!read_line(n, &ret_lines[count], err)) {
			scn_lines_free(ret_lines, count);
			return false;
		}
		count++;
	}
	*ret_count = count;
	return true;
}

void scn_lines_free(struct scn_line *lines, unsigned count)
{
	for (unsigned i = 0; i < count; i++) {
		free(lines[i].data);
		lines[i].data = NULL;
	}
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
	if (line->expect || script->asked) /* what comes at the last moment still counts */
		return later(later(script->since_ps, line->within_ps), 1);
	if (script->begun)
		return script->since_ps;
	if (line->timed)
		return line->at_ps > script->since_ps ? line->at_ps : script->since_ps;
	return later(script->since_ps, line->after_ps);
}

static void done(struct scn_script *script, uint64_t now_ps)
{
	script->met_ps[script->current++] = now_ps;
	script->since_ps = now_ps;
	script->heard_count = 0;
	script->begun = script->asked = script->answered = false;
	script->loaded = 0;
}

/* The next part of a load, into script->part. */
static void make_part(struct scn_script *script, const struct scn_line *line)
{
	size_t left = line->bytes - script->loaded, count = left < LOAD_PART ? left : LOAD_PART;
	if (!script->begun) {
		snprintf(script->part, sizeof script->part, "db load %zu%%", line->bytes);
		return;
	}
	size_t used = (size_t)snprintf(script->part, sizeof script->part, "db ");
	for (size_t i = 0; i < count; i++)
		used += (size_t)snprintf(script->part + used, sizeof script->part - used, "%02x",
					 line->data[script->loaded + i]);
	snprintf(script->part + used, sizeof script->part - used, "%%");
	script->loaded += count;
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
	if (line->expect || script->asked) {
		script->failed = true;
		return false;
	}
	if (line->data) {
		make_part(script, line);
		script->begun = script->asked = true;
		script->since_ps = now_ps;
		*ret_send = (struct scn_send){port_of(script, line), (uint8_t *)script->part, strlen(script->part)};
		return true;
	}
	*ret_send = (struct scn_send){port_of(script, line), line->text, line->length};
	done(script, now_ps);
	return true;
}

bool scn_script_heard(struct scn_script *script, const char *port, uint64_t now_ps, uint8_t byte)
{
	const struct scn_line *line = current(script);
	if (!line || !(line->expect || script->asked) || strcmp(port_of(script, line), port) != 0 ||
	    now_ps >= scn_script_wake_ps(script))
		return false;
	if (script->answered && byte != '\n')
		return false;
	if (!script->answered && script->heard_count == line->length)
		memmove(script->heard, script->heard + 1, --script->heard_count);
	if (!script->answered) {
		script->heard[script->heard_count++] = byte;
		if (script->heard_count < line->length || memcmp(script->heard, line->text, line->length) != 0)
			return false;
	}
	/* A firmware that polls its UART does not listen while it still sends the line's end. */
	if (line->data && !script->answered) {
		script->answered = true;
		return false;
	}
	if (line->data && script->loaded < line->bytes) {
		script->asked = script->answered = false;
		script->heard_count = 0;
		script->since_ps = now_ps;
		return true;
	}
	script->ended |= line->ends;
	done(script, now_ps);
	return true;
}

unsigned scn_script_judge(const struct scn_script *script, struct scn_verdict *ret_verdicts, unsigned room)
{
	unsigned n = 0;
	for (unsigned i = 0; i < script->count && n < room; i++) {
		const struct scn_line *line = &script->lines[i];
		if (!line->expect && !line->data)
			continue;
		struct scn_verdict *v = &ret_verdicts[n++];
		char text[64];
		scn_show_text(line->text, line->length, text, sizeof text);
		if (line->data)
			snprintf(v->name, sizeof v->name, "uart line %u: load %zu bytes", i + 1, line->bytes);
		else
			snprintf(v->name, sizeof v->name, "uart line %u: expect \"%s\"", i + 1, text);
		v->pass = i < script->current;
		if (v->pass)
			snprintf(v->detail, sizeof v->detail, "%s at %.6f s", line->data ? "done" : "came",
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

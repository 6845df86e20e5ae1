/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * libFuzzer: any bytes as a scenario. The tree must be as its header says, and what is accepted must run: streams
 * deliver rising times, and the script comes to an end.
 */
#include "base/yaml.h"
#include "scenarios/scenario.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static unsigned walk(const struct yaml_node *node, int depth)
{
	unsigned children = 0, nodes = 1;
	if (depth > YAML_MAX_DEPTH || node->line < 1 || node->column < 1)
		abort();
	if (node->shape == YAML_TEXT && node->text[node->length] != 0)
		abort();
	for (const struct yaml_node *n = node->first; n; n = n->next, children++) {
		if ((node->shape == YAML_MAP) != (n->key != NULL))
			abort();
		if (n->key && yaml_get(node, n->key) != n)
			abort();
		nodes += walk(n, depth + 1);
	}
	if (children != node->count)
		abort();
	return nodes;
}

static void pull(const struct scn_scenario *s, unsigned sensor)
{
	struct scn_stream *stream;
	struct err err;
	uint64_t before = 0, now;
	int16_t counts[SCN_MAX_CHANNELS];
	if (!scn_scenario_stream(s, sensor, s->seed, &stream, &err))
		abort();
	for (int n = 0; n < 50 && scn_stream_next(stream, &now, counts); n++) {
		if (now >= s->duration_ps || (n && now <= before))
			abort();
		before = now;
	}
	scn_stream_destroy(stream);
}

static void converse(const struct scn_scenario *s)
{
	struct scn_script script;
	struct scn_send send;
	struct scn_verdict verdict[SCN_MAX_LINES];
	scn_script_start(&script, s->line, s->lines, "console");
	for (unsigned n = 0; n <= 2 * s->lines; n++) {
		uint64_t wake = scn_script_wake_ps(&script);
		if (wake == SCN_FOREVER)
			break;
		if (n == 2 * s->lines)
			abort();
		scn_script_step(&script, wake, &send);
	}
	scn_script_judge(&script, verdict, SCN_MAX_LINES);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct yaml_doc *doc;
	struct scn_scenario *s;
	struct err err = {0};
	if (!yaml_load_text("f.yaml", data, size, &doc, &err)) {
		if (err.kind != ERR_INPUT || strncmp(err.text, "f.yaml:", 7) != 0)
			abort();
		return 0;
	}
	walk(yaml_root(doc), 0);
	yaml_destroy(doc);
	if (!scn_scenario_parse("f.yaml", (const char *)data, size, &s, &err))
		return 0;
	for (unsigned i = 0; i < s->sensors; i++)
		pull(s, i);
	converse(s);
	static const struct scn_evidence nothing;
	struct scn_verdict verdict;
	for (unsigned i = 0; i < s->expectations; i++)
		scn_judge_expectation(&s->expectation[i], &nothing, &verdict);
	scn_scenario_destroy(s);
	return 0;
}

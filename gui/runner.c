/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "gui/runner.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define FIRST_SLICE_PS 1000000000ull     /* 1 ms */
#define LEAST_SLICE_PS 10000000ull       /* 10 us */
#define MOST_SLICE_PS 500000000000ull    /* 0.5 s */
#define STEP_SLICE_PS 1000000000ull      /* stepping stops at most this much after the inference */
#define SLICE_S 0.008                    /* a slice takes about this long: what a key press waits for */
#define BEHIND_S 0.25                    /* a machine that is later than this no longer tries to catch up */
#define RATE_S 0.4                       /* rates are means over this */

struct gui_runner {
	const struct gui_run *run;
	pthread_t thread;
	pthread_mutex_t lock; /* over all below */
	pthread_cond_t wake;
	bool quit, paused, over, stepping;
	double speed;
	size_t step_from; /* inferences there were when the step began */

	double anchor_s;   /* real time … */
	uint64_t anchor_ps; /* … at which virtual time was this, for pacing */
	uint64_t slice_ps;
	double rate_s; /* since when rates are counted */
	uint64_t rate_ps, rate_instructions;
	double mips, realtime;
};

static double clock_s(void)
{
	struct timespec now;
	clock_gettime(CLOCK_MONOTONIC, &now);
	return (double)now.tv_sec + (double)now.tv_nsec * 1e-9;
}

static void sleep_locked(struct gui_runner *runner, double seconds)
{
	double until = clock_s() + seconds;
	struct timespec when = {(time_t)until, (long)((until - (double)(time_t)until) * 1e9)};
	pthread_cond_timedwait(&runner->wake, &runner->lock, &when);
}

/* From here on, pace and rates are counted anew. */
static void anchor(struct gui_runner *runner)
{
	uint64_t instructions = 0;
	runner->anchor_ps = prof_record_now(runner->run->record, &instructions).ps;
	runner->anchor_s = clock_s();
	runner->rate_s = runner->anchor_s;
	runner->rate_ps = runner->anchor_ps;
	runner->rate_instructions = instructions;
}

static void count_rates(struct gui_runner *runner)
{
	double now_s = clock_s(), passed = now_s - runner->rate_s;
	uint64_t instructions = 0, now_ps;
	if (passed < RATE_S)
		return;
	now_ps = prof_record_now(runner->run->record, &instructions).ps;
	runner->mips = (double)(instructions - runner->rate_instructions) / passed / 1e6;
	runner->realtime = (double)(now_ps - runner->rate_ps) / GUI_PS_PER_S / passed;
	runner->rate_s = now_s;
	runner->rate_ps = now_ps;
	runner->rate_instructions = instructions;
}

/* How far to run now; 0: nothing is due yet. */
static uint64_t due(struct gui_runner *runner, uint64_t now_ps, double *ret_wait_s)
{
	uint64_t until = now_ps + (runner->stepping ? STEP_SLICE_PS : runner->slice_ps);
	if (runner->speed > 0 && !runner->stepping) {
		double passed = clock_s() - runner->anchor_s;
		double target = (double)runner->anchor_ps + passed * runner->speed * GUI_PS_PER_S;
		double ahead = (target - (double)now_ps) / GUI_PS_PER_S / runner->speed;
		if (ahead > BEHIND_S)
			anchor(runner);
		/* Half a frame's worth at a time: smooth enough, and the thread sleeps in between. */
		*ret_wait_s = SLICE_S - ahead;
		if (*ret_wait_s > 0)
			return 0;
		if (target < (double)until)
			until = (uint64_t)target;
	}
	if (runner->run->duration_ps && until > runner->run->duration_ps)
		until = runner->run->duration_ps;
	return until;
}

static void fit_slice(struct gui_runner *runner, double took_s)
{
	if (took_s < SLICE_S / 2 && runner->slice_ps < MOST_SLICE_PS)
		runner->slice_ps *= 2;
	else if (took_s > SLICE_S * 2 && runner->slice_ps > LEAST_SLICE_PS)
		runner->slice_ps /= 2;
}

/* Called and returns with the lock held; the machine runs without it. */
static void run_slice(struct gui_runner *runner, uint64_t until_ps)
{
	const struct gui_run *run = runner->run;
	double begin_s = clock_s();
	pthread_mutex_unlock(&runner->lock);
	bool more = run->advance(run->context, until_ps);
	uint64_t now_ps = prof_record_now(run->record, NULL).ps;
	pthread_mutex_lock(&runner->lock);
	fit_slice(runner, clock_s() - begin_s);
	count_rates(runner);
	if (!more || (run->duration_ps && now_ps >= run->duration_ps))
		runner->over = true;
	if (runner->stepping && prof_record_count(run->record, PROF_TRACK_INFERENCE) > runner->step_from) {
		runner->stepping = false;
		runner->paused = true;
	}
}

static void *work(void *context)
{
	struct gui_runner *runner = context;
	pthread_mutex_lock(&runner->lock);
	anchor(runner);
	while (!runner->quit) {
		if (runner->over || (runner->paused && !runner->stepping)) {
			runner->stepping = false;
			pthread_cond_wait(&runner->wake, &runner->lock);
			anchor(runner);
			continue;
		}
		double wait_s = 0;
		uint64_t until = due(runner, prof_record_now(runner->run->record, NULL).ps, &wait_s);
		if (until)
			run_slice(runner, until);
		else
			sleep_locked(runner, wait_s);
	}
	pthread_mutex_unlock(&runner->lock);
	return NULL;
}

bool gui_runner_start(const struct gui_run *run, double speed, bool paused, struct gui_runner **ret_runner,
		      struct err *err)
{
	struct gui_runner *runner = calloc(1, sizeof *runner);
	pthread_condattr_t monotonic;
	if (!runner)
		return err_internal(err, "out of memory");
	runner->run = run;
	runner->speed = speed;
	runner->paused = paused;
	runner->slice_ps = FIRST_SLICE_PS;
	pthread_mutex_init(&runner->lock, NULL);
	pthread_condattr_init(&monotonic);
	pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
	pthread_cond_init(&runner->wake, &monotonic);
	pthread_condattr_destroy(&monotonic);
	int failed = pthread_create(&runner->thread, NULL, work, runner);
	if (failed) {
		pthread_cond_destroy(&runner->wake);
		pthread_mutex_destroy(&runner->lock);
		free(runner);
		return err_internal(err, "no thread for the machine: %s", strerror(failed));
	}
	*ret_runner = runner;
	return true;
}

static void change(struct gui_runner *runner, bool *flag, bool value)
{
	pthread_mutex_lock(&runner->lock);
	*flag = value;
	pthread_cond_signal(&runner->wake);
	pthread_mutex_unlock(&runner->lock);
}

void gui_runner_stop(struct gui_runner *runner)
{
	if (!runner)
		return;
	change(runner, &runner->quit, true);
	pthread_join(runner->thread, NULL);
	pthread_cond_destroy(&runner->wake);
	pthread_mutex_destroy(&runner->lock);
	free(runner);
}

void gui_runner_pause(struct gui_runner *runner, bool paused)
{
	pthread_mutex_lock(&runner->lock);
	runner->paused = paused;
	runner->stepping = false;
	anchor(runner);
	pthread_cond_signal(&runner->wake);
	pthread_mutex_unlock(&runner->lock);
}

void gui_runner_step(struct gui_runner *runner)
{
	pthread_mutex_lock(&runner->lock);
	runner->step_from = prof_record_count(runner->run->record, PROF_TRACK_INFERENCE);
	runner->stepping = true;
	pthread_cond_signal(&runner->wake);
	pthread_mutex_unlock(&runner->lock);
}

void gui_runner_set_speed(struct gui_runner *runner, double speed)
{
	pthread_mutex_lock(&runner->lock);
	runner->speed = speed;
	anchor(runner);
	pthread_cond_signal(&runner->wake);
	pthread_mutex_unlock(&runner->lock);
}

void gui_runner_status(struct gui_runner *runner, struct gui_status *ret_status)
{
	pthread_mutex_lock(&runner->lock);
	*ret_status = (struct gui_status){
		.live = true,
		.paused = runner->paused && !runner->stepping,
		.over = runner->over,
		.stepping = runner->stepping,
		.speed = runner->speed,
		.mips = runner->mips,
		.realtime = runner->realtime,
	};
	pthread_mutex_unlock(&runner->lock);
}

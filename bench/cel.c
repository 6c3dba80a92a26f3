/*
 * bench-cel: compiling and evaluating one CEL expression, in microseconds.
 *
 *     bench-cel EXPRESSION FILE.json ROUNDS
 *
 * Prints "compile TAB eval TAB value"; each is the median of ROUNDS measurements of many runs. The
 * document is the variable object (dyn).
 */
#include "base/base.h"

#include <stdio.h>

#include "base/clock.h"
#include "fmt/json.h"
#include "rule/cel/env.h"
#include "sys/file.h"

enum { COMPILES = 200, EVALS = 20000, MOST_ROUNDS = 101 };

static int by_value(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

static double median(double *p, size_t n)
{
	qsort(p, n, sizeof *p, by_value);
	return p[n / 2];
}

static int compile_all(struct cel_env *env, struct sv source, double *us, size_t rounds,
		       struct err *err)
{
	struct arena a;

	arena_init(&a, 0);
	for (size_t r = 0; r < rounds; r++) {
		struct cel_program p;
		int64_t start = clock_mono_ns();
		for (int i = 0; i < COMPILES; i++) {
			arena_clear(&a);
			if (cel_compile(env, &a, source, &p, err) < 0)
				return -(int)err->kind;
		}
		us[r] = (double)(clock_mono_ns() - start) / COMPILES / 1000;
	}
	arena_done(&a);
	return 0;
}

static struct cel_value eval_all(const struct cel_program *p, struct cel_eval *e, double *us,
				 size_t rounds)
{
	struct cel_value v = {0};

	for (size_t r = 0; r < rounds; r++) {
		int64_t start = clock_mono_ns();
		for (int i = 0; i < EVALS; i++) {
			arena_clear(e->arena);
			v = cel_run(p, e);
		}
		us[r] = (double)(clock_mono_ns() - start) / EVALS / 1000;
	}
	return v;
}

static int bench(struct sv source, const char *file, size_t rounds, struct err *err)
{
	auto_done(buf_done) struct buf json = {0}, text = {0};
	double compile_us[MOST_ROUNDS], eval_us[MOST_ROUNDS];
	struct arena a, result;
	struct cel_env env;
	struct cel_program p;
	const struct node *object;

	arena_init(&a, 0);
	arena_init(&result, 0);
	cel_env_init(&env, &a);
	(void)cel_env_variable(&env, SV("object"), &cel_types[CEL_T_DYN]);
	if (file_read(file, 1 << 20, &json, err) < 0 ||
	    json_read(&a, sv_of(file), buf_view(&json), DUP_REFUSE, &object, err) < 0 ||
	    cel_compile(&env, &a, source, &p, err) < 0 ||
	    compile_all(&env, source, compile_us, rounds, err) < 0)
		return -(int)err->kind;
	struct cel_value vars[] = {cel_of_node(object)};
	struct cel_eval e = {.arena = &result, .vars = vars};
	struct cel_value v = eval_all(&p, &e, eval_us, rounds);
	cel_text(&text, &v);
	printf("%.3f\t%.4f\t%s\n", median(compile_us, rounds), median(eval_us, rounds),
	       buf_cstr(&text));
	cel_eval_done(&e);
	cel_env_done(&env);
	arena_done(&result);
	arena_done(&a);
	return 0;
}

int main(int argc, char **argv)
{
	struct err err = {0};
	uint64_t rounds;

	if (argc != 4 || !sv_u64(sv_of(argv[3]), &rounds) || !rounds || rounds > MOST_ROUNDS) {
		(void)fputs("usage: bench-cel EXPRESSION FILE.json ROUNDS\n", stderr);
		return 2;
	}
	if (bench(sv_of(argv[1]), argv[2], rounds, &err) < 0) {
		err_print(stderr, &err);
		return 3;
	}
	return 0;
}

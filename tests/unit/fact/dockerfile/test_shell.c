#include "unit/test.h"

#include "fact/dockerfile/shell.h"

/* Commands as "depth program(words after the program) >redirect A=assigned" with the operator
 * behind, in the order of their beginnings. */
static void describe(const struct shell *s, struct buf *out)
{
	for (size_t i = 0; i < s->all.n; i++) {
		const struct shell_command *c = &s->all.p[i];
		if (c->dead)
			continue;
		if (c->depth)
			buf_fmt(out, "%u ", c->depth);
		for (size_t k = 0; k < c->assignments.n; k++)
			buf_fmt(out, "{%.*s} ", SV_ARG(c->assignments.p[k].text));
		buf_fmt(out, "%s%.*s(", c->sudo ? "sudo:" : "", SV_ARG(c->program));
		for (size_t k = c->from + 1; k < c->all.n; k++)
			buf_fmt(out, "%s%.*s", k > c->from + 1 ? "," : "",
				SV_ARG(c->all.p[k].text));
		buf_char(out, ')');
		for (size_t k = 0; k < c->redirects.n; k++)
			buf_fmt(out, ">%.*s", SV_ARG(c->redirects.p[k].text));
		buf_fmt(out, "%s ", c->after);
	}
}

static const struct {
	const char *text, *expected;
} cases[] = {
	{"", ""},
	{"  # only a comment", ""},
	{"a b c", "a(b,c) "},
	{"a && b || c ; d | e |& f & g", "a()&& b()|| c(); d()| e()| f()& g() "},
	{"a\nb\n\nc", "a(); b(); c() "},
	{"a && \\\n b &&\n c", "a()&& b()&& c() "},
	{"a # b && c\nd", "a(); d() "},
	{"a#b", "a#b() "},
	/* quotes */
	{"a 'b c' \"d e\" f\\ g", "a(b c,d e,f g) "},
	{"a 'b && c' \"d ; e\"", "a(b && c,d ; e) "},
	{"a \"b\\\"c\\d\" 'e\\'", "a(b\"c\\d,e\\) "},
	{"a b'c'\"d\"e", "a(bcde) "},
	{"a '' \"\"", "a(,) "},
	{"a 'b", "a(b) "},
	{"a \"b $(c", "a(b $(c) 1 c() "},
	{"a $'b' $\"c\"", "a(b,c) "},
	/* expansions stay */
	{"a $b ${c} ${d:-e f} $((1 + 2)) $?", "a($b,${c},${d:-e f},$((1 + 2)),$?) "},
	{"a $(b c) d", "a($(b c),d) 1 b(c) "},
	{"a \"x$(b 'c)' && d)y\" e", "a(x$(b 'c)' && d)y,e) 1 b(c))&& 1 d() "},
	{"a `b \\`c\\``", "a(`b \\`c\\``) 1 b(`c`) 2 c() "},
	{"a <(b) >(c)", "a(<(b),>(c)) 1 b() 1 c() "},
	{"a=$(b) c", "{a=$(b)} c() 1 b() "},
	/* assignments and redirects */
	{"A=1 B='x y' c d=e", "{A=1} {B=x y} c(d=e) "},
	{"A=1", "{A=1} () "},
	{"A+=1 b", "{A+=1} b() "},
	{"1A=1 b", "1A=1(b) "},
	{"A=(x y) b", "{A=(x y)} b() 1 x(y) "},
	{"a > b 2>&1 >> c < d &> e 2>/dev/null", "a()>b>c>e>/dev/null "},
	{"a 2>&- >|b <>c <&3", "a()>b "},
	{"> a", "()>a "},
	{"a >b c", "a(c)>b "},
	{"a b2>c", "a(b2)>c "},
	/* compound commands */
	{"( a ; b ) && c", "1 a(); 1 b() c() "},
	{"{ a; b; } | c", "1 a(); 1 b(); c() "},
	{"if a; then b; elif c; then d; else e; fi; f", "1 a(); 1 b(); 1 c(); 1 d(); 1 e(); f() "},
	{"for i in x $(y); do a $i; done && b", "2 y() 1 a($i); b() "},
	{"for i do a; done", "1 a(); "},
	{"while a; do b; done < c", "1 a(); 1 b(); "},
	{"! a && until b; do c; done", "a()&& 1 b(); 1 c(); "},
	{"case $x in a|b) c ;; (d) e; f;; *) g; esac; h", "1 c(); 1 e(); 1 f(); 1 g(); h() "},
	{"case x in\n a)\n  b\n  ;;\nesac\nc", "1 b(); c() "},
	{"f() { a; }; f", "1 a(); f() "},
	{"function f { a; }; f", "1 a(); f() "},
	{"[[ -f a && b > c ]] && d", "[[(-f,a,b,c,]])&& d() "},
	{"[ -f a ] && b", "[(-f,a,])&& b() "},
	{"((a = 1 | 2)) && b", "b() "},
	{"echo if then fi", "echo(if,then,fi) "},
	{"'if' a", "if(a) "},
	/* what stands in front */
	{"sudo -E -u root A=b apt-get update", "sudo:apt-get(update) "},
	{"sudo", "sudo:sudo() "},
	{"env -i A=b -u C /usr/bin/pip3 install x", "pip3(install,x) "},
	{"exec sudo env X=1 nohup timeout -s KILL 5 a b", "sudo:a(b) "},
	{"command -v a", "command(-v,a) "},
	{"time -o f a", "a() "},
	{"a | xargs -n 1 -0 rm -f", "a()| rm(-f) "},
	{"gosu root a", "a() "},
	{"python3 -m pip install x", "pip(install,x) "},
	{"python3.11 -W ignore -Im pip install x", "pip(install,x) "},
	{"python3 a -m b", "python3(a,-m,b) "},
	/* shells in shells */
	{"sh -c 'a && b' && c", "sh(-c,a && b)&& 1 a()&& 1 b() c() "},
	{"bash -o pipefail -euxc \"a | b\"", "bash(-o,pipefail,-euxc,a | b) 1 a()| 1 b() "},
	{"sh -c \"sh -c 'a; b'\"", "sh(-c,sh -c 'a; b') 1 sh(-c,a; b) 2 a(); 2 b() "},
	{"su - u -c 'a b'", "su(-,u,-c,a b) 1 a(b) "},
	{"eval a '&& b'", "eval(a,&& b) 1 a()&& 1 b() "},
	{"sh x.sh -c 'a'", "sh(x.sh,-c,a) "},
	/* heredocs */
	{"cat <<E > f\na && b\nE\nc", "cat()>f; c() "},
	{"cat <<-'E'\n\ta\n\tE\nc", "cat(); c() "},
	{"bash <<E\na; b\nE\nc", "bash(); 1 a(); 1 b(); c() "},
	{"cat <<A <<B; d\n1\nA\n2\nB\nc", "cat(); d(); c() "},
	{"cat <<E\nnever ends", "cat(); "},
	{"a <<< 'b c'", "a() "},
	/* crooked */
	{") a", "a() "},
	{"a ) b", "a() b() "},
	{"fi; done; } a", "a() "},
	{"&& || ;; |", ""},
	{"a <", "a() "},
	{"$(", "$(() "},
	{"`", "`() "},
	{"\\", "() "},
	{"a \\", "a() "},
};

static void test_cases(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		auto_done(arena_done) struct arena a = {0};
		auto_done(buf_done) struct buf out = {0};
		struct shell s = {.a = &a};
		const struct df_text t = {.text = sv_of(cases[i].text), .end = 1};
		shell_scan(&s, &t, 0, 0);
		describe(&s, &out);
		if (!sv_is(buf_view(&out), cases[i].expected))
			fail_msg("%s\n gives %s\n   not %s", cases[i].text, buf_cstr(&out),
				 cases[i].expected);
		assert_false(s.cut);
		shell_done(&s);
	}
}

static void join(struct buf *out, const struct node *list)
{
	NODE_EACH (it, list) {
		if (it->kind == NODE_OBJECT)
			buf_fmt(out, " %.*s=%.*s", SV_ARG(it->items[PAIR_NAME].text),
				SV_ARG(it->items[PAIR_VALUE].text));
		else
			buf_fmt(out, " %.*s", SV_ARG(it->text));
	}
	buf_char(out, ';');
}

/* Options; operands; settings. */
static const struct {
	const char *text, *expected;
} records[] = {
	{"apt-get -o X=y -y install foo", " -o -y; install foo; -o=X=y;"},
	{"apt-get -qqy -oX=y --target-release t install foo",
	 " -q -q -y -o --target-release; install foo; -o=X=y --target-release=t;"},
	{"apt-get install -y --no-install-recommends a=1 b",
	 " -y --no-install-recommends; install a=1 b;;"},
	{"apk add --no-cache --virtual .deps gcc",
	 " --no-cache --virtual; add gcc; --virtual=.deps;"},
	{"apk -X http://x add -t .deps gcc", " -X -t; add gcc; -X=http://x -t=.deps;"},
	{"yum -c f -y install a", " -c -y; install a; -c=f;"},
	{"dnf --setopt=x=y install a", " --setopt; install a; --setopt=x=y;"},
	{"zypper -n --root /x in a", " -n --root; in a; --root=/x;"},
	{"pip --proxy x install -r req.txt a==1 -i https://y",
	 " --proxy -r -i; install a==1; --proxy=x -r=req.txt -i=https://y;"},
	{"pip3.11 install --index-url=u a", " --index-url; install a; --index-url=u;"},
	{"npm --prefix d install -g a@1", " --prefix -g; install a@1; --prefix=d;"},
	{"gem install -v 1 a", " -v; install a; -v=1;"},
	{"go build -ldflags '-s -w' -o=x ./...", " -ldflags -o; build ./...; -ldflags=-s -w -o=x;"},
	{"curl -fsSLko f -H 'a: b' u", " -f -s -S -L -k -o -H; u; -o=f -H=a: b;"},
	{"wget -qO- u", " -q -O; u; -O=-;"},
	{"set -euxo pipefail", " -e -u -x -o;; -o=pipefail;"},
	{"rm -rf -- -x", " -r -f; -x;;"},
	{"a - b", "; - b;;"},
	{"useradd -l -u 5 u", " -l -u; u; -u=5;"},
	{"tool --name=value -x", " --name -x;; --name=value;"},
};

static void test_records(void **state)
{
	struct node at = {0};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(records); i++) {
		auto_done(arena_done) struct arena a = {0};
		auto_done(buf_done) struct buf out = {0};
		struct node *r = fact_record(&a, &schema_instruction, NULL);
		shell_commands(&a, sv_of(records[i].text), r, INSTRUCTION_COMMANDS, &at);
		const struct node *c = &r->items[INSTRUCTION_COMMANDS].items[0];
		assert_int_equal(r->items[INSTRUCTION_COMMANDS].n, 1);
		join(&out, &c->items[COMMAND_OPTIONS]);
		join(&out, &c->items[COMMAND_OPERANDS]);
		join(&out, &c->items[COMMAND_SETTINGS]);
		if (!sv_is(buf_view(&out), records[i].expected))
			fail_msg("%s\n gives %s\n   not %s", records[i].text, buf_cstr(&out),
				 records[i].expected);
	}
}

/* Deep and many: an end, and word of it. */
static void test_hostile(void **state)
{
	static const struct {
		const char *piece;
		size_t n;
		bool cut;
	} texts[] = {
		{"$(", 100000, true},          {"`", 100000, false},      {"(", 100000, false},
		{"a;", 100000, true},          {"a\\", 100000, false},    {"if ", 100000, false},
		{"case x in ", 100000, false}, {"a <<E\n", 50000, false}, {"\"$(", 50000, true},
		{"a ", 500000, true},          {"${", 100000, false},     {"a=(", 50000, true},
		{"sh -c ", 50000, false},      {"eval ", 20000, true}};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(texts); i++) {
		auto_done(arena_done) struct arena a = {0};
		auto_done(buf_done) struct buf text = {0};
		struct shell s = {.a = &a};
		for (size_t k = 0; k < texts[i].n; k++)
			buf_str(&text, texts[i].piece);
		const struct df_text t = {.text = buf_view(&text), .end = 1};
		shell_scan(&s, &t, 0, 0);
		if (s.cut != texts[i].cut)
			fail_msg("%s: %s", texts[i].piece, s.cut ? "cut" : "not cut");
		assert_true(a.used < 200u << 20);
		shell_done(&s);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_cases),
					   cmocka_unit_test(test_records),
					   cmocka_unit_test(test_hostile)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

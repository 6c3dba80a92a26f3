#include "fact/engine/settings.h"

#include "base/vec.h"
#include "fact/engine-strings.h"

#define BOOL(key, field, preset)                         \
	{                                                \
		key, key, 0, SETTING_BOOL, field, preset \
	}
#define TEXT(key, field, preset)                         \
	{                                                \
		key, key, 0, SETTING_TEXT, field, preset \
	}
#define INT(key)                                         \
	{                                                \
		key, key, 0, SETTING_INT, NO_FIELD, NULL \
	}
#define KNOWN(key)                                         \
	{                                                  \
		key, NULL, 0, SETTING_TEXT, NO_FIELD, NULL \
	}

const struct setting docker_settings[] = {
	{"hosts", "host", 'H', SETTING_LIST, NO_FIELD, NULL},
	{"debug", "debug", 'D', SETTING_BOOL, ENGINE_DEBUG, "false"},
	{"log-level", "log-level", 'l', SETTING_TEXT, ENGINE_LOG_LEVEL, "info"},
	{"group", "group", 'G', SETTING_TEXT, ENGINE_SOCKET_GROUP, "docker"},
	{"storage-driver", "storage-driver", 's', SETTING_TEXT, ENGINE_STORAGE_DRIVER, NULL},
	{"pidfile", "pidfile", 'p', SETTING_TEXT, NO_FIELD, NULL},
	{"bridge", "bridge", 'b', SETTING_TEXT, NO_FIELD, NULL},
	{NULL, "config-file", 0, SETTING_TEXT, NO_FIELD, NULL},
	{NULL, "rootless", 0, SETTING_BOOL, ENGINE_ROOTLESS, NULL},
	{NULL, "help", 0, SETTING_BOOL, NO_FIELD, NULL},
	{NULL, "version", 'v', SETTING_BOOL, NO_FIELD, NULL},
	{NULL, "validate", 0, SETTING_BOOL, NO_FIELD, NULL},
	{"icc", "icc", 0, SETTING_BOOL, ENGINE_ICC, "true"},
	{"iptables", "iptables", 0, SETTING_BOOL, ENGINE_IPTABLES, "true"},
	BOOL("ip-forward-no-drop", ENGINE_IP_FORWARD_ALLOWED, "false"),
	BOOL("userland-proxy", ENGINE_USERLAND_PROXY, "true"),
	BOOL("live-restore", ENGINE_LIVE_RESTORE, "false"),
	BOOL("no-new-privileges", ENGINE_NO_NEW_PRIVILEGES, "false"),
	BOOL("selinux-enabled", ENGINE_SELINUX, "false"),
	BOOL("experimental", ENGINE_EXPERIMENTAL, "false"),
	TEXT("userns-remap", ENGINE_USERNS_REMAP, ""),
	TEXT("seccomp-profile", ENGINE_SECCOMP_PROFILE, "builtin"),
	TEXT("log-driver", ENGINE_LOG_DRIVER, "json-file"),
	TEXT("cgroup-parent", ENGINE_CGROUP_PARENT, ""),
	TEXT("default-cgroupns-mode", ENGINE_CGROUPNS_MODE, NULL),
	TEXT("default-ipc-mode", ENGINE_IPC_MODE, "private"),
	TEXT("default-runtime", ENGINE_DEFAULT_RUNTIME, "runc"),
	TEXT("data-root", ENGINE_DATA_ROOT, "/var/lib/docker"),
	{"graph", "graph", 'g', SETTING_TEXT, ENGINE_DATA_ROOT, NULL},
	{"authorization-plugins", "authorization-plugin", 0, SETTING_LIST,
	 ENGINE_AUTHORIZATION_PLUGINS, ""},
	{"storage-opts", "storage-opt", 0, SETTING_LIST, ENGINE_STORAGE_OPTIONS, ""},
	{"log-opts", "log-opt", 0, SETTING_MAP, ENGINE_LOG_OPTIONS, ""},
	{"insecure-registries", "insecure-registry", 0, SETTING_LIST, NO_FIELD, NULL},
	{"registry-mirrors", "registry-mirror", 0, SETTING_LIST, NO_FIELD, NULL},
	{"runtimes", "add-runtime", 0, SETTING_MAP, NO_FIELD, NULL},
	{"default-ulimits", "default-ulimit", 0, SETTING_MAP, NO_FIELD, NULL},
	BOOL("tls", NO_FIELD, NULL),
	BOOL("tlsverify", NO_FIELD, NULL),
	TEXT("tlscacert", NO_FIELD, NULL),
	TEXT("tlscert", NO_FIELD, NULL),
	TEXT("tlskey", NO_FIELD, NULL),
	TEXT("metrics-addr", NO_FIELD, NULL),
	/* known, but nothing is judged by them */
	{"allow-nondistributable-artifacts", "allow-nondistributable-artifacts", 0, SETTING_LIST,
	 NO_FIELD, NULL},
	TEXT("api-cors-header", NO_FIELD, NULL),
	TEXT("bip", NO_FIELD, NULL),
	TEXT("bip6", NO_FIELD, NULL),
	BOOL("allow-direct-routing", NO_FIELD, NULL),
	BOOL("bridge-accept-fwmark", NO_FIELD, NULL),
	{"cdi-spec-dirs", "cdi-spec-dir", 0, SETTING_LIST, NO_FIELD, NULL},
	TEXT("cluster-advertise", NO_FIELD, NULL),
	TEXT("cluster-store", NO_FIELD, NULL),
	{"cluster-store-opts", "cluster-store-opt", 0, SETTING_MAP, NO_FIELD, NULL},
	TEXT("containerd", NO_FIELD, NULL),
	TEXT("containerd-namespace", NO_FIELD, NULL),
	{"containerd-plugin-namespace", "containerd-plugins-namespace", 0, SETTING_TEXT, NO_FIELD,
	 NULL},
	KNOWN("containerd-plugins-namespace"),
	KNOWN("content-trust"),
	INT("cpu-rt-period"),
	INT("cpu-rt-runtime"),
	BOOL("cri-containerd", NO_FIELD, NULL),
	{"default-address-pools", "default-address-pool", 0, SETTING_LIST, NO_FIELD, NULL},
	TEXT("default-gateway", NO_FIELD, NULL),
	TEXT("default-gateway-v6", NO_FIELD, NULL),
	{"default-network-opts", "default-network-opt", 0, SETTING_MAP, NO_FIELD, NULL},
	TEXT("default-shm-size", NO_FIELD, NULL),
	{"dns", "dns", 0, SETTING_LIST, NO_FIELD, NULL},
	{"dns-opts", "dns-opt", 0, SETTING_LIST, NO_FIELD, NULL},
	{"dns-search", "dns-search", 0, SETTING_LIST, NO_FIELD, NULL},
	{"exec-opts", "exec-opt", 0, SETTING_LIST, NO_FIELD, NULL},
	TEXT("exec-root", NO_FIELD, NULL),
	KNOWN("features"),
	{NULL, "feature", 0, SETTING_MAP, NO_FIELD, NULL},
	KNOWN("builder"),
	KNOWN("proxies"),
	KNOWN("deprecated-key-path"),
	TEXT("firewall-backend", NO_FIELD, NULL),
	TEXT("fixed-cidr", NO_FIELD, NULL),
	TEXT("fixed-cidr-v6", NO_FIELD, NULL),
	TEXT("host-gateway-ip", NO_FIELD, NULL),
	{"host-gateway-ips", NULL, 0, SETTING_LIST, NO_FIELD, NULL},
	TEXT("http-proxy", NO_FIELD, NULL),
	TEXT("https-proxy", NO_FIELD, NULL),
	TEXT("no-proxy", NO_FIELD, NULL),
	BOOL("init", NO_FIELD, NULL),
	TEXT("init-path", NO_FIELD, NULL),
	TEXT("ip", NO_FIELD, NULL),
	BOOL("ip-forward", NO_FIELD, NULL),
	BOOL("ip-masq", NO_FIELD, NULL),
	BOOL("ip6tables", NO_FIELD, NULL),
	BOOL("ipv6", NO_FIELD, NULL),
	{"labels", "label", 0, SETTING_LIST, NO_FIELD, NULL},
	TEXT("log-format", NO_FIELD, NULL),
	INT("max-concurrent-downloads"),
	INT("max-concurrent-uploads"),
	INT("max-download-attempts"),
	TEXT("min-api-version", NO_FIELD, NULL),
	INT("mtu"),
	INT("network-control-plane-mtu"),
	TEXT("network-diagnostic-port", NO_FIELD, NULL),
	{"node-generic-resources", "node-generic-resource", 0, SETTING_LIST, NO_FIELD, NULL},
	INT("oom-score-adjust"),
	BOOL("raw-logs", NO_FIELD, NULL),
	INT("shutdown-timeout"),
	TEXT("swarm-default-advertise-addr", NO_FIELD, NULL),
	INT("swarm-raft-heartbeat-tick"),
	INT("swarm-raft-election-tick"),
	TEXT("userland-proxy-path", NO_FIELD, NULL),
};
const size_t docker_settings_n = ARRAY_LEN(docker_settings);

const struct setting *setting_of_key(struct sv key)
{
	for (size_t i = 0; i < docker_settings_n; i++)
		if (docker_settings[i].key && sv_is(key, docker_settings[i].key))
			return &docker_settings[i];
	return NULL;
}

static const struct setting *of_flag(struct sv name)
{
	for (size_t i = 0; i < docker_settings_n; i++)
		if (docker_settings[i].flag && sv_is(name, docker_settings[i].flag))
			return &docker_settings[i];
	return NULL;
}

static const struct setting *of_brief(char c)
{
	for (size_t i = 0; i < docker_settings_n; i++)
		if (docker_settings[i].brief && docker_settings[i].brief == c)
			return &docker_settings[i];
	return NULL;
}

static void add(struct said_vec *out, const struct setting *s, struct sv name,
		const struct node *word, struct sv value)
{
	struct said *said = VEC_PUSH(out);
	bool truth;

	*said = (struct said){.setting = s, .name = name, .value = *word};
	said->value.text = value;
	if (s && s->kind == SETTING_BOOL && engine_bool(value, &truth)) {
		said->value.kind = NODE_BOOL;
		said->value.text = truth ? SV("true") : SV("false");
	}
	if (s && s->kind == SETTING_INT)
		said->value.kind = NODE_NUMBER;
}

/* -Dl info, -H=tcp://..., -Htcp://...: the number of words behind it that it takes. */
static size_t brief(const struct node_vec *words, size_t i, struct said_vec *out)
{
	const struct node *word = &words->p[i];

	for (size_t k = 1; k < word->text.n; k++) {
		struct sv name = sv_make(word->text.p + k, 1), rest = sv_from(word->text, k + 1);
		const struct setting *s = of_brief(word->text.p[k]);
		bool equals = rest.n && rest.p[0] == '=';
		if (s && s->kind == SETTING_BOOL && !equals) {
			add(out, s, name, word, SV("true"));
			continue;
		}
		if (equals)
			rest = sv_from(rest, 1);
		if (!s || rest.n || equals || i + 1 >= words->n) {
			add(out, s, name, word, rest);
			return 0;
		}
		add(out, s, name, &words->p[i + 1], words->p[i + 1].text);
		return 1;
	}
	return 0;
}

void setting_flags(const struct node_vec *words, size_t from, struct said_vec *out)
{
	for (size_t i = from; i < words->n; i++) {
		const struct node *word = &words->p[i];
		struct sv value = sv_from(word->text, 2), name;
		if (word->text.n < 2 || word->text.p[0] != '-')
			continue;
		if (word->text.p[1] != '-') {
			i += brief(words, i, out);
			continue;
		}
		if (!value.n)
			return; /* -- */
		bool equals = sv_find_char(value, '=') != SIZE_MAX;
		name = sv_cut(&value, '=');
		const struct setting *s = of_flag(name);
		if (equals)
			add(out, s, name, word, value);
		else if (!s || s->kind == SETTING_BOOL)
			add(out, s, name, word, s ? SV("true") : (struct sv){0});
		else if (i + 1 < words->n) {
			i++;
			add(out, s, name, &words->p[i], words->p[i].text);
		}
	}
}

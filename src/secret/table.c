/* What is looked for: a row each. The piece is chosen so that texts seldom have it. */
#include "base/base.h"

#include "secret/secret-int.h"

#define TOKEN(type, title, keyword, piece, set, min, max)                                          \
	{                                                                                          \
		type, title, keyword, piece, false, SECRET_HIGH, secret_token, set, min, max, NULL \
	}
#define CHECKED(type, title, keyword, piece, set, min, max, check)                            \
	{                                                                                     \
		type, title, keyword, piece, false, SECRET_HIGH, secret_token, set, min, max, \
			check                                                                 \
	}
#define OTHER(type, title, keyword, piece, fold, confidence, find)                 \
	{                                                                          \
		type, title, keyword, piece, fold, confidence, find, 0, 0, 0, NULL \
	}

const struct secret_rule secret_rules[] = {
	CHECKED("aws-access-key", "AWS access key", "AKIA", 1, CLASS_UPPER | CLASS_DIGIT, 16, 16,
		secret_check_aws),
	CHECKED("aws-access-key", "AWS temporary access key", "ASIA", 1, CLASS_UPPER | CLASS_DIGIT,
		16, 16, secret_check_aws),
	CHECKED("github-token", "GitHub token", "ghp_", 1, CLASS_ALNUM, 36, 36,
		secret_check_github),
	CHECKED("github-token", "GitHub OAuth token", "gho_", 1, CLASS_ALNUM, 36, 36,
		secret_check_github),
	CHECKED("github-token", "GitHub user token of an app", "ghu_", 1, CLASS_ALNUM, 36, 36,
		secret_check_github),
	CHECKED("github-token", "GitHub installation token", "ghs_", 1, CLASS_ALNUM, 36, 36,
		secret_check_github),
	CHECKED("github-token", "GitHub refresh token", "ghr_", 1, CLASS_ALNUM, 36, 76,
		secret_check_github),
	TOKEN("github-token", "GitHub fine-grained token", "github_pat_", 5, CLASS_WORD, 82, 82),
	TOKEN("gitlab-token", "GitLab personal token", "glpat-", 1, CLASS_URL | CLASS_DOT, 20, 320),
	TOKEN("gitlab-token", "GitLab deploy token", "gldt-", 1, CLASS_URL, 20, 64),
	TOKEN("gitlab-token", "GitLab runner token", "glrt-", 1, CLASS_URL | CLASS_DOT, 20, 64),
	TOKEN("gitlab-token", "GitLab job token", "glcbt-", 2, CLASS_URL, 20, 80),
	TOKEN("gitlab-token", "GitLab trigger token", "glptt-", 2, CLASS_URL, 40, 40),
	TOKEN("slack-token", "Slack bot token", "xoxb-", 0, CLASS_ALNUM | CLASS_DASH, 20, 250),
	TOKEN("slack-token", "Slack user token", "xoxp-", 0, CLASS_ALNUM | CLASS_DASH, 20, 250),
	TOKEN("slack-token", "Slack app token", "xoxa-", 0, CLASS_ALNUM | CLASS_DASH, 20, 250),
	TOKEN("slack-token", "Slack refresh token", "xoxr-", 0, CLASS_ALNUM | CLASS_DASH, 20, 250),
	TOKEN("slack-token", "Slack app-level token", "xapp-", 1, CLASS_ALNUM | CLASS_DASH, 30,
	      250),
	OTHER("slack-webhook", "Slack webhook", "hooks.slack.com/services/", 14, false, SECRET_HIGH,
	      secret_slack_hook),
	TOKEN("stripe-key", "Stripe secret key", "sk_live_", 2, CLASS_ALNUM, 24, 250),
	TOKEN("stripe-key", "Stripe restricted key", "rk_live_", 2, CLASS_ALNUM, 24, 250),
	TOKEN("stripe-key", "Stripe webhook secret", "whsec_", 1, CLASS_MIME, 32, 64),
	TOKEN("google-api-key", "Google API key", "AIza", 0, CLASS_URL, 35, 35),
	TOKEN("google-oauth-secret", "Google OAuth client secret", "GOCSPX-", 3, CLASS_URL, 28, 28),
	CHECKED("npm-token", "npm token", "npm_", 1, CLASS_ALNUM, 36, 36, secret_check_github),
	TOKEN("pypi-token", "PyPI token", "pypi-AgE", 4, CLASS_URL, 50, 500),
	TOKEN("docker-hub-token", "Docker Hub token", "dckr_pat_", 1, CLASS_URL, 24, 40),
	TOKEN("docker-hub-token", "Docker Hub token of an organisation", "dckr_oat_", 1, CLASS_URL,
	      24, 40),
	TOKEN("azure-storage-key", "Azure storage account key", "AccountKey=", 4, CLASS_MIME, 80,
	      88),
	CHECKED("digitalocean-token", "DigitalOcean token", "dop_v1_", 3, CLASS_HEX, 64, 64,
		secret_check_hex),
	CHECKED("digitalocean-token", "DigitalOcean OAuth token", "doo_v1_", 3, CLASS_HEX, 64, 64,
		secret_check_hex),
	CHECKED("digitalocean-token", "DigitalOcean refresh token", "dor_v1_", 3, CLASS_HEX, 64, 64,
		secret_check_hex),
	OTHER("sendgrid-key", "SendGrid API key", "SG.", 0, false, SECRET_HIGH, secret_sendgrid),
	OTHER("twilio-key", "Twilio key", "twilio", 0, true, SECRET_MEDIUM, secret_twilio),
	OTHER("telegram-token", "Telegram bot token", ":AA", 0, false, SECRET_HIGH,
	      secret_telegram),
	OTHER("openai-key", "OpenAI API key", "T3BlbkFJ", 2, false, SECRET_HIGH, secret_openai),
	TOKEN("anthropic-key", "Anthropic API key", "sk-ant-", 1, CLASS_URL, 80, 130),
	TOKEN("huggingface-token", "Hugging Face token", "hf_", 0, CLASS_ALNUM, 34, 40),
	TOKEN("vault-token", "Vault service token", "hvs.", 0, CLASS_URL, 24, 200),
	TOKEN("vault-token", "Vault batch token", "hvb.", 0, CLASS_URL, 80, 300),
	OTHER("terraform-token", "Terraform Cloud token", ".atlasv1.", 6, false, SECRET_HIGH,
	      secret_terraform),
	CHECKED("shopify-token", "Shopify token", "shpat_", 1, CLASS_HEX | CLASS_UPPER, 32, 32,
		secret_check_hex),
	TOKEN("grafana-token", "Grafana service account token", "glsa_", 1, CLASS_WORD, 41, 41),
	TOKEN("linear-key", "Linear API key", "lin_api_", 3, CLASS_ALNUM, 40, 40),
	TOKEN("postman-key", "Postman API key", "PMAK-", 1, CLASS_HEX | CLASS_DASH, 59, 59),
	TOKEN("rubygems-key", "RubyGems API key", "rubygems_", 5, CLASS_HEX, 48, 48),
	TOKEN("age-key", "age private key", "AGE-SECRET-KEY-1", 9, CLASS_UPPER | CLASS_DIGIT, 58,
	      58),
	OTHER("private-key", "private key", "-----BEGIN ", 4, false, SECRET_HIGH, secret_pem),
	OTHER("private-key", "PuTTY private key", "PuTTY-User-Key-File-", 9, false, SECRET_HIGH,
	      secret_putty),
	OTHER("private-key", "private key of a kubeconfig", "client-key-data", 9, false,
	      SECRET_HIGH, secret_kube_key),
	OTHER("jwt", "JSON web token", ".eyJ", 1, false, SECRET_MEDIUM, secret_jwt),
	OTHER("npm-token", "npm credentials", "_auth", 0, false, SECRET_HIGH, secret_npmrc),
	OTHER("docker-auth", "registry credentials", "\"auth\"", 0, false, SECRET_HIGH,
	      secret_docker_auth),
	OTHER("url-password", "password in a URL", "://", 0, false, SECRET_MEDIUM, secret_url),
	OTHER("password", "password", "password", 3, true, SECRET_MEDIUM, secret_assign),
	OTHER("password", "password", "passwd", 2, true, SECRET_MEDIUM, secret_assign),
	OTHER("password", "passphrase", "passphrase", 2, true, SECRET_MEDIUM, secret_assign),
	OTHER("token", "secret", "secret", 1, true, SECRET_MEDIUM, secret_assign),
	OTHER("token", "token", "token", 1, true, SECRET_MEDIUM, secret_assign),
	OTHER("token", "API key", "apikey", 1, true, SECRET_MEDIUM, secret_assign),
	OTHER("token", "API key", "api_key", 2, true, SECRET_MEDIUM, secret_assign),
	OTHER("token", "API key", "api-key", 2, true, SECRET_MEDIUM, secret_assign),
};
const size_t secret_rules_n = ARRAY_LEN(secret_rules);

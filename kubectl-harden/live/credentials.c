/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Credentials
 *
 * Files are read here, so that what is wrong with one is said with its path and before anything is sent; libcurl gets
 * bytes. A token file is read again after a minute, as client-go does: tokens of service accounts are short-lived.
 */
#include "live/credentials.h"

#include <time.h>

#include "base/base64.h"
#include "base/file.h"
#include "live/pause.h"

enum { PEM_MAX = 4 << 20, TOKEN_MAX = 1 << 20, TOKEN_MS = 60000 };

/* ---- files ---- */

/* Takes @data, or what the file @path holds; a PEM block of @block must be in it. */
static bool take_pem(struct str data, struct str path, const char *block, const char *problem, struct buf *ret,
		     struct error **err)
{
	struct file_image image = FILE_IMAGE_INIT;

	if (data.n)
		buf_add(ret, data);
	else if (!path.n)
		return true;
	else if (!file_read_named(path.p, PEM_MAX, &image, err))
		return false;
	else
		buf_add(ret, (struct str){ image.bytes, image.n });
	file_image_free(&image);
	if (str_find(buf_str(ret), str_of(block), 0) != SIZE_MAX)
		return true;
	return error_set(err, "%s%s%.*s", problem, path.n ? ": " : "", STR_ARG(path));
}

static bool read_token(struct credentials *credentials, struct error **err)
{
	struct str path = credentials->config->token_file;
	struct file_image image = FILE_IMAGE_INIT;
	struct str token;

	if (!file_read_named(path.p, TOKEN_MAX, &image, err))
		return false;
	token = str_trim((struct str){ image.bytes, image.n });
	if (!token.n) {
		file_image_free(&image);
		return error_set(err, "read empty token from file \"%.*s\"", STR_ARG(path));
	}
	buf_wipe(&credentials->token);
	buf_add(&credentials->token, token);
	credentials->read_at = live_now();
	explicit_bzero(image.bytes, image.n);
	file_image_free(&image);
	return true;
}

/* A byte that no header may hold would end it, and begin another one. */
static bool check_token(const struct credentials *credentials, struct error **err)
{
	for (size_t i = 0; i < credentials->token.n; i++)
		if ((unsigned char)credentials->token.p[i] < ' ' || credentials->token.p[i] == 0x7f)
			return error_set(err, "the bearer token holds a control character; invalid header field value "
					      "for \"Authorization\"");
	return true;
}

bool credentials_open(const struct live_config *config, struct credentials *ret, struct error **err)
{
	*ret = (struct credentials){ .config = config };
	if (!take_pem(config->ca_data, config->ca_file, "-----BEGIN CERTIFICATE-----",
		      "unable to load root certificates: no valid certificate authority data seen", &ret->ca, err) ||
	    !take_pem(config->cert_data, config->cert_file, "-----BEGIN CERTIFICATE-----",
		      "tls: failed to find any PEM data in certificate input", &ret->cert, err) ||
	    !take_pem(config->key_data, config->key_file, "PRIVATE KEY-----",
		      "tls: failed to find any PEM data in key input", &ret->key, err))
		return false;
	if (config->token.n)
		buf_add(&ret->token, config->token);
	else if (config->token_file.n && !read_token(ret, err))
		return false;
	return check_token(ret, err);
}

void credentials_close(struct credentials *credentials)
{
	buf_free(&credentials->ca);
	buf_free(&credentials->cert);
	buf_wipe(&credentials->key);
	buf_wipe(&credentials->token);
}

/* ---- the plugin ---- */

static bool ask_plugin(struct credentials *credentials, const volatile sig_atomic_t *stop, struct error **err)
{
	struct exec_credential got;

	if (!exec_plugin_run(credentials->config, buf_str(&credentials->ca), stop, &got, err)) {
		exec_credential_free(&got);
		return false;
	}
	buf_wipe(&credentials->token);
	buf_wipe(&credentials->cert);
	buf_wipe(&credentials->key);
	credentials->token = got.token;
	credentials->cert = got.cert;
	credentials->key = got.key;
	credentials->expires = got.expires;
	credentials->asked = true;
	return check_token(credentials, err);
}

bool credentials_fresh(struct credentials *credentials, const volatile sig_atomic_t *stop, struct error **err)
{
	if (credentials->config->exec) {
		bool expired = credentials->expires && time(NULL) > credentials->expires;

		return (credentials->asked && !expired) || ask_plugin(credentials, stop, err);
	}
	/* Where it cannot be read now, the last one that could be counts. */
	if (!credentials->config->token.n && credentials->config->token_file.n &&
	    live_now() - credentials->read_at > TOKEN_MS)
		read_token(credentials, NULL);
	return check_token(credentials, err);
}

bool credentials_renew(struct credentials *credentials, const volatile sig_atomic_t *stop)
{
	struct buf old CLEANUP(buf_wipe) = BUF_INIT;

	if (credentials->config->exec)
		return ask_plugin(credentials, stop, NULL);
	if (credentials->config->token.n || !credentials->config->token_file.n)
		return false;
	buf_add(&old, buf_str(&credentials->token));
	return read_token(credentials, NULL) && !str_eq(buf_str(&old), buf_str(&credentials->token)) &&
	       check_token(credentials, NULL);
}

void credentials_header(const struct credentials *credentials, struct buf *out)
{
	const struct live_config *config = credentials->config;
	struct buf pair CLEANUP(buf_wipe) = BUF_INIT;

	if (credentials->token.n) {
		buf_addf(out, "Bearer %.*s", STR_ARG(buf_str(&credentials->token)));
	} else if (config->username.n || config->password.n) {
		buf_addf(&pair, "%.*s:%.*s", STR_ARG(config->username), STR_ARG(config->password));
		buf_addz(out, "Basic ");
		base64_encode(out, buf_str(&pair));
	}
}

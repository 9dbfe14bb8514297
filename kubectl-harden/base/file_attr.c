/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Attributes of a file that is replaced
 *
 * A file that is replaced is a new one, and whoever looked at the old one must not notice: same owner, mode, ACL,
 * labels. What cannot be kept is a reason to refuse, not a detail: a manifest that silently becomes root's, or
 * readable by all, is lost as surely as its bytes. Two exceptions. The kernel's own integrity hashes (security.ima,
 * security.evm) belong to the old bytes and are never copied. Security labels that only the administrator may set
 * are left as the kernel gave them to a new file in this folder.
 */
#include <errno.h>
#include <stdlib.h>
#include <sys/xattr.h>
#include <unistd.h>

#include "base/file.h"

static const char acl_name[] = "system.posix_acl_access";

static bool copy_owner(int to, const struct file_id *id, const char *path, struct error **err)
{
	struct stat st;

	if (fstat(to, &st) < 0)
		return error_set_errno(err, errno, "write the new version of", path);
	if (st.st_uid == id->uid && st.st_gid == id->gid)
		return true;
	if (fchown(to, st.st_uid == id->uid ? (uid_t)-1 : id->uid, st.st_gid == id->gid ? (gid_t)-1 : id->gid) == 0)
		return true;
	if (errno != EPERM && errno != EINVAL)
		return error_set_errno(err, errno, "keep the owner of", path);
	if (st.st_uid != id->uid)
		return error_set(err,
				 "write %s: it belongs to another user (UID %lu), and replacing it would make it yours; "
				 "run this as that user or as root",
				 path, (unsigned long)id->uid);
	return error_set(err,
			 "write %s: it belongs to a group that you are not in (GID %lu), and replacing it would change that; "
			 "run this as a member of the group or as root",
			 path, (unsigned long)id->gid);
}

static bool copy_mode(int to, const struct file_id *id, const char *path, struct error **err)
{
	struct stat st;

	if (fstat(to, &st) < 0)
		return error_set_errno(err, errno, "write the new version of", path);
	if (st.st_mode == id->mode)
		return true;
	if (fchmod(to, id->mode & 07777) < 0 || fstat(to, &st) < 0)
		return error_set_errno(err, errno, "keep the permissions of", path);
	if (st.st_mode != id->mode)
		return error_set(err, "write %s: its permissions (%04o) cannot be kept; run this as root", path,
				 (unsigned)(id->mode & 07777));
	return true;
}

static bool is_hash_of_bytes(const char *name)
{
	return !strcmp(name, "security.ima") || !strcmp(name, "security.evm");
}

/* Whether the file system or the administrator decides about @name, so that @number is no reason to refuse. */
static bool may_lack(const char *name, int number)
{
	if (number == ENOTSUP)
		return true;
	return (number == EPERM || number == EACCES) && str_starts(str_of(name), STR("security.")) &&
	       strcmp(name, "security.capability") != 0;
}

static bool copy_xattr(int from, int to, const char *name, const char *path, struct error **err)
{
	ssize_t n = fgetxattr(from, name, NULL, 0);
	char *value;
	bool ok;

	if (n >= 0) {
		value = xmalloc((size_t)n);
		n = fgetxattr(from, name, value, (size_t)n);
		ok = n >= 0 && fsetxattr(to, name, value, (size_t)n, 0) == 0;
		free(value);
		if (ok)
			return true;
	}
	if (errno == ENODATA || may_lack(name, errno))
		return true;
	return error_set(err, "write %s: its extended attribute %s cannot be kept: %s", path, name,
			 strerrordesc_np(errno));
}

static bool copy_xattrs(int from, int to, const char *path, bool *ret_acl, struct error **err)
{
	ssize_t n = flistxattr(from, NULL, 0);
	char *names;
	bool ok = true;

	*ret_acl = false;
	if (n == 0 || (n < 0 && errno == ENOTSUP))
		return true;
	names = xmalloc(n < 0 ? 1 : (size_t)n);
	if (n > 0)
		n = flistxattr(from, names, (size_t)n);
	if (n < 0)
		ok = error_set_errno(err, errno, "read the extended attributes of", path);
	for (ssize_t i = 0; ok && i < n; i += (ssize_t)strlen(names + i) + 1) {
		if (!strcmp(names + i, acl_name))
			*ret_acl = true;
		if (!is_hash_of_bytes(names + i))
			ok = copy_xattr(from, to, names + i, path, err);
	}
	free(names);
	return ok;
}

bool file_attributes_copy(int from, int to, const struct file_id *id, const char *path, struct error **err)
{
	bool acl;

	/* The owner first: changing it clears set-ID bits. The mode last: with an ACL its group bits are the mask. */
	if (!copy_owner(to, id, path, err) || !copy_xattrs(from, to, path, &acl, err))
		return false;
	/* A new file inherits its folder's default ACL; the old one may have none. */
	if (!acl && fremovexattr(to, acl_name) < 0 && errno != ENODATA && errno != ENOTSUP)
		return error_set_errno(err, errno, "keep the permissions of", path);
	return copy_mode(to, id, path, err);
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static bool read_open(int fd, const char *path, size_t max_bytes, uint8_t **ret_bytes, size_t *ret_size,
		      struct err *err)
{
	struct stat st;
	if (fstat(fd, &st) != 0)
		return err_input(err, "%s: %s", path, strerror(errno));
	if (!S_ISREG(st.st_mode))
		return err_input(err, "%s: not a regular file", path);
	if ((uint64_t)st.st_size > max_bytes)
		return err_input(err, "%s: %lld bytes, more than the %zu that can be right here", path,
				 (long long)st.st_size, max_bytes);
	size_t size = (size_t)st.st_size, got = 0;
	uint8_t *bytes = malloc(size + 1);
	if (!bytes)
		return err_internal(err, "%s: out of memory for %zu bytes", path, size);
	while (got < size) {
		ssize_t n = read(fd, bytes + got, size - got);
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			break;
		got += (size_t)n;
	}
	if (got != size) {
		free(bytes);
		return err_input(err, "%s: could not be read to its end", path);
	}
	bytes[size] = 0;
	*ret_bytes = bytes;
	*ret_size = size;
	return true;
}

bool file_read(const char *path, size_t max_bytes, uint8_t **ret_bytes, size_t *ret_size, struct err *err)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK); /* a FIFO must not hang us */
	if (fd < 0)
		return err_input(err, "%s: %s", path, strerror(errno));
	bool ok = read_open(fd, path, max_bytes, ret_bytes, ret_size, err);
	close(fd);
	return ok;
}

bool file_write(const char *path, const void *bytes, size_t size, struct err *err)
{
	size_t length = strlen(path);
	char *temporary = malloc(length + 8);
	if (!temporary)
		return err_internal(err, "%s: out of memory", path);
	memcpy(temporary, path, length);
	memcpy(temporary + length, ".XXXXXX", 8);
	int fd = mkstemp(temporary);
	bool ok = fd >= 0;
	const char *at = bytes;
	for (size_t left = size; ok && left > 0;) {
		ssize_t n = write(fd, at, left);
		if (n < 0 && errno == EINTR)
			continue;
		ok = n > 0;
		if (ok) {
			at += n;
			left -= (size_t)n;
		}
	}
	int why = errno;
	if (fd >= 0) {
		mode_t mask = umask(0);
		umask(mask);
		ok = fchmod(fd, 0666 & ~mask) == 0 && ok;
		ok = close(fd) == 0 && ok;
		ok = ok && rename(temporary, path) == 0;
		if (!ok) {
			why = errno;
			unlink(temporary);
		}
	}
	free(temporary);
	return ok ? true : err_input(err, "%s: cannot be written: %s", path, strerror(why));
}

bool file_make_dir(const char *path, struct err *err)
{
	char *part = strdup(path);
	if (!part)
		return err_internal(err, "%s: out of memory", path);
	bool ok = true;
	for (char *p = part + 1; ok; p++) {
		if (*p != '/' && *p != 0)
			continue;
		char end = *p;
		*p = 0;
		ok = mkdir(part, 0777) == 0 || errno == EEXIST;
		*p = end;
		if (!end)
			break;
	}
	struct stat st;
	ok = ok && stat(path, &st) == 0 && S_ISDIR(st.st_mode);
	free(part);
	return ok ? true : err_input(err, "%s: cannot be made a folder", path);
}

char *file_path_beside(const char *beside, const char *path)
{
	const char *slash = strrchr(beside, '/');
	if (path[0] == '/' || !slash)
		return strdup(path);
	size_t folder = (size_t)(slash - beside) + 1, length = strlen(path);
	char *joined = malloc(folder + length + 1);
	if (joined) {
		memcpy(joined, beside, folder);
		memcpy(joined + folder, path, length + 1);
	}
	return joined;
}

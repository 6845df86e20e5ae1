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

static bool write_whole(int fd, const void *bytes, size_t size)
{
	const char *at = bytes;
	for (size_t left = size; left > 0;) {
		ssize_t n = write(fd, at, left);
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return false;
		at += n;
		left -= (size_t)n;
	}
	return true;
}

/* /dev/full, /dev/stdout, a pipe: renaming something over these would destroy them. */
static bool write_into(const char *path, const void *bytes, size_t size)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC | O_NOCTTY);
	if (fd < 0)
		return false;
	bool ok = write_whole(fd, bytes, size);
	int why = errno;
	ok = close(fd) == 0 && ok;
	if (!ok && why)
		errno = why;
	return ok;
}

/* `temporary` ends in XXXXXX and is in the folder of `path`. */
static bool write_beside(const char *path, char *temporary, const void *bytes, size_t size)
{
	int fd = mkstemp(temporary);
	if (fd < 0)
		return false;
	mode_t mask = umask(0);
	umask(mask);
	bool ok = write_whole(fd, bytes, size) && fchmod(fd, 0666 & ~mask) == 0;
	int why = errno;
	if (close(fd) != 0 && ok) {
		why = errno;
		ok = false;
	}
	if (ok && rename(temporary, path) == 0)
		return true;
	if (ok)
		why = errno;
	unlink(temporary);
	errno = why;
	return false;
}

static bool write_to(const char *path, const void *bytes, size_t size)
{
	struct stat st;
	bool there = stat(path, &st) == 0;
	if (there && !S_ISREG(st.st_mode))
		return write_into(path, bytes, size);
	char *target = there ? realpath(path, NULL) : strdup(path);
	size_t length = target ? strlen(target) : 0;
	char *temporary = target ? malloc(length + 8) : NULL;
	bool ok = temporary != NULL;
	if (ok) {
		memcpy(temporary, target, length);
		memcpy(temporary + length, ".XXXXXX", 8);
		ok = write_beside(target, temporary, bytes, size);
	}
	int why = errno;
	free(target);
	free(temporary);
	errno = why;
	return ok;
}

bool file_write(const char *path, const void *bytes, size_t size, struct err *err)
{
	if (write_to(path, bytes, size))
		return true;
	bool machine = errno == ENOSPC || errno == EDQUOT || errno == EIO || errno == ENOMEM;
	return (machine ? err_internal : err_input)(err, "%s: cannot be written: %s", path, strerror(errno));
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

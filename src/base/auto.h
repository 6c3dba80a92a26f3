/* Locals that release themselves, and handing them over. */
#pragma once

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static inline void auto_free_(void *p)
{
	free(*(void **)p);
}

static inline void auto_close_(const int *fd)
{
	if (*fd >= 0)
		close(*fd);
}

static inline void auto_fclose_(FILE **f)
{
	if (*f)
		(void)fclose(*f);
}

/* auto_free char *p = ...; auto_close int fd = ...; */
#define auto_free   __attribute__((cleanup(auto_free_)))
#define auto_close  __attribute__((cleanup(auto_close_)))
#define auto_fclose __attribute__((cleanup(auto_fclose_)))
/* For any struct with a _done function: auto_done(buf_done) struct buf b = {0}; */
#define auto_done(fn) __attribute__((cleanup(fn)))

/* Hands a local over: the value, and the local is empty afterwards. */
static inline void *take_ptr(void *pp)
{
	void *p = *(void **)pp;

	*(void **)pp = NULL;
	return p;
}

static inline int take_fd(int *fd)
{
	int v = *fd;

	*fd = -1;
	return v;
}

#define must_check        __attribute__((warn_unused_result))
#define printf_like(a, b) __attribute__((format(printf, a, b)))

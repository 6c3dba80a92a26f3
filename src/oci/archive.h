/* Image archives: an opened tar with its index; save.c adds the images of its manifest.json. */
#pragma once

#include "oci/images.h"
#include "oci/tarindex.h"

struct archive {
	struct blobs blobs; /* first: its callback gets a pointer to it */
	int fd;
	uint64_t length;
	struct tar_index index;
};

/* The images of docker-archive's manifest.json that match select (empty: all) and are not there yet
 * with the same configuration and the same layer files. *matched counts those that select names. */
int save_add(struct source *s, struct archive *ar, struct sv select, size_t *matched,
	     struct err *err) must_check;
/* Layer of an image that save_add() added. */
int save_layer_open(struct archive *ar, const struct image *img, size_t layer,
		    struct layer_input *out, struct err *err) must_check;

/* The rows of archives, and engines that gave an archive: s->own is a struct archive, or starts
 * with one. */
int archive_layer_open(struct source *s, const struct image *img, size_t layer,
		       struct layer_input *out, struct err *err) must_check;
void archive_close(struct source *s);
/* A docker-archive on a seekable descriptor, which is taken over: adds its images. */
int archive_adopt(struct source *s, struct archive *ar, int fd, uint64_t length, struct sv name,
		  struct err *err) must_check;

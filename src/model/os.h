/* The operating system of an image or host, as its release files name it. */
#pragma once

#include "base/base.h"

struct os {
	struct sv id;       /* "debian", "alpine", "rhel": lower case, as gabion names the family */
	struct sv version;  /* "12", "3.10.4", "9.3"; empty for rolling */
	struct sv name;     /* PRETTY_NAME */
	struct sv codename; /* "bookworm" */
	struct sv path;     /* which file said so */
	struct sv eol;      /* "2028-06-30" or empty = not known */
};

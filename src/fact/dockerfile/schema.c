/* The tables of the records: fact/dockerfile/schema.def as data. */
#include "fact/dockerfile/schema.h"

#define FACT_DEF "fact/dockerfile/schema.def"
#include "fact/schema-tables.inc"

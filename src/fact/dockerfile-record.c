/* The tables of the records: fact/dockerfile.def as data. */
#include "fact/dockerfile-record.h"

#define FACT_DEF "fact/dockerfile.def"
#include "fact/schema-tables.inc"

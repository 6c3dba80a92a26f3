/* The tables of the records: fact/set.def as data. */
#include "fact/set.h"

#define FACT_DEF "fact/set.def"
#include "fact/schema-tables.inc"

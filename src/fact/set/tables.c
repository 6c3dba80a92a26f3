/* The tables of the records: fact/set/set.def as data. */
#include "fact/set/set.h"

#define FACT_DEF "fact/set/set.def"
#include "fact/schema-tables.inc"

/* The tables of the records: fact/engine/schema.def as data. */
#include "fact/engine/schema.h"

#define FACT_DEF "fact/engine/schema.def"
#include "fact/schema-tables.inc"

/* The tables of the records: fact/image/schema.def as data. */
#include "fact/image/schema.h"

#define FACT_DEF "fact/image/schema.def"
#include "fact/schema-tables.inc"

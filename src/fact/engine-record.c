/* The tables of the records: fact/engine.def as data. */
#include "fact/engine-record.h"

#define FACT_DEF "fact/engine.def"
#include "fact/schema-tables.inc"

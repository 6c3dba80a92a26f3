/* The tables of the records: fact/workload.def as data. */
#include "fact/workload.h"

#define FACT_DEF "fact/workload.def"
#include "fact/schema-tables.inc"

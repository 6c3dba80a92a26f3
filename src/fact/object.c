/* The tables of the records: fact/object.def as data. */
#include "fact/kube.h"

#define FACT_DEF "fact/object.def"
#include "fact/schema-tables.inc"

/* The tables of the records: fact/kube/object.def as data. */
#include "fact/kube/kube.h"

#define FACT_DEF "fact/kube/object.def"
#include "fact/schema-tables.inc"

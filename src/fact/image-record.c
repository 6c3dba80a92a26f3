/* The tables of the records: fact/image.def as data. */
#include "fact/image-record.h"

#define FACT_DEF "fact/image.def"
#include "fact/schema-tables.inc"

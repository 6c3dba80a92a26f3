module m

go 1.21
toolchain go1.21.5
require a.b/c v1.2.3
require (
	x.y/z v2.0.0+incompatible // indirect
	"q.q/q" `v0.1.0`
)
replace x.y/z v2.0.0+incompatible => n.n/n v3.0.0
replace q.q/q => ../q
exclude e.e/e v9.0.0

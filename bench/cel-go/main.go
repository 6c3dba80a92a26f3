// cel-go EXPRESSION FILE.json ROUNDS: what bench-cel does, with cel-go.
//
// Prints "compile TAB eval TAB value", microseconds, medians.
package main

import (
	"encoding/json"
	"fmt"
	"os"
	"sort"
	"strconv"
	"time"

	"github.com/google/cel-go/cel"
)

const (
	compiles = 50
	evals    = 20000
)

func check(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, "cel-go:", err)
		os.Exit(3)
	}
}

func median(of []float64) float64 {
	sort.Float64s(of)
	return of[len(of)/2]
}

func compile(env *cel.Env, source string) cel.Program {
	ast, issues := env.Compile(source)
	check(issues.Err())
	program, err := env.Program(ast, cel.EvalOptions(cel.OptOptimize))
	check(err)
	return program
}

func main() {
	if len(os.Args) != 4 {
		fmt.Fprintln(os.Stderr, "usage: cel-go EXPRESSION FILE.json ROUNDS")
		os.Exit(2)
	}
	source := os.Args[1]
	text, err := os.ReadFile(os.Args[2])
	check(err)
	rounds, err := strconv.Atoi(os.Args[3])
	check(err)
	var object any
	check(json.Unmarshal(text, &object))
	env, err := cel.NewEnv(cel.Variable("object", cel.DynType))
	check(err)
	vars := map[string]any{"object": object}
	program := compile(env, source)
	var compileTimes, evalTimes []float64
	var shown any
	for range rounds {
		start := time.Now()
		for range compiles {
			program = compile(env, source)
		}
		compileTimes = append(compileTimes, float64(time.Since(start).Nanoseconds())/compiles/1000)
		start = time.Now()
		for range evals {
			value, _, err := program.Eval(vars)
			check(err)
			shown = value.Value()
		}
		evalTimes = append(evalTimes, float64(time.Since(start).Nanoseconds())/evals/1000)
	}
	fmt.Printf("%.3f\t%.4f\t%v\n", median(compileTimes), median(evalTimes), shown)
}

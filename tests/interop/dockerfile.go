// What BuildKit's own parser makes of files, in the form that dockerfile-dump.c prints too.
package main

import (
	"bytes"
	"fmt"
	"os"
	"strings"

	"github.com/moby/buildkit/frontend/dockerfile/instructions"
	"github.com/moby/buildkit/frontend/dockerfile/parser"
)

func text(mark, s string) {
	fmt.Print(mark, " ")
	for i := 0; i < len(s); i++ {
		if c := s[i]; c > ' ' && c < 0x7f && c != '%' {
			fmt.Printf("%c", c)
		} else {
			fmt.Printf("%%%02x", c)
		}
	}
	fmt.Println()
}

func instruction(n, line *parser.Node, trigger string) {
	name := strings.ToUpper(n.Value)
	if name == "ONBUILD" && n.Next != nil && len(n.Next.Children) > 0 {
		c := n.Next.Children[0]
		switch strings.ToUpper(c.Value) {
		case "ONBUILD":
		default:
			c.Heredocs = n.Heredocs
			instruction(c, line, " trigger")
			return
		}
	}
	json := ""
	if n.Attributes["json"] {
		json = " json"
	}
	fmt.Printf("I %s %d%s%s\n", name, line.StartLine, trigger, json)
	for _, f := range n.Flags {
		text("f", f)
	}
	k := 0
	for a := n.Next; a != nil; a = a.Next {
		k++
		if (name == "ENV" || name == "LABEL") && k%3 == 0 {
			continue // the = between
		}
		text("a", a.Value)
	}
	for _, h := range n.Heredocs {
		mark := "H"
		if h.Expand {
			mark = "h"
		}
		content := h.Content
		if h.Chomp {
			content = parser.ChompHeredocContent(content)
		}
		text(mark, h.Name)
		text("c", content)
	}
}

func main() {
	for _, path := range os.Args[1:] {
		b, err := os.ReadFile(path)
		if err != nil {
			continue
		}
		fmt.Println("file", path)
		res, err := parser.Parse(bytes.NewReader(b))
		if err != nil {
			fmt.Println("fault")
			fmt.Fprintln(os.Stderr, path, err)
			continue
		}
		_, _, err = instructions.Parse(res.AST, nil)
		if err != nil {
			fmt.Println("fault")
			fmt.Fprintln(os.Stderr, path, err)
		} else {
			fmt.Println("good")
		}
		for _, n := range res.AST.Children {
			instruction(n, n, "")
		}
	}
}

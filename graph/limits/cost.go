package limits

import "github.com/vektah/gqlparser/v2/ast"

// pricing is the second walk: it reckons the Census pages an operation can
// cost. Fields are merged the way the executor merges them: a field selected by
// several fragments is asked once and so counted once. It visits no more than
// the first walk did.
//
// A field costs its own pages, unless another has read them, and for each item it
// yields the cost of what is asked below it. Selections for different types of one object are added up,
// although an object is of one type only.
type pricing struct {
	doc    *ast.QueryDocument
	prices index
	vars   map[string]any
	shared map[string]int // pages of each Price.Shared that was met
	varied bool           // whether vars were looked at: others may cost something else
}

// total returns the pages that an operation can cost: 0 to most.
func (p *pricing) total(op ast.SelectionSet) int {
	total := p.cost(op)
	for _, pages := range p.shared {
		total = add(total, pages)
	}
	return total
}

// cost returns the pages that sets, all of them selected from one object, can
// cost, those that are shared left out: 0 to most.
func (p *pricing) cost(sets ...ast.SelectionSet) int {
	var c collection
	for _, set := range sets {
		p.collect(&c, set)
	}
	total := 0
	for _, m := range c.fields {
		pages, items := 0, 1
		if price, ok := p.prices.find(m.field); ok {
			pages, items = price.reckon(Args{m.field, p.vars, &p.varied})
			if price.Shared != "" {
				if p.shared == nil {
					p.shared = map[string]int{}
				}
				p.shared[price.Shared], pages = max(p.shared[price.Shared], pages), 0
			}
		}
		if items > 0 && len(m.sets) > 0 {
			pages = add(pages, multiply(items, p.cost(m.sets...)))
		}
		total = add(total, pages)
	}
	return total
}

// A collection is the fields selected from one object, in the order met.
type collection struct {
	fields []merged
	byKey  map[mergeKey]int // into fields
	spread map[*ast.FragmentDefinition]struct{}
}

// merged is one field of the answer and everything selected below it.
type merged struct {
	field *ast.Field
	sets  []ast.SelectionSet
}

// mergeKey tells fields apart. Validation sees to it that fields of one parent
// that share a response key are the same field with the same arguments.
type mergeKey struct {
	parent *ast.Definition
	key    string
}

func (p *pricing) collect(c *collection, set ast.SelectionSet) {
	for _, sel := range set {
		switch sel := sel.(type) {
		case *ast.Field:
			p.addField(c, sel)
		case *ast.InlineFragment:
			p.collect(c, sel.SelectionSet)
		case *ast.FragmentSpread:
			def := fragment(p.doc, sel)
			if def == nil {
				continue
			}
			if _, seen := c.spread[def]; seen {
				continue
			}
			if c.spread == nil {
				c.spread = map[*ast.FragmentDefinition]struct{}{}
			}
			c.spread[def] = struct{}{}
			p.collect(c, def.SelectionSet)
		}
	}
}

// addField notes f, unless nothing at or below it can cost anything.
func (p *pricing) addField(c *collection, f *ast.Field) {
	if len(f.SelectionSet) == 0 {
		if _, priced := p.prices.find(f); !priced {
			return
		}
	}
	key := mergeKey{f.ObjectDefinition, responseKey(f)}
	at, known := c.byKey[key]
	if !known {
		if c.byKey == nil {
			c.byKey = map[mergeKey]int{}
		}
		at = len(c.fields)
		c.byKey[key] = at
		c.fields = append(c.fields, merged{field: f})
	}
	if len(f.SelectionSet) > 0 {
		c.fields[at].sets = append(c.fields[at].sets, f.SelectionSet)
	}
}

package limits

import "github.com/vektah/gqlparser/v2/ast"

// pricing is the second walk. It estimates the Census pages of an operation. It merges fields as
// the executor does, so a field selected by several fragments counts once. It visits no more
// selections than the first walk.
//
// A field costs its own pages, unless another field has read them. For each item it yields, it
// also costs the fields below. Selections for different types of one object are added up,
// although an object has only one type.
type pricing struct {
	doc           *ast.QueryDocument
	prices        priceIndex
	vars          map[string]any
	shared        map[string]int // pages of each Price.Shared met so far
	whole         partCosts      // parts shared by all fields of the root (Parts.Whole)
	listsAbove    int            // fields with items above the current place
	usesVariables bool           // vars were read, so other values may cost something else
}

// total returns the pages that an operation can cost, from 0 to most.
func (p *pricing) total(op ast.SelectionSet) int {
	total := p.object(op)
	for _, pages := range p.shared {
		total = sum(total, pages)
	}
	return sum(total, p.whole.pages())
}

// object returns the pages that sets can cost, all selected from one object. It excludes pages
// shared with other objects.
func (p *pricing) object(sets ...ast.SelectionSet) int {
	var parts partCosts
	pages := p.cost(&parts, sets)
	return sum(pages, parts.pages())
}

// cost is object without the object's parts, which it adds to parts.
func (p *pricing) cost(parts *partCosts, sets []ast.SelectionSet) int {
	var c collection
	for _, set := range sets {
		p.collect(&c, set)
	}
	total := 0
	for _, m := range c.fields {
		price, priced := p.prices.find(m.field)
		switch args := (Args{m.field, p.vars, &p.usesVariables, p, m.sets}); {
		case !priced:
			total = sum(total, p.object(m.sets...))
		case price.Same:
			total = sum(total, p.cost(parts, m.sets))
		default:
			total = sum(total, p.field(parts, price, args, m.sets))
		}
	}
	return total
}

// field returns the pages of a priced field and of the fields below it. It adds pages that belong
// to a part of the object above to parts.
func (p *pricing) field(parts *partCosts, price Price, args Args, sets []ast.SelectionSet) int {
	pages, items := price.pagesAndItems(args)
	part, reach := "", 0
	if price.Part != nil {
		part, reach = price.Part(args)
	}
	switch {
	case part != "":
		s := partCost{part: part, largest: pages, reach: reach}
		if price.PerPage > 0 {
			s.items, s.perPage = items, price.PerPage
		}
		parts.add(s)
		pages = 0
	case price.Shared != "":
		if p.shared == nil {
			p.shared = map[string]int{}
		}
		p.shared[price.Shared], pages = max(p.shared[price.Shared], pages), 0
	}
	var ofItems Parts
	if price.Parts != nil {
		ofItems = price.Parts(args)
	}
	var below partCosts
	if items > 0 && len(sets) > 0 {
		p.listsAbove++
		pages = sum(pages, multiply(items, p.cost(&below, sets)))
		p.listsAbove--
	}
	if cost := below.remove(price.ItemsPart); price.ItemsPart != "" && cost.largest > 0 {
		parts.add(partCost{part: cost.part, largest: cost.largest, reach: cost.reach})
	}
	each := below.remove(ofItems.Part)
	pages = sum(pages, multiply(items, below.pages()))
	read := partCost{part: ofItems.Part, largest: clamp(ofItems.Pages), sum: multiply(items, each.pages())}
	if each.reach > ofItems.Reach {
		read.sum = sum(read.sum, read.largest)
	}
	if ofItems.Whole && p.listsAbove == 0 {
		p.whole.add(read)
		return pages
	}
	return sum(pages, read.pages())
}

// A collection holds the fields selected from one object, in document order.
type collection struct {
	fields []merged
	byKey  map[mergeKey]int // indexes into fields
	spread map[*ast.FragmentDefinition]struct{}
}

// merged is one field of the answer, with all selections below it.
type merged struct {
	field *ast.Field
	sets  []ast.SelectionSet
}

// mergeKey identifies a field. Validation ensures that fields of one parent with the same
// response key are the same field with the same arguments.
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

// addField adds f, unless f and the fields below it cost nothing.
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

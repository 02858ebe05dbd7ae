package limits

import (
	"fmt"
	"strings"

	"github.com/vektah/gqlparser/v2/ast"
)

// Prices tell what fields cost, by "Type.field". A field that is not here reads
// no page of its own and yields one item.
type Prices map[string]Price

// A Price reckons one field from its arguments. What the functions return is
// brought into 0..2147483647. They run before anything is checked by a
// resolver, so an argument may be far out of range.
type Price struct {
	// Pages returns the Census pages the field itself reads. Nil is none.
	Pages func(Args) int
	// Items returns how many objects the field yields, each of which is asked
	// for everything below the field: 20 for a connection with first: 20, the
	// number of ids for a list by ids. Nil is 1.
	Items func(Args) int
	// Shared names what the pages are of, if the operation reads them once for
	// all fields and objects that need them: of the prices of one name the
	// largest counts, and that once. "" is nothing of the kind.
	Shared string
	// Part names what of the object above the pages are of, if the object's fields
	// share them: of its fields with one part the largest counts. Reach is how many
	// items of the part the field looks at. Nil and "" are pages of its own.
	Part func(Args) (part string, reach int)
	// Per is how many items of the part a page holds: fields that yield more together
	// cost as many pages as these fill, which bounds the size of answers. 0 where the
	// field yields no list.
	Per int
	// Parts returns what the field reads of a part of the objects that it yields, for
	// itself: an order that looks at each of them. Selections below it are read with it,
	// unless they reach further. Nil is nothing.
	Parts func(Args) Parts
	// Of names a part that the items have of the object above: what is asked of it below
	// is read once, whatever their number. "" is none.
	Of string
	// Same tells that the field yields what the field above has counted: the nodes of
	// a connection. It has no pages and no items.
	Same bool
}

// Parts are pages of one part of many objects.
type Parts struct {
	Part  string
	Pages int  // of all these objects together
	Reach int  // items looked at, of each
	Whole bool // they may be any there are: fields of the operation's root share them
}

// Fixed reckons n whatever the arguments.
func Fixed(n int) func(Args) int { return func(Args) int { return n } }

// Size reckons the length of a list that is cut by first or last, or named by
// one of the list arguments, or both: the smaller of the two counts. Where none
// of them is given it is fallback.
func Size(fallback int, lists ...string) func(Args) int {
	return func(a Args) int {
		size, known := fallback, false
		for _, name := range lists {
			if n, ok := a.Len(name); ok {
				size, known = n, true
				break
			}
		}
		first, isFirst := a.Int("first")
		last, isLast := a.Int("last")
		if !isFirst && !isLast {
			return size
		}
		cut := max(first, last)
		if known {
			return min(size, cut)
		}
		return cut
	}
}

// PagesOf reckons the pages that size items fill, at per a page; at least one,
// since an empty list is read to be known empty. per must be positive.
func PagesOf(size func(Args) int, per int) func(Args) int {
	return func(a Args) int { return max(1, (clamp(size(a))+per-1)/per) }
}

// reckon returns the pages that a field with args reads itself and the items it
// yields.
func (p Price) reckon(args Args) (pages, items int) {
	items = 1
	if p.Pages != nil {
		pages = clamp(p.Pages(args))
	}
	if p.Items != nil {
		items = clamp(p.Items(args))
	}
	return pages, items
}

// index is Prices by type and field.
type index map[string]map[string]Price

func (x index) find(f *ast.Field) (Price, bool) {
	if f.ObjectDefinition == nil {
		return Price{}, false
	}
	p, ok := x[f.ObjectDefinition.Name][f.Name]
	return p, ok
}

// newIndex checks prices against schema. A field that is asked of an interface
// costs what the dearest of the types behind it asks for that field.
func newIndex(schema *ast.Schema, prices Prices) (index, error) {
	x := index{}
	for name, price := range prices {
		typ, field, _ := strings.Cut(name, ".")
		def := schema.Types[typ]
		if def == nil || def.Fields.ForName(field) == nil {
			return nil, fmt.Errorf("limits: a price for %q, which the schema does not have", name)
		}
		x.add(typ, field, price)
		for _, i := range def.Interfaces {
			if abstract := schema.Types[i]; abstract != nil && abstract.Fields.ForName(field) != nil {
				x.add(i, field, price)
			}
		}
	}
	return x, nil
}

func (x index) add(typ, field string, price Price) {
	if x[typ] == nil {
		x[typ] = map[string]Price{}
	}
	if old, ok := x[typ][field]; ok {
		shared := price.Shared
		if old.Shared != shared { // each for itself: too much rather than too little
			shared = ""
		}
		price = Price{ // without parts, for the same reason
			Pages:  dearer(old.Pages, price.Pages, 0),
			Items:  dearer(old.Items, price.Items, 1),
			Shared: shared,
		}
	}
	x[typ][field] = price
}

// dearer returns the larger of what a and b reckon; nil reckons missing.
func dearer(a, b func(Args) int, missing int) func(Args) int {
	if a == nil {
		a = Fixed(missing)
	}
	if b == nil {
		b = Fixed(missing)
	}
	return func(args Args) int { return max(a(args), b(args)) }
}

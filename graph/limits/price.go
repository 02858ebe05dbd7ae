package limits

import (
	"fmt"
	"strings"

	"github.com/vektah/gqlparser/v2/ast"
)

// Prices holds the prices of fields by "Type.field". A field without a price reads no page of its
// own and yields one item.
type Prices map[string]Price

// A Price estimates the cost of one field from its arguments. The results of its functions are
// limited to 0..2147483647. They are called before resolvers validate the arguments, so an
// argument may be far out of range.
type Price struct {
	// Pages returns the Census pages that the field itself reads. Nil means none.
	Pages func(Args) int
	// Items returns the number of objects the field yields: 20 for a connection with first: 20,
	// the number of ids for a list by ids. Each object costs the selections below the field. Nil
	// means 1.
	Items func(Args) int
	// Shared names the pages if the operation reads them once for all fields and objects. Of all
	// prices with one name, only the largest counts, and once. "" means not shared.
	Shared string
	// Part names the part of the object above to which the pages belong, if the object's fields
	// share them. Of all its fields with one part, only the largest counts. reach is the number
	// of items of the part that the field reads. Nil or "" means that the pages are not shared.
	Part func(Args) (part string, reach int)
	// PerPage is the number of items of the part on a page. Fields that together yield more items
	// cost as many pages as the items fill, which limits the size of answers. 0 if the field is
	// not a list.
	PerPage int
	// Parts returns the pages that the field itself reads of a part of the objects it yields, for
	// example to order them. Selections below share these pages, unless they reach further. Nil
	// means none.
	Parts func(Args) Parts
	// ItemsPart names a part that the items share with the object above. It is read once for any
	// number of items. "" means none.
	ItemsPart string
	// Same says that the field yields the objects counted by the field above, as the nodes of a
	// connection do. It has no pages and no items.
	Same bool
}

// Parts describes the pages read of one part of many objects.
type Parts struct {
	Part  string
	Pages int  // of all these objects together
	Reach int  // items read of each object
	Whole bool // of any objects there are: fields of the root share them
}

// Fixed returns a function that returns n.
func Fixed(n int) func(Args) int { return func(Args) int { return n } }

// Size returns a function for the length of a list. The list is cut by first or last, or named by
// one of the list arguments. If both are given, the smaller number counts. If none is given, it
// returns fallback.
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

// PagesOf returns a function for the pages that size items fill, with per items on a page. It
// returns at least 1, since an empty list costs a page, too. per must be positive.
func PagesOf(size func(Args) int, per int) func(Args) int {
	return func(a Args) int { return max(1, (clamp(size(a))+per-1)/per) }
}

// pagesAndItems returns the pages that a field with args reads itself, and the items it yields.
func (p Price) pagesAndItems(args Args) (pages, items int) {
	items = 1
	if p.Pages != nil {
		pages = clamp(p.Pages(args))
	}
	if p.Items != nil {
		items = clamp(p.Items(args))
	}
	return pages, items
}

// priceIndex holds Prices by type and field.
type priceIndex map[string]map[string]Price

func (x priceIndex) find(f *ast.Field) (Price, bool) {
	if f.ObjectDefinition == nil {
		return Price{}, false
	}
	p, ok := x[f.ObjectDefinition.Name][f.Name]
	return p, ok
}

// newPriceIndex checks prices against schema. A field of an interface has the highest price of that
// field in the types that implement it.
func newPriceIndex(schema *ast.Schema, prices Prices) (priceIndex, error) {
	x := priceIndex{}
	for name, price := range prices {
		typ, field, _ := strings.Cut(name, ".")
		def := schema.Types[typ]
		if def == nil || def.Fields.ForName(field) == nil {
			return nil, fmt.Errorf("limits: %q has a price, but is not in the schema", name)
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

func (x priceIndex) add(typ, field string, price Price) {
	if x[typ] == nil {
		x[typ] = map[string]Price{}
	}
	if old, ok := x[typ][field]; ok {
		shared := price.Shared
		if old.Shared != shared { // not shared: rather too much than too little
			shared = ""
		}
		price = Price{ // without parts, for the same reason
			Pages:  larger(old.Pages, price.Pages, 0),
			Items:  larger(old.Items, price.Items, 1),
			Shared: shared,
		}
	}
	x[typ][field] = price
}

// larger returns a function for the larger result of a and b; a nil function returns missing.
func larger(a, b func(Args) int, missing int) func(Args) int {
	if a == nil {
		a = Fixed(missing)
	}
	if b == nil {
		b = Fixed(missing)
	}
	return func(args Args) int { return max(a(args), b(args)) }
}

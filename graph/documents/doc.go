// Package documents stores GraphQL documents: those that clients register by hash
// (automatic persisted queries), those that the operator approved (trusted documents), and
// the parsed form of recently used ones.
package documents

// Package documents knows GraphQL documents before they are executed: those
// that clients register by hash (automatic persisted queries), those that the
// operator has approved (trusted documents), and the parsed form of those that
// were asked lately.
package documents

package crm

import (
	"context"
	"slices"
	"sync"

	"github.com/guanxi-crm/guanxi/tenant"
)

// notice is one thing that people are told of: which events bring it, whom it concerns, and in which words. Each noun
// lists its own beside it, as taskNotices; a new kind is one entry there.
type notice struct {
	// kind names it where people choose how they are told, as "task.assigned"; label is what the choice is called.
	kind  string
	label phrase
	// events are the types that bring it, and when leaves out those of them that do not after all; nil leaves out none.
	events []string
	when   func(tenant.Change) bool
	// audience returns whom it concerns; nil for what chats alone are told. Whoever made the change needs no telling.
	audience func(context.Context, *tenant.Query, tenant.Change) ([]tenant.MemberID, error)
	// visible reports whether the scope of a reader, who is the query's caller, holds what it tells of; nil for what
	// everybody in the audience may know.
	visible func(context.Context, *tenant.Query, tenant.Change) (bool, error)
	// words puts it into the reader's language. The query's caller is the reader, or the system for a chat.
	words func(context.Context, *tenant.Query, tenant.Change, language) (Message, error)
	// channels are how people are told who have not chosen.
	channels []Channel
	// urgent is what loses its use when it waits for the morning.
	urgent bool
	// unmailed is what tells that mail does not leave.
	unmailed bool
	// parting is what tells people that they have lost a record: it leaves although they reach the record no more.
	parting bool
}

// Channel is a way by which people are told.
type Channel string

// The channels.
const (
	InApp   Channel = "in_app" // the list in the product
	ByEmail Channel = "email"
	ByBot   Channel = "bot" // a chat bot of the company's, which mentions the person
)

// The usual channels of a notice.
var (
	inAppOnly  = []Channel{InApp}
	everywhere = []Channel{InApp, ByEmail, ByBot}
)

// notices is the table of all that people are told of, noun by noun.
func notices() []notice {
	return slices.Concat(taskNotices, calendarNotices, customerNotices, interactionNotices, dealNotices, ruleNotices, importNotices, jobNotices, integrationNotices, pingNotices, commentNotices, formNotices)
}

// noticesByEvent finds the notices that a type of event may bring.
var noticesByEvent = sync.OnceValue(func() map[string][]notice {
	found := map[string][]notice{}
	for _, n := range notices() {
		for _, event := range n.events {
			found[event] = append(found[event], n)
		}
	}
	return found
})

// noticesOf returns the notices that a change brings.
func noticesOf(c tenant.Change) []notice {
	var brought []notice
	for _, n := range noticesByEvent()[c.Type] {
		if n.when == nil || n.when(c) {
			brought = append(brought, n)
		}
	}
	return brought
}

package crm

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"time"

	"github.com/guanxi-crm/guanxi/crm/search"
	"github.com/guanxi-crm/guanxi/tenant"
)

// Hit is a record of any noun that a search has found.
type Hit struct {
	ID       RecordRef       `json:"id" doc:"The record's id, whose prefix tells what it is." example:"cus_01h455vb4pex5vsknk084sn02q"`
	Noun     string          `json:"noun" enum:"customer,contact,deal,task,interaction,calendar_event" doc:"What it is."`
	Title    string          `json:"title" doc:"What people recognise it by." example:"云帆科技"`
	Customer *CustomerCard   `json:"customer" doc:"The customer that it hangs on; null without one, and where that is out of your reach."`
	OwnerID  tenant.MemberID `json:"owner_id" nullable:"true" doc:"Whose it is."`
	At       time.Time       `json:"at" doc:"When it was last changed; of a communication record, when it took place (UTC)."`

	customer CustomerID
	rank     int
}

const (
	// findDepth is how many matches of each noun are weighed against each other, the latest first.
	findDepth = 100
	// findLimit is how many a search may answer.
	findLimit = 50
)

// Find searches customers, contacts, deals, tasks and interactions within the caller's scope at once, each as its own list
// does. What is called like that comes first, then what begins so, then what has it in its name, then the rest.
func Find(ctx context.Context, q *tenant.Query, text string, limit int) ([]Hit, error) {
	switch {
	case strings.TrimSpace(text) == "":
		return nil, tenant.Invalid("q", "required", "is what to look for")
	case limit < 1 || limit > findLimit:
		return nil, tenant.Invalid("limit", "out_of_range", "must be 1 to 50")
	}
	hits := []Hit{}
	for _, find := range []func(context.Context, *tenant.Query, ListQuery) ([]Hit, error){findCustomers, findContacts, findDeals, findTasks, findInteractions} {
		found, err := find(ctx, q, ListQuery{Q: text, Limit: findDepth})
		if err != nil {
			return nil, err
		}
		hits = append(hits, found...)
	}
	wanted := strings.TrimSpace(search.Fold(text))
	for i := range hits {
		hits[i].rank = rankOf(search.Fold(hits[i].Title), search.NameSort(hits[i].Title), wanted)
	}
	// Stable: of the same rank, customers stand before what hangs on them, and the latest first.
	slices.SortStableFunc(hits, func(a, b Hit) int { return cmp.Compare(a.rank, b.rank) })
	hits = hits[:min(len(hits), limit)]
	return hits, fillCards(ctx, q, hits, (*Hit).carded)
}

func (h *Hit) carded() (CustomerID, **CustomerCard) { return h.customer, &h.Customer }

// rankOf says how near a title is to what is wanted, 0 being the nearest. Chinese titles may be meant by their pinyin.
func rankOf(title, spelled, wanted string) int {
	spelled = strings.ReplaceAll(spelled, " ", "")
	switch {
	case title == wanted || spelled == wanted:
		return 0
	case strings.HasPrefix(title, wanted) || strings.HasPrefix(spelled, wanted):
		return 1
	case strings.Contains(title, wanted):
		return 2
	}
	return 3
}

func findCustomers(ctx context.Context, q *tenant.Query, in ListQuery) ([]Hit, error) {
	page, err := ListCustomers(ctx, q, in)
	return hitsOf("customer", page.Data, func(c *Customer) Hit {
		return Hit{ID: RecordRef{ID: tenant.RecordID(c.ID)}, Title: c.Name, OwnerID: c.OwnerID, At: c.UpdatedAt}
	}), err
}

func findContacts(ctx context.Context, q *tenant.Query, in ListQuery) ([]Hit, error) {
	page, err := ListContacts(ctx, q, CustomerID{}, in)
	return hitsOf("contact", page.Data, func(p *Contact) Hit {
		return Hit{ID: RecordRef{ID: tenant.RecordID(p.ID)}, Title: p.Name, customer: p.CustomerID, OwnerID: p.OwnerID, At: p.UpdatedAt}
	}), err
}

func findDeals(ctx context.Context, q *tenant.Query, in ListQuery) ([]Hit, error) {
	page, err := ListDeals(ctx, q, in)
	return hitsOf("deal", page.Data, func(d *Deal) Hit {
		return Hit{ID: RecordRef{ID: tenant.RecordID(d.ID)}, Title: d.Name, customer: d.CustomerID, OwnerID: d.OwnerID, At: d.UpdatedAt}
	}), err
}

func findTasks(ctx context.Context, q *tenant.Query, in ListQuery) ([]Hit, error) {
	in.OrderBy = "created_at desc" // the list itself begins with what is due first
	page, err := ListTasks(ctx, q, in)
	return hitsOf("task", page.Data, func(t *Task) Hit {
		return Hit{ID: RecordRef{ID: tenant.RecordID(t.ID)}, Title: t.Title, customer: t.CustomerID, OwnerID: t.AssigneeID, At: t.UpdatedAt}
	}), err
}

func findInteractions(ctx context.Context, q *tenant.Query, in ListQuery) ([]Hit, error) {
	page, err := ListInteractions(ctx, q, CustomerID{}, in)
	return hitsOf("interaction", page.Data, func(i *Interaction) Hit {
		return Hit{ID: RecordRef{ID: tenant.RecordID(i.ID)}, Title: search.Cut(i.Summary, 100), customer: i.CustomerID, OwnerID: i.OwnerID, At: i.OccurredAt}
	}), err
}

func hitsOf[T any](noun string, all []T, hit func(*T) Hit) []Hit {
	hits := make([]Hit, len(all))
	for i := range all {
		hits[i] = hit(&all[i])
		hits[i].Noun, hits[i].ID.Noun = noun, noun
	}
	return hits
}
